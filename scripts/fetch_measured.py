"""Fetch a folder of recorded spectra: unpack an archive or clone a repository."""

from mrsgap.core.job import job, log
from mrsgap.measured.fetch import fetch_git, unpack


def main(folder: str, *, source: dict[str, str]) -> None:
    """Bring what `source` (config: measured.<name>) points to into `folder`."""
    if "url" in source:
        commit = fetch_git(source["url"], source["tag"], folder)
        log.info("fetched %s at %s, commit %s", source["url"], source["tag"], commit)
    else:
        unpack(source["path"], folder, source.get("sha256"))
        log.info("unpacked %s", source["path"])


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.output.folder, source=snakemake.params.source)
