"""Check one basis against what physics says it must look like."""

from mrsgap.basis.check import check_basis
from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.core.store import read_dataset

with job(snakemake.log[0]) as log:
    table = check_basis(read_dataset(snakemake.input.store, "fid"), snakemake.params.protons)
    write_table(snakemake.output.table, table)
    for row in table[~table.passed].itertuples():
        log.warning("%s: %s is %.6g, expected %.6g", row.metabolite, row.check, row.value, row.expected)
    log.info("%d of %d checks passed", table.passed.sum(), len(table))
