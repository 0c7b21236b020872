"""Figure 9: simulated minus measured spectra by frequency."""

from mrsgap.core.job import job
from mrsgap.core.store import read_dataset
from mrsgap.publish.figure_spectra import error_figure
from mrsgap.show import style

with job(snakemake.log[0]) as log:
    spectra = read_dataset(snakemake.input.spectra, "measured", "simulated").load()
    style.save(error_figure(spectra), *snakemake.output)
    log.info("drew %d spectra of %s origin", spectra.sizes["item"], spectra.attrs["origin"])
