"""Simulate a basis at the field and editing frequencies of a measured set."""

import jax

from mrsgap.basis.match import editing_of, matching_description, matching_settings
from mrsgap.basis.plan import make_plan
from mrsgap.basis.simulate import simulate_basis
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.files import write_text
from mrsgap.core.groups import by_acquisition
from mrsgap.core.job import job, log_device
from mrsgap.core.record import made_from
from mrsgap.core.store import read_dataset, write_dataset

jax.config.update("jax_enable_x64", True)

with job(snakemake.log[0]) as log:
    log_device()
    settings, measured = snakemake.params.settings, read_dataset(snakemake.input.store, "fid")
    data: Acquisition = next(acquisition for acquisition, _ in by_acquisition(measured))
    edit_ppm = editing_of(measured)
    description, told = matching_description(settings["basis"], data, edit_ppm)
    log.info("basis for %s: %s", snakemake.wildcards.measured, "; ".join(told) or "as configured")
    plan = make_plan(description, settings["sequences"], settings["pulses"])
    basis = simulate_basis(settings["systems"], plan)
    basis.attrs.update(
        basis=f"own:{snakemake.wildcards.measured}",
        matched="; ".join(told),
        **made_from(snakemake.input, code=snakemake.params.code),
    )
    write_dataset(basis, snakemake.output.store)
    write_text(snakemake.output.settings, matching_settings(snakemake.params.scale, snakemake.params.bases, data, edit_ppm))
    log.info("wrote %s: %s", snakemake.output.store, dict(basis.sizes))
