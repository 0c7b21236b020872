"""Check the results of a run against what every run's results must satisfy."""

import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.publish.artefacts import MUST, check_artefacts
from mrsgap.stats.quantities import read_quantities
from mrsgap.stats.tables import read_statistics

with job(snakemake.log[0]) as log:
    given = snakemake.input
    tables = {name: read_statistics(given[name]) for name in ("errors", "series", "agreement", "tests")}
    tables |= {"items": read_statistics(given.per_item), "verdicts": pd.read_csv(given.verdicts)}
    checks = check_artefacts(read_quantities(given.quantities), tables, snakemake.params.overall)
    for row in checks[~checks["passed"]].itertuples():
        log.warning("%s be true, but is not: %s (%s)", row.weight, row.check, row.detail)
    broken = checks[~checks["passed"] & (checks["weight"] == MUST)]
    if len(broken):
        found = "; ".join(f"{row.check}: {row.detail}" for row in broken.itertuples())
        raise InputError(
            f"the results contradict themselves: {found}", cure="This is a fault of the workflow; please report it"
        )
    write_table(snakemake.output.table, checks)
    log.info("%d of %d checks passed", checks["passed"].sum(), len(checks))
