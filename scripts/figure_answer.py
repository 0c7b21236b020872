"""Figure 10, the answer at a glance: how far every method is from the truth."""

from mrsgap.core.job import job, log
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.figure_07_answer import answer_figure
from mrsgap.show import style


def main(errors: str, pictures: list[str], *, settings: dict) -> None:
    """Draw the table `errors` (CSV) into the files `pictures`; `settings` is the config section `statistics`."""
    evidence = read_evidence(errors, None, None, settings["phantoms"])
    style.save(answer_figure(evidence, settings, settings["training_sets"]["fixed"]), *pictures)
    log.info("drew %d rows of errors", len(evidence.summary))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.errors, snakemake.output, settings=snakemake.params.settings)
