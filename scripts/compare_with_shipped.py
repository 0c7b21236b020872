"""Which measured spectra lie outside what the networks that come with the repository were trained on."""

from collections.abc import Iterable

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log, log_device
from mrsgap.core.store import read_dataset
from mrsgap.trust.networks import range_of_shipped


def main(store: str, models: Iterable[str], table: str) -> None:
    """Compare the items of `store` with the training of every network of `models` (folders); rows to `table` (CSV)."""
    log_device()
    spectra = read_dataset(store, "fid")
    rows = pd.concat([range_of_shipped(folder, spectra) for folder in models], ignore_index=True)
    write_table(table, rows)
    log.info("%d of %d outside", (rows["reason"] != "").sum(), len(rows))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.store, snakemake.input.models, snakemake.output.table)
