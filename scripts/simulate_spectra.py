"""Simulate one data set: draw its concentrations, render its spectra and write both."""

import json
from collections.abc import Iterable, Sequence

import pandas as pd

from mrsgap.core.files import read_json, write_table
from mrsgap.core.job import job, log, log_device
from mrsgap.core.keys import named_key
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset
from mrsgap.spectra.concentrations import sample_concentrations
from mrsgap.spectra.imperfections import read_recipe, with_recorded_noise
from mrsgap.spectra.mix import make_pool
from mrsgap.spectra.simulate import simulate_spectra


def main(
    bases: Iterable[str], noise: Sequence[str], store: str, concentrations: str, *,
    dataset: str, settings: dict, imperfections: dict, seed: int, record: dict[str, str],
) -> None:  # fmt: skip
    """Draw the data set named `dataset` from the stores `bases`; write its spectra and its `concentrations` (CSV).

    `settings` are those of the data set and `imperfections` what it names in the config; `noise` holds the estimate (JSON) of
    recorded noise that these ask for, or nothing.
    """
    log_device()
    pool = make_pool({name: read_dataset(path, "fid") for name, path in zip(settings["bases"], bases)})
    where = f"config: imperfections.{settings['imperfections']}"
    imperfections = with_recorded_noise(imperfections, read_json(noise[0]) if noise else None, where)
    recipe = read_recipe(imperfections, where)
    metabolites = list(pool.metabolites)
    truth = sample_concentrations(settings["concentrations"], settings["items"], metabolites, seed, dataset)
    write_table(concentrations, pd.DataFrame(truth, columns=metabolites).rename_axis("item").reset_index())
    attributes = {"dataset": dataset, "basis": "+".join(pool.names),
                  "settings": json.dumps({**settings, "imperfections": imperfections}, sort_keys=True), **record}  # fmt: skip
    key = named_key(seed, "spectra", dataset)
    simulate_spectra(store, truth, pool, recipe, key, attributes, store_clean=settings.get("store_clean", False))
    log.info("wrote %s: %d items from %s", store, len(truth), ", ".join(pool.names))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        given = snakemake.params
        main(
            snakemake.input.bases,
            snakemake.input.noise,
            snakemake.output.store,
            snakemake.output.concentrations,
            dataset=snakemake.wildcards.dataset,
            settings=given.settings,
            imperfections=given.imperfections,
            seed=given.seed,
            record=made_from(snakemake.input, code=given.code, seed=given.seed),
        )
