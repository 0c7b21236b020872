"""Turn a folder of recorded spectra (the study's phantom layout, or any other) into a manifest."""

from pathlib import Path

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.measured.index import index


def main(folder: str, manifest: str, doubts: str, *, inside: str) -> None:
    """List the spectra of the folder `inside` of `folder` in `manifest`, and in `doubts` what was unclear (both CSV)."""
    items, unclear = index(Path(folder) / inside, manifest)
    write_table(manifest, items)
    write_table(doubts, unclear)
    log.info("indexed %d items of %d series", len(items), items["series"].nunique())
    for series, item, doubt in unclear.itertuples(index=False):
        log.warning("%s %s: %s", series, item, doubt)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.folder, snakemake.output.manifest, snakemake.output.doubts, inside=snakemake.params.inside)
