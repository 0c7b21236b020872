"""Train a part of the trials of one round: all folds of each, found finished where anyone has trained them before."""

import functools
import json
from pathlib import Path

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log_device
from mrsgap.core.keys import named_key
from mrsgap.core.names import METABOLITE
from mrsgap.core.store import read_dataset
from mrsgap.learn.trial import Spectra, TrialTrainer
from mrsgap.quantities.normalise import normalise_concentrations
from mrsgap.select.trials import content_digest, run_trials
from mrsgap.spectra.mix import make_pool
from mrsgap.spectra.simulate import clean_items
from mrsgap.spectra.window import make_window, network_input

with job(snakemake.log[0]) as log:
    log_device()
    params, files = snakemake.params, snakemake.input
    first = int(snakemake.wildcards.part) * params.trials_per_job
    trials = json.loads(Path(files.trials).read_text())[first : first + params.trials_per_job]
    dataset = read_dataset(files.spectra, "fid", "truth")
    bases = {name: read_dataset(path, "fid") for name, path in zip(params.bases, files.bases)}
    pool, window = make_pool(bases), make_window(params.window, next(iter(bases.values())))

    def view(fid, channels, guide):
        """Network input of FIDs (item, edit, time)."""
        return network_input(fid, pool.acquisition, window, channels, guide)

    spectra = Spectra(
        noisy=dataset.fid.values, clean=lambda: clean_items(dataset, pool, dataset.item.values), truth=dataset.truth.values,
        metabolites=tuple(map(str, dataset[METABOLITE].values)), points=window.points,
        step_hz=window.step_ppm * pool.acquisition.larmor_mhz, view=view, normalise=normalise_concentrations,
    )  # fmt: skip
    folds = pd.read_csv(files.folds).sort_values("item")["fold"].to_numpy()
    train = TrialTrainer(spectra, folds, named_key(params.seed, "select", "folds"))
    digest = content_digest([files.spectra, files.folds, *files.bases]) + json.dumps(params.window, sort_keys=True)
    identify = {"data": digest, "code": params.code, "seed": params.seed}
    scores = run_trials(trials, train, params.store, **identify, tell=functools.partial(log.info))
    write_table(snakemake.output.scores, scores)
    log.info("%d trials of %d items, %d folds", len(trials), len(folds), len(set(folds)))
