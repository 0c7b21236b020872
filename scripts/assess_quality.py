"""Quality of every item of a measured set, those that could not be read included."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset
from mrsgap.quality.measures import quality_table


def main(store: str, listing: str, table: str, *, limits: dict) -> None:
    """Quality of the items of `store` and of `listing` (CSV), judged by `limits` (config: quality), to `table` (CSV)."""
    rows = pd.read_csv(listing, dtype=str, keep_default_na=False)
    quality = quality_table(read_dataset(store, "fid", "origin"), rows, limits)
    write_table(table, quality)
    log.info("%s", ", ".join(f"{count} {status}" for status, count in quality["status"].value_counts().items()))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.store,
            snakemake.input.listing,
            snakemake.output.table,
            limits=snakemake.params.limits,
        )
