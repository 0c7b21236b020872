"""Simulate metabolites of one basis."""

import jax

from mrsgap.basis.plan import make_plan
from mrsgap.basis.simulate import simulate_basis
from mrsgap.core.job import job, log, log_device
from mrsgap.core.provenance import made_from
from mrsgap.core.store import write_dataset


def main(store: str, *, settings: dict, record: dict[str, str]) -> None:
    """Simulate the spin systems of `settings` (a basis, its systems, sequences and pulses) into `store`."""
    device = log_device()
    plan = make_plan(settings["basis"], settings["sequences"], settings["pulses"])
    basis = simulate_basis(settings["systems"], plan).assign_attrs(record)
    write_dataset(basis, store)
    log.info("wrote %s: fid %s, device %s", store, basis["fid"].shape, device)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        jax.config.update("jax_enable_x64", True)
        main(
            snakemake.output.store,
            settings=snakemake.params.settings,
            record=made_from(snakemake.input, code=snakemake.params.code),
        )
