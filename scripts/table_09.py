"""Table 9: errors on simulated validation spectra."""

from mrsgap.core.job import job
from mrsgap.publish.method_rows import reasons_for_absence
from mrsgap.publish.simulation_table import simulation_table
from mrsgap.show.printed import write_all
from mrsgap.stats.quantities import read_quantities
from mrsgap.stats.tables import read_statistics

with job(snakemake.log[0]) as log:
    settings, dataset = snakemake.params.settings, snakemake.params.settings["validation"]
    errors, agreement = (read_statistics(path) for path in (snakemake.input.errors, snakemake.input.agreement))
    chosen = [table[(table["dataset"] == dataset) & (table["norm"] == "max")] for table in (errors, agreement)]
    reasons = reasons_for_absence(read_quantities(snakemake.input.quantities), settings)
    table = simulation_table(*chosen, settings | {"absent": reasons}, settings["training_sets"]["fixed"])
    write_all(table, *snakemake.output)
    log.info("%s: %d rows", table.title, len(table.text))
