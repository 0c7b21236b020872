"""Tables 12 and 13: overall errors of the networks trained with one linewidth or with many, and of everything else."""

from mrsgap.core.job import job, log
from mrsgap.publish.evidence import read_evidence, reasons_for_absence
from mrsgap.publish.table_09_13 import overall_table
from mrsgap.quantities.table import read_quantities
from mrsgap.show.printed import write_all


def main(errors: str, quantities: str, forms: list[str], *, settings: dict, number: int, linewidths: str) -> None:
    """Write the three `forms` of table `number`, for the training set in the role `linewidths` (fixed, augmented)."""
    summary = read_evidence(errors, None, None, settings["phantoms"]).summary
    settings = settings | {"absent": reasons_for_absence(read_quantities(quantities), settings)}
    table = overall_table(summary, settings, settings["training_sets"].get(linewidths, ""), number, linewidths)
    write_all(table, *forms)
    log.info("%s: %d rows", table.title, len(table.text))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.errors,
            snakemake.input.quantities,
            snakemake.output,
            settings=snakemake.params.settings,
            number=snakemake.params.number,
            linewidths=snakemake.params.linewidths,
        )
