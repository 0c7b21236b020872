"""Figure 7: errors on the phantoms by series, metabolite and method."""

from mrsgap.core.job import job, log
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.figure_07_answer import phantom_errors_figure
from mrsgap.show import style


def main(errors: str, per_item: str, pictures: list[str], *, settings: dict) -> None:
    """Draw the errors `per_item` beside those of simulated spectra; `settings` is the config section `statistics`."""
    phantoms = read_evidence(errors, per_item, None, settings["phantoms"])
    simulated = read_evidence(errors, None, None, settings["validation"])
    style.save(phantom_errors_figure(phantoms, simulated, settings, settings["training_sets"]["fixed"]), *pictures)
    log.info("drew %d errors%s", len(phantoms.items), ", marked synthetic" if phantoms.synthetic else "")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.errors,
            snakemake.input.per_item,
            snakemake.output,
            settings=snakemake.params.settings,
        )
