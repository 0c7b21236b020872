"""Fetch a folder of recorded spectra: unpack an archive or clone a repository."""

from mrsgap.core.job import job
from mrsgap.measured.fetch import fetch_git, unpack

with job(snakemake.log[0]) as log:
    source = snakemake.params.source
    if "url" in source:
        commit = fetch_git(source["url"], source["tag"], snakemake.output.folder)
        log.info("fetched %s at %s, commit %s", source["url"], source["tag"], commit)
    else:
        unpack(source["path"], snakemake.output.folder, source.get("sha256"))
        log.info("unpacked %s", source["path"])
