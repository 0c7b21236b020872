"""Tables 12 and 13: overall errors of the networks trained with one linewidth or with many, and of everything else."""

from mrsgap.core.job import job
from mrsgap.publish.error_tables import overall_table
from mrsgap.publish.method_rows import reasons_for_absence
from mrsgap.show.printed import write_all
from mrsgap.stats.quantities import read_quantities
from mrsgap.stats.tables import read_statistics

with job(snakemake.log[0]) as log:
    settings = snakemake.params.settings
    errors = read_statistics(snakemake.input.errors)
    summary = errors[(errors["dataset"] == settings["phantoms"]) & (errors["norm"] == "max")]
    reasons = reasons_for_absence(read_quantities(snakemake.input.quantities), settings)
    number, linewidths = snakemake.params.number, snakemake.params.linewidths
    training_set = settings["training_sets"].get(linewidths, "")
    table = overall_table(summary, settings | {"absent": reasons}, training_set, number, linewidths)
    write_all(table, *snakemake.output)
    log.info("%s: %d rows", table.title, len(table.text))
