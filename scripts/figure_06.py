"""Figure 6: estimated against true concentrations on simulated validation spectra."""

from mrsgap.core.job import job, log
from mrsgap.publish.evidence import read_evidence, reasons_for_absence
from mrsgap.publish.figure_06_agreement import simulation_scatter_figure
from mrsgap.quantities.table import read_quantities
from mrsgap.show import style
from mrsgap.stats.judge import judge


def main(errors: str, agreement: str, quantities: str, pictures: list[str], *, settings: dict) -> None:
    """Draw the answers of `quantities` with the lines of `agreement`; `settings` is the config section `statistics`."""
    dataset = settings["validation"]
    evidence = read_evidence(errors, None, agreement, dataset)
    estimates = read_quantities(quantities)
    judged = judge(estimates[estimates["dataset"] == dataset], "max", {}, {})
    settings = settings | {"absent": reasons_for_absence(estimates, settings)}
    style.save(simulation_scatter_figure(judged, evidence, settings, settings["training_sets"]["fixed"]), *pictures)
    log.info("drew %d answers on %s", len(judged), dataset)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.errors,
            snakemake.input.agreement,
            snakemake.input.quantities,
            snakemake.output,
            settings=snakemake.params.settings,
        )
