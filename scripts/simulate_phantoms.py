"""Write synthetic stand-ins for the study's phantom spectra."""

from collections.abc import Iterable
from pathlib import Path

from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset
from mrsgap.measured.phantoms import read_phantoms, simulate_phantoms


def main(table: str, bases: Iterable[str], folder: str, *, settings: dict, seed: int) -> None:
    """Write spectra, manifest and imperfections of the phantoms of `table` (CSV), made from the stores `bases`, to `folder`."""
    phantoms = read_phantoms(table, settings["items_per_series"])
    stores = {name: read_dataset(path, "fid") for name, path in zip(settings["bases"], bases)}
    manifest = simulate_phantoms(phantoms, stores, settings, seed, Path(folder))
    log.info("wrote %d SYNTHETIC items in %d series, bases %s", len(manifest), manifest["series"].nunique(), ", ".join(stores))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.table,
            snakemake.input.bases,
            str(Path(snakemake.output.manifest).parent),
            settings=snakemake.params.settings,
            seed=snakemake.params.seed,
        )
