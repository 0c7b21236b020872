"""Figure 2: the autoencoder with its quantifier, at the published size."""

import pandas as pd

from mrsgap.core.job import job
from mrsgap.show import style
from mrsgap.show.architecture import draw_autoencoder

with job(snakemake.log[0]) as log:
    layers = pd.read_csv(snakemake.input.layers)
    mine = layers[(layers["architecture"] == "yae") & (layers["size"] == "published")] if len(layers) else layers
    fig, ax = style.figure(style.PAGE_CM, 6.5)
    if mine.empty:
        style.say(ax, "no autoencoder in this run")
    else:
        outputs = mine["weights"].str.extract(r"bias (\d+)")[0].astype(int)
        widths = {part: outputs[mine["part"] == part].tolist() for part in ("encoder", "decoder", "quantifier")}
        draw_autoencoder(ax, widths, snakemake.params.channels, list(snakemake.params.metabolites))
    style.save(fig, *snakemake.output)
    log.info("drew %d layers", len(mine))
