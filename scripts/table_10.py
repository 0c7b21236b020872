"""Table 10: paired tests, edit-off against the difference spectrum first."""

from mrsgap.core.job import job, log
from mrsgap.publish.evidence import read_evidence, reasons_for_absence
from mrsgap.publish.table_09_13 import paired_tests_table
from mrsgap.quantities.table import read_quantities, read_table
from mrsgap.show.printed import write_all


def main(tests: str, errors: str, quantities: str, forms: list[str], *, settings: dict) -> None:
    """Write the three `forms` of the table; `settings` is the config section `statistics`."""
    summary = read_evidence(errors, None, None, settings["phantoms"]).summary
    reasons = reasons_for_absence(read_quantities(quantities), settings)
    table = paired_tests_table(read_table(tests), summary, settings, reasons)
    write_all(table, *forms)
    log.info("%s: %d rows", table.title, len(table.text))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.tests,
            snakemake.input.errors,
            snakemake.input.quantities,
            snakemake.output,
            settings=snakemake.params.settings,
        )
