"""Simulate a family of bases at the field and editing frequencies of a measured set."""

import jax

from mrsgap.basis.family import as_dataset
from mrsgap.basis.match import editing_of, matching_family
from mrsgap.basis.simulate_family import simulate_family
from mrsgap.core.acquisition import by_acquisition
from mrsgap.core.job import job, log, log_device
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset, write_dataset


def main(measured: str, store: str, *, dataset: str, family: str, settings: dict, seed: int, record: dict[str, str]) -> None:
    """Simulate `family` (`settings` as `config.families` gives them) as the first acquisition of `measured` asks for."""
    log_device()
    spectra = read_dataset(measured, "fid")
    acquisition, _ = next(by_acquisition(spectra))
    moved, changes = matching_family(settings, acquisition, editing_of(spectra))
    log.info("family %s for %s: %s", family, dataset, "; ".join(changes) or "as configured")
    simulated = simulate_family(family, moved, seed)
    write_dataset(as_dataset(simulated).assign_attrs(record, matched="; ".join(changes)), store)
    log.info("wrote %s: fid %s, %d members left out", store, simulated.fids.shape, len(simulated.removed))


if "snakemake" in globals():
    jax.config.update("jax_enable_x64", True)
    with job(snakemake.log[0]):
        main(
            snakemake.input.store,
            snakemake.output.store,
            dataset=snakemake.wildcards.measured,
            family=snakemake.params.family,
            settings=snakemake.params.settings,
            seed=snakemake.params.seed,
            record=made_from(snakemake.input, code=snakemake.params.code, seed=snakemake.params.seed),
        )
