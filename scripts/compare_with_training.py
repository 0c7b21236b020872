"""Which measured spectra lie outside what each network was trained on."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log, log_device
from mrsgap.core.store import read_dataset
from mrsgap.learn.model import read_model
from mrsgap.quantities.table import read_table
from mrsgap.trust.networks import ranges_of_networks


def main(
    store: str, quality: str, table: str, *, models: list[tuple[str, str]], training: dict[str, str], number_of_items: int
) -> None:
    """Compare the items of `store`, whose `quality` (CSV) is known, with the training of every network; rows to `table` (CSV).

    `models` are folders with the name of the training set, `training` the stores of those sets, of which the first
    `number_of_items` spectra stand for all.
    """
    log_device()
    sets = {name: read_dataset(path, "fid").isel(item=slice(0, number_of_items)) for name, path in training.items()}
    trained = [(read_model(folder), name) for folder, name in models]
    numbers = read_table(quality)
    parts = []
    for part in ranges_of_networks(trained, sets, read_dataset(store, "fid"), numbers):
        method, name = part[["method", "training_set"]].iloc[0]
        log.info("%s on %s: %d of %d outside", method, name, (part["reason"] != "").sum(), len(part))
        parts.append(part)
    write_table(table, pd.concat(parts, ignore_index=True))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.store,
            snakemake.input.quality,
            snakemake.output.table,
            models=snakemake.params.models,
            training=snakemake.params.training,
            number_of_items=snakemake.params.number_of_items,
        )
