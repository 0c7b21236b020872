"""Figure 8: measured and simulated spectra of one item per metabolite."""

from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset
from mrsgap.publish.figure_08_09 import overlay_figure
from mrsgap.show import style


def main(store: str, pictures: list[str]) -> None:
    """Draw the pairs of spectra in `store` into the files `pictures`."""
    spectra = read_dataset(store, "measured", "simulated").load()
    style.save(overlay_figure(spectra), *pictures)
    log.info("drew %d spectra of %s origin", spectra.sizes["item"], spectra.attrs["origin"])


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.spectra, snakemake.output)
