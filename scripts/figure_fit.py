"""Linear-combination fits with the least, the median and the largest residual."""

from mrsgap.core.job import job
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.fit import draw_fits

with job(snakemake.log[0]) as log:
    curves = read_dataset(snakemake.input.curves, "data", "fit").load()
    ranks = dict(zip(map(str, curves["item"].values), ("least residual", "median residual", "largest residual")))
    style.save(draw_fits(curves, {item: f"{item}: {rank}" for item, rank in ranks.items()}), *snakemake.output)
    log.info("drew %s", ", ".join(ranks))
