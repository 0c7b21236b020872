"""Figure 8: measured and simulated spectra of one item per metabolite."""

from mrsgap.core.job import job
from mrsgap.core.store import read_dataset
from mrsgap.publish.figure_spectra import overlay_figure
from mrsgap.show import style

with job(snakemake.log[0]) as log:
    spectra = read_dataset(snakemake.input.spectra, "measured", "simulated").load()
    style.save(overlay_figure(spectra), *snakemake.output)
    log.info("drew %d spectra of %s origin", spectra.sizes["item"], spectra.attrs["origin"])
