"""Quality of every item of a measured set, those that could not be read included."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.core.store import read_dataset
from mrsgap.quality.measures import quality_table

with job(snakemake.log[0]) as log:
    listing = pd.read_csv(snakemake.input.listing, dtype=str, keep_default_na=False)
    table = quality_table(read_dataset(snakemake.input.store, "fid", "origin"), listing, snakemake.params.limits)
    write_table(snakemake.output.table, table)
    log.info("%s", ", ".join(f"{count} {status}" for status, count in table["status"].value_counts().items()))
