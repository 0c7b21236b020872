"""Table 9b: errors of networks on spectra they learnt from and on those they were stopped by."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.publish.table_09_13 import overfitting_table
from mrsgap.show.printed import write_all

COLUMNS = ["method", "training_set", "run", "training_mae", "held_out_mae"]


def main(models: Sequence[str], errors: str, forms: Sequence[str], *, settings: dict) -> None:
    """Write `errors` (CSV, one row per network) of the folders `models`, and the three `forms` of the table."""
    rows = []
    for folder in models:
        about = json.loads((Path(folder) / "model.json").read_text(encoding="utf-8"))
        columns = [about["runs"], *(about.get(name, []) for name in COLUMNS[3:])]
        rows += [[about["method"], about["training_set"], *values] for values in zip(*columns)]
    numbers = pd.DataFrame(rows, columns=COLUMNS)
    write_table(errors, numbers)
    table = overfitting_table(numbers, settings, settings["training_sets"]["fixed"])
    write_all(table, *forms)
    log.info("%s: %d networks", table.title, len(numbers))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        *forms, errors = snakemake.output
        main(snakemake.input.models, errors, forms, settings=snakemake.params.settings)
