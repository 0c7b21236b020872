"""Table 11: errors per experiment."""

from mrsgap.core.job import job, log
from mrsgap.publish.evidence import read_evidence, reasons_for_absence
from mrsgap.publish.table_09_13 import experiment_table
from mrsgap.quantities.table import read_quantities, read_table
from mrsgap.show.printed import write_all


def main(series: str, errors: str, quantities: str, forms: list[str], *, settings: dict) -> None:
    """Write the three `forms` of the table; `settings` is the config section `statistics`."""
    by_series = read_table(series)
    by_series = by_series[(by_series["dataset"] == settings["phantoms"]) & (by_series["norm"] == "max")]
    summary = read_evidence(errors, None, None, settings["phantoms"]).summary
    settings = settings | {"absent": reasons_for_absence(read_quantities(quantities), settings)}
    table = experiment_table(by_series, summary, settings, settings["training_sets"]["fixed"])
    write_all(table, *forms)
    log.info("%s: %d rows", table.title, len(table.text))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.series,
            snakemake.input.errors,
            snakemake.input.quantities,
            snakemake.output,
            settings=snakemake.params.settings,
        )
