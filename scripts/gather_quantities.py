"""Join every part of the quantities table, and say what the training sets hold on average."""

import logging
from collections.abc import Mapping, Sequence

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.core.names import UNANSWERED
from mrsgap.core.store import read_dataset
from mrsgap.quantities.normalise import NORMALISATIONS
from mrsgap.quantities.table import gather_quantities, read_quantities
from mrsgap.stats.judge import mean_composition

log = logging.getLogger("mrsgap")


def main(table: str, compositions: str, parts: Sequence[str], stores: Mapping[str, str]) -> None:
    """Write the joined `parts` to `table`, and the mean composition of the training sets, whose `stores` go by name."""
    gathered = gather_quantities([read_quantities(path) for path in parts])
    write_table(table, gathered)
    rows = []
    for name, path in stores.items():
        truth = read_dataset(path, "truth")["truth"]
        for norm in NORMALISATIONS:
            means = mean_composition(truth.values, truth["metabolite"].values, norm)
            rows += [(name, norm, metabolite, mean) for metabolite, mean in means.items()]
    write_table(compositions, pd.DataFrame(rows, columns=["training_set", "norm", "metabolite", "mean"]))
    failed = gathered["status"].isin(UNANSWERED).sum()
    log.info("joined %d parts: %d quantities of %d methods, %d without an answer", len(parts), len(gathered),
             gathered["method"].nunique(), failed)  # fmt: skip


if "snakemake" in globals():
    with job(snakemake.log[0]):
        files, made = snakemake.input, snakemake.output
        main(made.table, made.compositions, files.parts, dict(zip(snakemake.params.training_sets, files.stores)))
