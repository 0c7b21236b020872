"""Calibrate every method's intervals on simulated spectra it has not seen, and report what they cover."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.quantities.ratios import ratios
from mrsgap.quantities.table import read_quantities
from mrsgap.trust.intervals import calibrate

with job(snakemake.log[0]) as log:
    quantities = pd.concat([read_quantities(path) for path in snakemake.input.quantities], ignore_index=True)
    quantities = quantities[quantities["dataset"] == snakemake.params.dataset]
    held_out = pd.concat([ratios(quantities, reference) for reference in snakemake.params.references])
    calibration = calibrate(held_out, snakemake.params.coverage)
    write_table(snakemake.output.table, calibration)
    log.info("calibrated %d methods and metabolites on %d rows", len(calibration), len(held_out))
