"""Check the results of a run against what every run's results must satisfy."""

import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.publish.artefacts import MUST, check_artefacts
from mrsgap.quantities.table import read_quantities, read_table


def main(quantities: str, statistics: dict[str, str], verdicts: str, table: str, *, overall: list[str]) -> None:
    """Write every check of the results to `table` (CSV); `statistics`: errors, items, series, agreement, tests by path.

    `overall` are the metabolites that Overall averages. Raises `InputError` if a check that must pass fails.
    """
    tables = {name: read_table(path) for name, path in statistics.items()} | {"verdicts": pd.read_csv(verdicts)}
    checks = check_artefacts(read_quantities(quantities), tables, overall)
    for row in checks[~checks["passed"]].itertuples():
        log.warning("%s be true, but is not: %s (%s)", row.weight, row.check, row.detail)
    broken = checks[~checks["passed"] & (checks["weight"] == MUST)]
    if len(broken):
        which = "; ".join(f"{row.check}: {row.detail}" for row in broken.itertuples())
        raise InputError(
            f"the results contradict themselves: {which}", cure="This is a fault of the workflow; please report it"
        )
    write_table(table, checks)
    log.info("%d of %d checks passed", checks["passed"].sum(), len(checks))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        given = snakemake.input
        main(
            given.quantities,
            {"items": given.per_item} | {name: given[name] for name in ("errors", "series", "agreement", "tests")},
            given.verdicts,
            snakemake.output.table,
            overall=snakemake.params.overall,
        )
