"""Fits of a few items as pictures: data, fit, baseline, residual, metabolites."""

from collections.abc import Iterable

from mrsgap.core.job import job, log
from mrsgap.core.names import SYNTHETIC
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_fit import draw_fits


def main(curves: str, pictures: Iterable[str]) -> None:
    """Draw every ranked item of the store `curves` into the files `pictures`."""
    fits = read_dataset(curves, "data", "fit").load()
    fits = fits.isel(item=fits["rank"].values != "") if "rank" in fits else fits
    items = [str(item) for item in fits["item"].values]
    ranks = [f": {rank} residual" for rank in fits["rank"].values] if "rank" in fits else [""] * len(items)
    fig = draw_fits(fits, {item: item + rank for item, rank in zip(items, ranks)})
    style.mark_synthetic(fig, fits.attrs.get("origin") == SYNTHETIC)
    style.save(fig, *pictures)
    log.info("drew %s of %s", ", ".join(items), curves)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.curves, snakemake.output)
