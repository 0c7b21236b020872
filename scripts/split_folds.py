"""Split one simulated data set into folds."""

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.learn.members import split_folds


def main(table: str, *, dataset: str, number_of_items: int, folds: int, seed: int) -> None:
    """Write the fold of every item of `dataset` to `table` (CSV: item, fold)."""
    write_table(table, split_folds(number_of_items, folds, seed, dataset))
    log.info("%s: %d items in %d folds", dataset, number_of_items, folds)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        given = snakemake.params
        main(
            snakemake.output.table,
            dataset=snakemake.wildcards.dataset,
            number_of_items=given.number_of_items,
            folds=given.folds,
            seed=given.seed,
        )
