"""Train one network with folds of its data set held out, one network for each fold."""

import pandas as pd

from mrsgap.core.job import job, log_device
from mrsgap.core.keys import named_key
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset
from mrsgap.learn.data import Examples, fold_runs
from mrsgap.learn.task import train_and_write
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.traits import traits
from mrsgap.select.study import with_choice
from mrsgap.spectra.examples import prepare_training

with job(snakemake.log[0]):
    settings, params = snakemake.params.settings, snakemake.params
    if snakemake.input.choice:
        settings = with_choice(settings, snakemake.input.choice)
    kind, training_set = traits(settings["architecture"]), snakemake.params.training_set
    about = {"method": snakemake.wildcards.model, "training_set": training_set, "device": log_device(),
             **made_from(snakemake.input, code=params.code, seed=params.seed)}  # fmt: skip
    bases = {key: read_dataset(path, "fid").load() for key, path in zip(params.bases, snakemake.input.bases)}
    spectra = read_dataset(snakemake.input.spectra, "fid", "truth")
    prepared = prepare_training(spectra, bases, settings, clean=kind.reconstructs, basis=kind.fits_basis)
    folds = pd.read_csv(snakemake.input.folds)["fold"].to_numpy()
    runs = fold_runs(folds, params.members, named_key(params.seed, "train", about["method"], training_set))
    train_and_write(snakemake.output.model, settings, Inputs(**prepared.inputs), Examples(*prepared.arrays), runs,
                    about | prepared.about, checkpoints=params.checkpoints)  # fmt: skip
