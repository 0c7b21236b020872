"""Simulate metabolites of one basis."""

import jax

from mrsgap.basis.plan import make_plan
from mrsgap.basis.simulate import simulate_basis
from mrsgap.core.job import job, log_device
from mrsgap.core.provenance import made_from
from mrsgap.core.store import write_dataset

jax.config.update("jax_enable_x64", True)

with job(snakemake.log[0]) as log:
    device = log_device()
    settings = snakemake.params.settings
    plan = make_plan(settings["basis"], settings["sequences"], settings["pulses"])
    store = simulate_basis(settings["systems"], plan).assign_attrs(made_from(snakemake.input, code=snakemake.params.code))
    write_dataset(store, snakemake.output.store)
    log.info("wrote %s: fid %s, device %s", snakemake.output.store, store["fid"].shape, device)
