"""Simulate a basis at the field and editing frequencies of a measured set."""

import jax

from mrsgap.basis.match import editing_of, matching_description, matching_settings
from mrsgap.basis.plan import make_plan
from mrsgap.basis.simulate import simulate_basis
from mrsgap.core.acquisition import by_acquisition
from mrsgap.core.files import write_text
from mrsgap.core.job import job, log, log_device
from mrsgap.core.medium import medium_of
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset, write_dataset


def main(
    measured: str, store: str, override: str,
    *, dataset: str, settings: dict, media: dict, bases: dict, scale: str, record: dict[str, str],
) -> None:  # fmt: skip
    """Simulate `settings["basis"]` as the first acquisition of the store `measured`, named `dataset`, asks for, to `store`.

    `settings` holds its systems, sequences and pulses too; `media` has the systems of other media. `override` (YAML) moves
    every one of `bases` in the same way, with results of their own under `scale`; `record` says what the basis was made from.
    """
    log_device()
    spectra = read_dataset(measured, "fid")
    acquisition, _ = next(by_acquisition(spectra))
    edit_ppm = editing_of(spectra)
    description, changes = matching_description(settings["basis"], acquisition, edit_ppm)
    log.info("basis for %s: %s", dataset, "; ".join(changes) or "as configured")
    medium, source = medium_of(spectra.load())
    log.info("%s is taken for %s (%s)", dataset, medium, source)
    systems = media.get(medium, settings["systems"])
    basis = simulate_basis(systems, make_plan(description, settings["sequences"], settings["pulses"]))
    basis.attrs.update(basis=f"matched:{dataset}", matched="; ".join(changes), medium=medium, **record)
    write_dataset(basis, store)
    write_text(override, matching_settings(scale, bases, acquisition, edit_ppm))
    log.info("wrote %s: %s", store, dict(basis.sizes))


if "snakemake" in globals():
    jax.config.update("jax_enable_x64", True)
    with job(snakemake.log[0]):
        main(
            snakemake.input.store,
            snakemake.output.store,
            snakemake.output.settings,
            dataset=snakemake.wildcards.measured,
            settings=snakemake.params.settings,
            media=snakemake.params.media,
            bases=snakemake.params.bases,
            scale=snakemake.params.scale,
            record=made_from(snakemake.input, code=snakemake.params.code),
        )
