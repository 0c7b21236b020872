"""The study's paired tests on experiment-level errors, and how training sets move the errors."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.quantities.table import read_table
from mrsgap.stats.comparison import study_tests, training_set_distances


def main(
    series: str, per_item: str, apart: str, tests: str, distances: str,
    *, dataset: str, comparisons: list[dict], tested: list[str], training_sets: list[str], basis: str,
) -> None:  # fmt: skip
    """Write `tests` and `distances` (CSV) from the errors by `series` and `per_item` of one data set.

    Distances are of the series set `apart` as well.

    `comparisons` are tested within each training set of `tested`; `training_sets`: the first is compared with every other,
    and every other with the first.
    """
    by_series, *by_item = (read_table(path).query("norm == 'max'") for path in (series, per_item, apart))
    table = study_tests(by_series, dataset, comparisons, tested, basis)
    write_table(tests, table)
    first, *others = training_sets
    # Both ways: the distance is in SD of the reference's errors, and the poster refers to the set that the first replaces.
    pairs = [pair for other in others for pair in ((first, other), (other, first))]
    write_table(distances, training_set_distances(pd.concat(by_item), dataset, pairs))
    log.info("%d tests, %d without data", len(table), table["p"].isna().sum())


if "snakemake" in globals():
    with job(snakemake.log[0]):
        params = snakemake.params
        main(
            snakemake.input.series,
            snakemake.input.per_item,
            snakemake.input.apart,
            snakemake.output.tests,
            snakemake.output.distances,
            dataset=params.dataset,
            comparisons=params.comparisons,
            tested=params.tested,
            training_sets=params.training_sets,
            basis=params.basis,
        )
