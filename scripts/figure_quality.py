"""Figure 2: every item of a measured set, by series and edit state, with its quality."""

import pandas as pd

from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_quality import draw_quality


def main(store: str, table: str, pdf: str, png: str, *, limits: dict) -> None:
    """Draw the items of `store` with their quality `table` (CSV) and its `limits` (config: quality), to `pdf` and `png`."""
    quality = pd.read_csv(table, dtype={"item": str, "series": str}, keep_default_na=True)
    style.save(draw_quality(read_dataset(store, "fid", "series", "origin"), quality, limits), pdf, png)
    log.info("drew %d items", len(quality))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.store,
            snakemake.input.table,
            snakemake.output.pdf,
            snakemake.output.png,
            limits=snakemake.params.limits,
        )
