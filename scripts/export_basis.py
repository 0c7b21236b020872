"""Write one basis as LCModel basis files."""

from mrsgap.basis.lcmodel_file import lcmodel_basis_files, write_basis_file
from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset


def main(store: str, off: str, diff: str, *, linewidth_hz: float) -> None:
    """Write the edit-off and difference spectra of the basis `store`, broadened to `linewidth_hz`, to `off` and `diff`."""
    files = lcmodel_basis_files(read_dataset(store, "fid"), linewidth_hz)
    for path, file in zip((off, diff), files):
        write_basis_file(path, file)
        log.info("wrote %s: %s at %g Hz", path, ", ".join(file.metabolites), file.linewidth_hz)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.store, snakemake.output.off, snakemake.output.diff, linewidth_hz=snakemake.params.linewidth_hz)
