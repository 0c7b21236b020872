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
from mrsgap.stats.judge import judge, read_compositions

log = logging.getLogger("mrsgap")


def main(
    table: str, quantities: str, compositions: str, *, generating: dict[str, str], level: float, draws: int, seed: int
) -> None:
    """Write agreement at the confidence `level`; `compositions` and `generating` are what constants and bounds rest on."""
    rows, tables = read_quantities(quantities), []
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
            generating=given.generating, level=given.level, draws=given.draws, seed=given.seed,
        )  # fmt: skip
