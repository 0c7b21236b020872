"""Fit every item of one data set by linear-combination modelling: quantities, quality of each fit, curves of a few."""

import jax
import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log_device
from mrsgap.core.record import made_from
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.lcm.channels import with_components
from mrsgap.lcm.curves import fit_curves, worth_drawing
from mrsgap.lcm.parameters import FitSettings
from mrsgap.lcm.quantify import fit_dataset

jax.config.update("jax_enable_x64", True)

with job(snakemake.log[0]) as log:
    log_device()
    spectra, basis = (read_dataset(path, "fid").load() for path in (snakemake.input.spectra, snakemake.input.basis))
    log.info("read %s: %d items; basis %s", snakemake.input.spectra, spectra.sizes["item"], snakemake.input.basis)
    basis = with_components(basis, snakemake.params.components)
    settings = FitSettings.from_config(snakemake.params.settings)
    fitted = [part for kind in snakemake.params.kinds for part in fit_dataset(spectra, basis, kind, settings)]
    rows, quality = (pd.concat([getattr(part, name) for part in fitted]) for name in ("rows", "quality"))
    write_table(snakemake.output.table, rows.assign(dataset=snakemake.wildcards.fitted))
    write_table(snakemake.output.quality, quality)
    drawn, chosen = worth_drawing(fitted, snakemake.params.kinds)
    record = made_from(snakemake.input, code=snakemake.params.code)
    curves = fit_curves(drawn, list(chosen.values())).assign(rank=("item", list(chosen)))
    write_dataset(curves.assign_attrs(record, origin=spectra.attrs.get("origin", "")), snakemake.output.curves)
    log.info("wrote %d rows (%s)", len(rows), rows["status"].value_counts().to_dict())
