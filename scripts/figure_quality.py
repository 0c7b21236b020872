"""Figure 2: every item of a measured set, by series and edit state, with its quality."""

import pandas as pd

from mrsgap.core.job import job
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_quality import draw_quality

with job(snakemake.log[0]) as log:
    table = pd.read_csv(snakemake.input.table, dtype={"item": str, "series": str}, keep_default_na=True)
    fig = draw_quality(read_dataset(snakemake.input.store, "fid", "series", "origin"), table, snakemake.params.limits)
    style.save(fig, *snakemake.output)
    log.info("drew %d items", len(table))
