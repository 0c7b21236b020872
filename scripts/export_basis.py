"""Write one basis as LCModel basis files."""

from mrsgap.basis.lcmodel_file import lcmodel_basis_files, write_basis_file
from mrsgap.core.job import job
from mrsgap.core.store import read_dataset

with job(snakemake.log[0]) as log:
    files = lcmodel_basis_files(read_dataset(snakemake.input.store, "fid"), snakemake.params.linewidth_hz)
    for path, file in zip(snakemake.output, files):
        write_basis_file(path, file)
        log.info("wrote %s: %s at %g Hz", path, ", ".join(file.metabolites), file.linewidth_hz)
