"""Tables 2 and 3: layers of MRSNet-CNN and MRSNet-YAE."""

import pandas as pd

from mrsgap.core.job import job, log
from mrsgap.publish.table_01_08 import layers_table
from mrsgap.show.printed import write_all


def main(layers: str, forms: list[str], *, architecture: str, name: str, number: int) -> None:
    """Write the three `forms` of table `number`: the layers of one architecture, called `name`, from `layers` (CSV)."""
    table = layers_table(pd.read_csv(layers), architecture, name, number)
    write_all(table, *forms)
    log.info("%s: %d rows", table.title, len(table.text))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.layers,
            snakemake.output,
            architecture=snakemake.params.architecture,
            name=snakemake.params.name,
            number=snakemake.params.number,
        )
