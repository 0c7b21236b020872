"""Turn a folder of recorded spectra (the study's phantom layout, or any other) into a manifest."""

from pathlib import Path

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.measured.index import index

with job(snakemake.log[0]) as log:
    manifest, doubts = index(Path(snakemake.input.folder) / snakemake.params.inside, snakemake.output.manifest)
    write_table(snakemake.output.manifest, manifest)
    write_table(snakemake.output.doubts, doubts)
    log.info("indexed %d items of %d series", len(manifest), manifest["series"].nunique())
    for series, item, doubt in doubts.itertuples(index=False):
        log.warning("%s %s: %s", series, item, doubt)
