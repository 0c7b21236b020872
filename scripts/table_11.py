"""Table 11: errors per experiment."""

from mrsgap.core.job import job
from mrsgap.publish.error_tables import experiment_table
from mrsgap.publish.method_rows import reasons_for_absence
from mrsgap.show.printed import write_all
from mrsgap.stats.quantities import read_quantities
from mrsgap.stats.tables import read_statistics

with job(snakemake.log[0]) as log:
    settings = snakemake.params.settings
    series, errors = (read_statistics(path) for path in (snakemake.input.series, snakemake.input.errors))
    chosen = [table[(table["dataset"] == settings["phantoms"]) & (table["norm"] == "max")] for table in (series, errors)]
    reasons = reasons_for_absence(read_quantities(snakemake.input.quantities), settings)
    table = experiment_table(*chosen, settings | {"absent": reasons}, settings["training_sets"]["fixed"])
    write_all(table, *snakemake.output)
    log.info("%s: %d rows", table.title, len(table.text))
