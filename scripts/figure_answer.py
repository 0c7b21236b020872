"""The answer at a glance: how far every method is from the truth."""

from mrsgap.core.job import job, log
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.figure_summary import answer_figure
from mrsgap.show import style


def main(errors: str, pdf: str, png: str, *, settings: dict) -> None:
    """Draw the table `errors` (CSV) of the phantoms that `settings` (config: statistics) names, to `pdf` and `png`."""
    evidence = read_evidence(errors, None, None, settings["phantoms"])
    style.save(answer_figure(evidence, settings, settings["training_sets"]["fixed"]), pdf, png)
    log.info("drew %d rows of errors", len(evidence.summary))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.errors, snakemake.output.pdf, snakemake.output.png, settings=snakemake.params.settings)
