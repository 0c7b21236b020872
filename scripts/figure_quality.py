"""Every item of a measured set, by series and edit state, with its quality."""

from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset
from mrsgap.quantities.table import read_table
from mrsgap.show import style
from mrsgap.show.figure_spectra_quality import draw_quality


def main(store: str, table: str, pictures: list[str], *, limits: dict) -> None:
    """Draw the spectra of `store` and their quality `table` (CSV) into `pictures`; `limits` is the config section `quality`."""
    quality = read_table(table)
    style.save(draw_quality(read_dataset(store, "fid", "series", "origin"), quality, limits), *pictures)
    log.info("drew %d items", len(quality))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.store,
            snakemake.input.table,
            snakemake.output,
            limits=snakemake.params.limits,
        )
