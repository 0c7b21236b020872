"""Table 1: phantom compositions."""

import pandas as pd

from mrsgap.core.job import job, log
from mrsgap.publish.table_01_08 import phantom_table
from mrsgap.show.printed import write_all


def main(phantoms: str, forms: list[str], *, synthetic: bool, apart: list[str]) -> None:
    """Write the three `forms` of the table of `phantoms` (CSV); `synthetic` marks stand-ins; `apart` is not the paper's."""
    table = phantom_table(pd.read_csv(phantoms), synthetic, apart)
    write_all(table, *forms)
    log.info("%s: %d rows", table.title, len(table.text))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.phantoms, snakemake.output, synthetic=snakemake.params.synthetic, apart=snakemake.params.apart)
