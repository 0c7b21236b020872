"""Table 1: phantom compositions."""

import pandas as pd

from mrsgap.core.job import job
from mrsgap.publish.phantom_composition import phantom_table
from mrsgap.show.printed import write_all

with job(snakemake.log[0]) as log:
    table = phantom_table(pd.read_csv(snakemake.input.phantoms), snakemake.params.synthetic)
    write_all(table, *snakemake.output)
    log.info("%s: %d rows", table.title, len(table.text))
