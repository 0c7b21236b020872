"""Train one network on all but one fold of its data set, one network for each fold."""

from collections.abc import Sequence

import pandas as pd

from mrsgap.core.job import job, log_device
from mrsgap.core.keys import named_key
from mrsgap.core.provenance import made_from
from mrsgap.learn.members import fold_members
from mrsgap.learn.task import read_training, train_and_write
from mrsgap.select.study import with_choice


def main(
    model: str, spectra: str, bases: dict[str, str], folds: str, choice: Sequence[str],
    *, settings: dict, members: list[int], held_out_fraction: float, about: dict, seed: int, checkpoints: str
) -> None:  # fmt: skip
    """Train the folds `members` of the table `folds` on the stores `spectra` and `bases`, and write them to the folder `model`.

    `settings` are the model's, with what the study's `choice` settles where one is named; `about` says of what they are made.
    """
    settings = with_choice(settings, choice[0]) if choice else settings
    key = named_key(seed, "train", about["method"], about["training_set"])
    (examples, inputs, origin), _ = read_training(spectra, bases, settings)
    runs = fold_members(pd.read_csv(folds)["fold"].to_numpy(), members, held_out_fraction, key)
    train_and_write(model, settings, inputs, examples, runs, about | origin, checkpoints=checkpoints)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        files, given = snakemake.input, snakemake.params
        main(
            snakemake.output.model,
            files.spectra,
            dict(zip(given.bases, files.bases)),
            files.folds,
            files.choice,
            settings=given.settings,
            members=given.members,
            held_out_fraction=given.held_out_fraction,
            about={"method": snakemake.wildcards.model, "training_set": given.training_set, "device": log_device(),
                   **made_from(files, code=given.code, seed=given.seed)},
            seed=given.seed,
            checkpoints=given.checkpoints,
        )  # fmt: skip
