"""Table 3: layers of MRSNet-YAE."""

import pandas as pd

from mrsgap.core.job import job
from mrsgap.publish.layer_tables import layers_table
from mrsgap.show.printed import write_all

with job(snakemake.log[0]) as log:
    table = layers_table(pd.read_csv(snakemake.input.layers), "yae", "MRSNet-YAE", 3)
    write_all(table, *snakemake.output)
    log.info("%s: %d rows", table.title, len(table.text))
