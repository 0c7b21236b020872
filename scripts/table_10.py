"""Table 10: paired tests, edit-off against the difference spectrum first."""

from mrsgap.core.job import job
from mrsgap.publish.method_rows import reasons_for_absence
from mrsgap.publish.paired_tests import paired_tests_table
from mrsgap.show.printed import write_all
from mrsgap.stats.quantities import read_quantities
from mrsgap.stats.tables import read_statistics

with job(snakemake.log[0]) as log:
    settings = snakemake.params.settings
    tests, errors = (read_statistics(path) for path in (snakemake.input.tests, snakemake.input.errors))
    summary = errors[(errors["dataset"] == settings["phantoms"]) & (errors["norm"] == "max")]
    reasons = reasons_for_absence(read_quantities(snakemake.input.quantities), settings)
    table = paired_tests_table(tests, summary, settings, reasons)
    write_all(table, *snakemake.output)
    log.info("%s: %d rows", table.title, len(table.text))
