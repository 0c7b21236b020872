"""Figure 1d: simulated spectra of each training set, from the least noisy to the noisiest item."""

from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_spectra_quality import spectra_figure


def main(stores: dict[str, str], pictures: list[str], *, items_shown: int) -> None:
    """Draw `items_shown` items of every data set in `stores` (name -> path) into the files `pictures`."""
    datasets = {name: read_dataset(path, "fid", "noise_sd") for name, path in stores.items()}
    style.save(spectra_figure(datasets, items_shown), *pictures)
    for name, dataset in datasets.items():
        log.info("drew %d of %d items of %s", items_shown, dataset.sizes["item"], name)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            dict(zip(snakemake.params.names, snakemake.input.stores)),
            snakemake.output,
            items_shown=snakemake.params.items_shown,
        )
