"""Simulate one data set: draw its concentrations, render its spectra and write both."""

import json

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log_device
from mrsgap.core.keys import named_key
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset
from mrsgap.spectra.concentrations import sample_concentrations
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.mix import make_pool
from mrsgap.spectra.simulate import simulate_spectra

with job(snakemake.log[0]) as log:
    log_device()
    settings, name = snakemake.params.settings, snakemake.wildcards.dataset
    pool = make_pool({key: read_dataset(path, "fid") for key, path in zip(settings["bases"], snakemake.input.bases)})
    recipe = read_recipe(snakemake.params.imperfections, f"config: imperfections.{settings['imperfections']}")
    seed, code, metabolites = snakemake.params.seed, snakemake.params.code, list(pool.metabolites)
    truth = sample_concentrations(settings["concentrations"], settings["items"], metabolites, seed, name)
    write_table(snakemake.output.concentrations, pd.DataFrame(truth, columns=metabolites).rename_axis("item").reset_index())
    attributes = {"dataset": name, "basis": "+".join(pool.names),
                  "settings": json.dumps({**settings, "imperfections": snakemake.params.imperfections}, sort_keys=True),
                  **made_from(snakemake.input, code=code, seed=seed)}  # fmt: skip
    key = named_key(seed, "spectra", name)
    simulate_spectra(snakemake.output.store, truth, pool, recipe, key, attributes,
                     store_clean=settings.get("store_clean", False))  # fmt: skip
    log.info("wrote %s: %d items from %s", snakemake.output.store, len(truth), ", ".join(pool.names))
