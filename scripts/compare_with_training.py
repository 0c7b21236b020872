"""Which measured spectra lie outside what each network was trained on."""

import numpy as np
import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log_device
from mrsgap.core.store import read_dataset
from mrsgap.learn.features import features
from mrsgap.learn.model_files import read_model
from mrsgap.quality.unlike import training_quality, unlike_training
from mrsgap.spectra.examples import inputs_by_window

with job(snakemake.log[0]) as log:
    log_device()
    measured = read_dataset(snakemake.input.store, "fid")
    items = [str(item) for item in measured["item"].values]
    quality = pd.read_csv(snakemake.input.quality, dtype={"item": str}).set_index("item").loc[items].reset_index()
    few, parts = {"item": slice(0, snakemake.params.number_of_items)}, []
    training = {name: read_dataset(path, "fid").isel(few) for name, path in snakemake.params.training.items()}
    trained = {name: training_quality(spectra) for name, spectra in training.items()}
    for folder, name in snakemake.params.models:
        model = read_model(folder)
        kind = (model.about["architecture"], model.about["hyper"], model.inputs, model.state)
        known, own = (
            inputs_by_window(spectra, model.about["window"], model.channels) for spectra in (training[name], measured)
        )
        seen = np.isfinite(own).all(axis=(1, 2))
        learnt, found = features(*kind, known), features(*kind, np.where(seen[:, None, None], own, 0.0))
        rows = unlike_training(quality, trained[name], learnt, np.where(seen[:, None], found, np.nan))
        parts.append(rows.assign(method=model.about["method"], training_set=name))
        log.info("%s on %s: %d of %d outside", model.about["method"], name, int((rows["reason"] != "").sum()), len(rows))
    write_table(snakemake.output.table, pd.concat(parts, ignore_index=True))
