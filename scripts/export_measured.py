"""Write every stage of a measured set, coils combined to states subtracted, as NIfTI-MRS in the layout of BIDS derivatives."""

from pathlib import Path

from mrsgap.core.files import written_whole
from mrsgap.core.job import job, log
from mrsgap.measured.derivatives import write_derivatives
from mrsgap.measured.manifest import read_manifest


def main(manifest: str, folder: str, *, version: str) -> None:
    """Read the items of `manifest` and write their stages into `folder`; `version` goes into each file's provenance."""
    rows, failures, _ = read_manifest(manifest)
    with written_whole(Path(folder)) as partial:
        written, unreadable = write_derivatives(rows, partial, version)
    for failure in (*failures, *unreadable):
        log.warning("%s not written: %s", failure.item, failure.reason)
    log.info("%d files in %s", len(written), folder)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.manifest, snakemake.output.folder, version=snakemake.params.code[:12])
