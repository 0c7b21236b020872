"""Fits of a few items as pictures: data, fit, baseline, residual, metabolites."""

from mrsgap.core.job import job
from mrsgap.core.names import SYNTHETIC
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_fit import draw_fits

with job(snakemake.log[0]) as log:
    curves = read_dataset(snakemake.input.curves, "data", "fit").load()
    items = [str(item) for item in curves["item"].values]
    ranks = [f": {rank} residual" for rank in curves["rank"].values] if "rank" in curves else [""] * len(items)
    fig = draw_fits(curves, {item: item + rank for item, rank in zip(items, ranks)})
    style.mark_synthetic(fig, curves.attrs.get("origin") == SYNTHETIC)
    style.save(fig, *snakemake.output)
    log.info("drew %s of %s", ", ".join(items), snakemake.input.curves)
