"""Write synthetic stand-ins for the study's phantom spectra."""

from pathlib import Path

from mrsgap.core.job import job
from mrsgap.core.store import read_dataset
from mrsgap.measured.phantoms import read_phantoms, simulate_phantoms

with job(snakemake.log[0]) as log:
    settings = snakemake.params.settings
    phantoms = read_phantoms(snakemake.input.table, settings["items_per_series"])
    bases = {name: read_dataset(path, "fid") for name, path in zip(settings["bases"], snakemake.input.bases)}
    manifest = simulate_phantoms(phantoms, bases, settings, snakemake.params.seed, Path(snakemake.output.manifest).parent)
    log.info("wrote %d SYNTHETIC items in %d series, bases %s", len(manifest), manifest["series"].nunique(), ", ".join(bases))
