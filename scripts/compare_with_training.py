"""Which measured spectra lie outside what each network was trained on."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log_device
from mrsgap.core.store import read_dataset
from mrsgap.learn.model_files import read_model
from mrsgap.trust.networks import ranges_of_networks

with job(snakemake.log[0]) as log:
    log_device()
    spectra, few = read_dataset(snakemake.input.store, "fid"), {"item": slice(0, snakemake.params.number_of_items)}
    quality = pd.read_csv(snakemake.input.quality, dtype={"item": str})
    training = {name: read_dataset(path, "fid").isel(few) for name, path in snakemake.params.training.items()}
    models = [(read_model(folder), name) for folder, name in snakemake.params.models]
    parts = list(ranges_of_networks(models, training, spectra, quality))
    for part in parts:
        log.info(
            "%s on %s: %d of %d outside", *part[["method", "training_set"]].iloc[0], (part["reason"] != "").sum(), len(part)
        )
    write_table(snakemake.output.table, pd.concat(parts, ignore_index=True))
