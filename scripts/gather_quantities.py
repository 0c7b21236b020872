"""Join every part of the quantities table, and say what the training sets hold on average."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.core.names import UNANSWERED
from mrsgap.core.store import read_dataset
from mrsgap.quantities.normalise import NORMALISATIONS
from mrsgap.quantities.table import gather_quantities, read_quantities
from mrsgap.stats.judge import mean_composition

with job(snakemake.log[0]) as log:
    table = gather_quantities([read_quantities(path) for path in snakemake.input.parts])
    write_table(snakemake.output.table, table)
    rows = []
    for name, path in zip(snakemake.params.training_sets, snakemake.input.stores):
        truth = read_dataset(path, "truth")["truth"]
        for norm in NORMALISATIONS:
            means = mean_composition(truth.values, truth["metabolite"].values, norm)
            rows += [(name, norm, metabolite, mean) for metabolite, mean in means.items()]
    columns = ["training_set", "norm", "metabolite", "mean"]
    write_table(snakemake.output.compositions, pd.DataFrame(rows, columns=columns))
    failed = table["status"].isin(UNANSWERED).sum()
    log.info("joined %d parts: %d quantities of %d methods, %d without an answer", len(snakemake.input.parts), len(table),
             table["method"].nunique(), failed)  # fmt: skip
