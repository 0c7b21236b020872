"""Split one simulated data set into folds."""

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.spectra.folds import split_folds

with job(snakemake.log[0]) as log:
    items, folds, name = snakemake.params.number_of_items, snakemake.params.folds, snakemake.wildcards.dataset
    write_table(snakemake.output.table, split_folds(items, folds, snakemake.params.seed, name))
    log.info("%s: %d items in %d folds", name, items, folds)
