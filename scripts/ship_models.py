"""Put networks that have just been made where the repository keeps them."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from mrsgap.core.files import written_whole
from mrsgap.core.job import job, log


def main(models: Mapping[str, str], *, folder: str) -> None:
    """Copy the folders `models` (by name) into `folder`, each whole, without what Snakemake leaves in them."""
    for name, made in models.items():
        with written_whole(Path(folder) / name) as partial:
            shutil.copytree(made, partial, ignore=shutil.ignore_patterns(".snakemake*"))
        log.info("%s is in %s", name, Path(folder) / name)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(dict(zip(snakemake.params.names, snakemake.input.models)), folder=snakemake.params.folder)
