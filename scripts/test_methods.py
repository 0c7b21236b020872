"""The study's paired tests on experiment-level errors, and how training sets move the errors."""

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.quantities.table import read_table
from mrsgap.stats.comparison import study_tests, training_set_distances

with job(snakemake.log[0]) as log:
    params = snakemake.params
    series = read_table(snakemake.input.series).query("norm == 'max'")
    items = read_table(snakemake.input.per_item).query("norm == 'max'")
    tests = study_tests(series, params.dataset, params.comparisons, params.tested, params.basis)
    write_table(snakemake.output.tests, tests)
    first, *others = params.training_sets
    pairs = [(first, other) for other in others]
    write_table(snakemake.output.distances, training_set_distances(items, params.dataset, pairs))
    log.info("%d tests, %d without data", len(tests), tests["p"].isna().sum())
