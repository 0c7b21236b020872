"""Train the network that ships on the members of a family that are not held out."""

from mrsgap.basis.family import read_family
from mrsgap.core.job import job, log_device
from mrsgap.core.provenance import made_from
from mrsgap.learn.family_network import train_on_family


def main(
    store: str, model: str, *, settings: dict, members: list[str], about: dict, seed: int, checkpoints: str, threads: int
) -> None:
    """Train by `settings` on `members` of the family in `store`, or on all that are not held out; write the folder `model`.

    `about` says of what the network is made.
    """
    family = read_family(store)
    training = family.training.subset(members) if members else family.training
    train_on_family(model, training, family.held, settings, about, seed=seed, checkpoints=checkpoints, threads=threads)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        given = snakemake.params
        main(
            snakemake.input.family,
            snakemake.output.model,
            settings=given.settings,
            members=given.members,
            about={"method": given.method, "basis": given.settings["family"], "training_set": given.training_set,
                   "settings_digest": given.digest, "device": log_device(),
                   **made_from(snakemake.input, code=given.code, seed=given.seed)},
            seed=given.seed,
            checkpoints=given.checkpoints,
            threads=snakemake.threads,
        )  # fmt: skip
