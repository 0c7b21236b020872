"""Regression, Bland-Altman and concordance of every method, in both normalisations."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.quantities.normalise import NORMALISATIONS
from mrsgap.quantities.table import read_quantities
from mrsgap.stats.agreement import agreement_table
from mrsgap.stats.judge import judge, read_compositions

with job(snakemake.log[0]) as log:
    quantities = read_quantities(snakemake.input.quantities)
    tables = []
    for norm in NORMALISATIONS:
        judged = judge(quantities, norm, read_compositions(snakemake.input.compositions, norm), snakemake.params.generating)
        tables.append(agreement_table(judged, snakemake.params.level).assign(norm=norm))
    write_table(snakemake.output.table, pd.concat(tables, ignore_index=True))
    log.info("wrote %d rows of agreement", sum(map(len, tables)))
