"""Train the network that ships on the members of a family that are not held out."""

from mrsgap.basis.family import read_family
from mrsgap.core.job import job, log_device
from mrsgap.core.provenance import made_from
from mrsgap.learn.family_network import train_on_family


def main(store: str, model: str, *, settings: dict, about: dict, seed: int, checkpoints: str, threads: int) -> None:
    """Train by `settings` on the family in `store` and write the network to the folder `model`; `about` says of what it is
    made.
    """
    family = read_family(store)
    train_on_family(model, family.training, family.held, settings, about, seed=seed, checkpoints=checkpoints, threads=threads)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        given, name = snakemake.params, snakemake.wildcards.shipped
        main(
            snakemake.input.family,
            snakemake.output.model,
            settings=given.settings,
            about={"method": name, "basis": given.settings["family"], "training_set": given.settings["family"],
                   "settings_digest": given.digest, "device": log_device(),
                   **made_from(snakemake.input, code=given.code, seed=given.seed)},
            seed=given.seed,
            checkpoints=given.checkpoints,
            threads=snakemake.threads,
        )  # fmt: skip
