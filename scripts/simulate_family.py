"""Simulate a family of bases."""

import jax

from mrsgap.basis.family import as_dataset
from mrsgap.basis.simulate_family import simulate_family
from mrsgap.core.job import job, log, log_device
from mrsgap.core.provenance import made_from
from mrsgap.core.store import write_dataset


def main(store: str, *, family: str, settings: dict, seed: int, record: dict[str, str]) -> None:
    """Simulate the members of `family` (`settings` as `config.bases` gives them) into `store`."""
    device = log_device()
    simulated = simulate_family(family, settings, seed)
    write_dataset(as_dataset(simulated).assign_attrs(record), store)
    log.info("wrote %s: fid %s, %d members left out, device %s", store, simulated.fids.shape, len(simulated.removed), device)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        jax.config.update("jax_enable_x64", True)
        main(
            snakemake.output.store,
            family=snakemake.wildcards.family,
            settings=snakemake.params.settings,
            seed=snakemake.params.seed,
            record=made_from(snakemake.input, code=snakemake.params.code, seed=snakemake.params.seed),
        )
