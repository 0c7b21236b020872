"""Judge the network that ships on members that its family held out: coverage, calibration, training range."""

import shutil

from mrsgap.basis.family import read_family
from mrsgap.core.files import written_whole
from mrsgap.core.job import job, log_device
from mrsgap.trust.held_out import judge_on_held_out


def main(store: str, network: str, model: str, *, settings: dict, references: list[str], seed: int) -> None:
    """Copy the folder `network` to `model`, and add what is known of it from the family in `store`; ratios are to
    `references`.
    """
    log_device()
    family = read_family(store)
    with written_whole(model) as partial:
        shutil.copytree(network, partial, ignore=shutil.ignore_patterns(".snakemake*"))
        judge_on_held_out(partial, family.training, family.held, settings, references, seed)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.family,
            snakemake.input.network,
            snakemake.output.model,
            settings=snakemake.params.settings,
            references=snakemake.params.references,
            seed=snakemake.params.seed,
        )
