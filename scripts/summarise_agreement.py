"""Regression, Bland-Altman and concordance of every method, in both normalisations."""

import logging
from functools import partial

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.core.keys import named_generator
from mrsgap.quantities.normalise import NORMALISATIONS
from mrsgap.quantities.table import read_quantities
from mrsgap.stats.agreement import agreement_table
from mrsgap.stats.judge import judge, read_compositions, set_apart

log = logging.getLogger("mrsgap")


def main(
    table: str, quantities: str, compositions: str,
    *, generating: dict[str, str], level: float, draws: int, dataset: str, apart: list[str], seed: int,
) -> None:  # fmt: skip
    """Write agreement at the confidence `level`; `compositions` and `generating` are what constants and bounds rest on.

    The series `apart` of the set `dataset` are left out.
    """
    rows, tables = set_apart(read_quantities(quantities), dataset, apart)[0], []
    for norm in NORMALISATIONS:
        judged = judge(rows, norm, read_compositions(compositions, norm), generating)
        generator = partial(named_generator, seed, "bootstrap", norm)
        tables.append(agreement_table(judged, level, draws, generator).assign(norm=norm))
    write_table(table, pd.concat(tables, ignore_index=True))
    log.info("wrote %d rows of agreement", sum(map(len, tables)))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        files, given = snakemake.input, snakemake.params
        main(
            snakemake.output.table, files.quantities, files.compositions,
            generating=given.generating, level=given.level, draws=given.draws, dataset=given.dataset, apart=given.apart,
            seed=given.seed,
        )  # fmt: skip
