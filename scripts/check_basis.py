"""Check one basis against what physics says it must look like."""

from mrsgap.basis.check import check_basis
from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset


def main(store: str, table: str, *, protons: dict[str, float]) -> None:
    """Write the checks of the basis `store` to `table`; `protons` counts those of every metabolite."""
    checks = check_basis(read_dataset(store, "fid"), protons)
    write_table(table, checks)
    for row in checks[~checks.passed].itertuples():
        log.warning("%s: %s is %.6g, expected %.6g", row.metabolite, row.check, row.value, row.expected)
    log.info("%d of %d checks passed", checks.passed.sum(), len(checks))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.store, snakemake.output.table, protons=snakemake.params.protons)
