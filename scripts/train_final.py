"""Train one network on a whole data set but for a held-out share, one network for each seed."""

from mrsgap.core.job import job, log_device
from mrsgap.core.keys import named_key
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset
from mrsgap.learn.data import Examples, seed_runs
from mrsgap.learn.task import train_and_write
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.traits import traits
from mrsgap.select.study import with_choice
from mrsgap.spectra.examples import fresh_examples, prepare_training

with job(snakemake.log[0]):
    settings, params = snakemake.params.settings, snakemake.params
    if snakemake.input.choice:
        settings = with_choice(settings, snakemake.input.choice)
    kind, training_set = traits(settings["architecture"]), snakemake.wildcards.training_set
    about = {"method": snakemake.wildcards.model, "training_set": training_set, "device": log_device(),
             **made_from(snakemake.input, code=params.code, seed=params.seed)}  # fmt: skip
    bases = {key: read_dataset(path, "fid").load() for key, path in zip(params.bases, snakemake.input.bases)}
    spectra = read_dataset(snakemake.input.spectra, "fid", "truth")
    prepared = prepare_training(spectra, bases, settings, clean=kind.reconstructs, basis=kind.fits_basis)
    runs = seed_runs(spectra.sizes["item"], params.members, params.held_out_fraction,
                     named_key(params.seed, "train", about["method"], training_set))  # fmt: skip
    render = fresh_examples(bases, settings, params.fresh, Examples, clean=kind.reconstructs) if params.fresh else None
    train_and_write(snakemake.output.model, settings, Inputs(**prepared.inputs), Examples(*prepared.arrays), runs,
                    about | prepared.about, checkpoints=params.checkpoints, render=render)  # fmt: skip
