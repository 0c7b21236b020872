"""Train a part of the trials of one round: all folds of each, found finished where anyone has trained them before."""

import json
from pathlib import Path

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log, log_device
from mrsgap.core.keys import named_key
from mrsgap.core.provenance import checksum
from mrsgap.core.store import read_dataset
from mrsgap.learn.task import TrialTrainer
from mrsgap.select.trials import run_trials


def main(
    scores: str, trials: str, spectra: str, bases: dict[str, str], folds: str,
    *, part: int, trials_per_job: int, window: dict, held_out_fraction: float, store: str, seed: int, code: str
) -> None:  # fmt: skip
    """Write to `scores` (CSV) the errors of one `part` of `trials` (JSON) on the stores `spectra` and `bases` (name -> path).

    Finished trials are kept in the folder `store`, known by their settings, data, seed and the digest `code`.
    """
    proposed = json.loads(Path(trials).read_text())[part * trials_per_job : (part + 1) * trials_per_job]
    loaded = {name: read_dataset(path, "fid") for name, path in bases.items()}
    fold_of_item = pd.read_csv(folds).sort_values("item")["fold"].to_numpy()
    key = named_key(seed, "select", "folds")
    train = TrialTrainer(read_dataset(spectra, "fid", "truth").load(), loaded, window, fold_of_item, held_out_fraction, key)
    data = "".join(map(checksum, (spectra, folds, *bases.values()))) + json.dumps([window, held_out_fraction], sort_keys=True)
    write_table(scores, run_trials(proposed, train, store, data=data, code=code, seed=seed, tell=log.info))
    log.info("%d trials of %d items, %d folds", len(proposed), len(fold_of_item), len(set(fold_of_item)))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        log_device()
        files, given = snakemake.input, snakemake.params
        main(
            snakemake.output.scores,
            files.trials,
            files.spectra,
            dict(zip(given.bases, files.bases)),
            files.folds,
            part=int(snakemake.wildcards.part),
            trials_per_job=given.trials_per_job,
            window=given.window,
            held_out_fraction=given.held_out_fraction,
            store=given.store,
            seed=given.seed,
            code=given.code,
        )
