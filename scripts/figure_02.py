"""Figure 2: the autoencoder with its quantifier, at the published size."""

import pandas as pd

from mrsgap.core.job import job, log
from mrsgap.publish.figure_02 import autoencoder_figure
from mrsgap.show import style


def main(layers: str, pictures: list[str], *, channels: int, metabolites: list[str]) -> None:
    """Draw the autoencoder of the table `layers` (CSV) into the files `pictures`."""
    table = pd.read_csv(layers)
    style.save(autoencoder_figure(table, channels, metabolites), *pictures)
    log.info("drew the autoencoder of %d layers", len(table))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.layers,
            snakemake.output,
            channels=snakemake.params.channels,
            metabolites=list(snakemake.params.metabolites),
        )
