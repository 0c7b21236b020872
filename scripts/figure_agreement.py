"""Figure 11: Bland-Altman plots of every method on the phantoms."""

from mrsgap.core.job import job, log
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.figure_06_agreement import bland_altman_figure
from mrsgap.quantities.table import read_quantities
from mrsgap.show import style
from mrsgap.stats.judge import judge


def main(errors: str, agreement: str, quantities: str, pictures: list[str], *, settings: dict, generating: dict) -> None:
    """Draw the answers of `quantities` with the limits of `agreement`; `generating`: the basis by data set."""
    dataset = settings["phantoms"]
    evidence = read_evidence(errors, None, agreement, dataset)
    estimates = read_quantities(quantities)
    judged = judge(estimates[estimates["dataset"] == dataset], "max", {}, generating)
    style.save(bland_altman_figure(judged, evidence, settings, settings["training_sets"]["fixed"]), *pictures)
    log.info("drew %d answers on %s", len(judged), dataset)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.errors,
            snakemake.input.agreement,
            snakemake.input.quantities,
            snakemake.output,
            settings=snakemake.params.settings,
            generating=snakemake.params.generating,
        )
