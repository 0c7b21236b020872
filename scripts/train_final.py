"""Train one network on a whole data set but for a held-out share, one network for each seed."""

from collections.abc import Sequence

from mrsgap.core.job import job, log_device
from mrsgap.core.keys import named_key
from mrsgap.core.provenance import made_from
from mrsgap.learn.members import seed_members
from mrsgap.learn.task import fresh_examples, read_training, train_and_write
from mrsgap.select.study import with_choice


def main(
    model: str, spectra: str, bases: dict[str, str], choice: Sequence[str],
    *, settings: dict, members: list[int], held_out_fraction: float, fresh: bool, about: dict, seed: int, checkpoints: str
) -> None:  # fmt: skip
    """Train the seeds `members` on the stores `spectra` and `bases`, and write them to the folder `model`.

    `settings` are the model's, with what the study's `choice` settles where one is named; with `fresh`
    training spectra are drawn on the fly, as the stored ones were; `about` says of what the networks are made.
    """
    settings = with_choice(settings, choice[0]) if choice else settings
    key = named_key(seed, "train", about["method"], about["training_set"])
    (examples, inputs, origin), loaded = read_training(spectra, bases, settings)
    seeds = seed_members(len(examples.inputs), members, held_out_fraction, key)
    render = fresh_examples(loaded, settings, spectra) if fresh else None
    train_and_write(model, settings, inputs, examples, seeds, about | origin, checkpoints=checkpoints, render=render)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        files, given, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
        main(
            snakemake.output.model,
            files.spectra,
            dict(zip(given.bases, files.bases)),
            files.choice,
            settings=given.settings,
            members=given.members,
            held_out_fraction=given.held_out_fraction,
            fresh=given.fresh,
            about={"method": wildcards.model, "training_set": wildcards.training_set, "device": log_device(),
                   **made_from(files, code=given.code, seed=given.seed)},
            seed=given.seed,
            checkpoints=given.checkpoints,
        )  # fmt: skip
