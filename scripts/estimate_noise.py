"""The law of the noise of one measured set, with its posterior, from the spectra's regions without signal."""

from collections.abc import Mapping

import jax

from mrsgap.core.files import write_json, write_table
from mrsgap.core.job import job, log
from mrsgap.core.keys import named_key
from mrsgap.core.store import read_dataset
from mrsgap.quality.noise_law import (
    Chains,
    draws_table,
    noise_bins,
    posterior_summary,
    posterior_table,
    power_sums,
    sample_posterior,
    tail_table,
)


def main(store: str, outputs: Mapping[str, str], *, measured: str, regions_ppm: list, settings: dict, seed: int) -> None:
    """Estimate the noise of the set named `measured` and write `posterior` (CSV), `summary` (JSON), `draws` and `tail` (CSV).

    `regions_ppm` are free of signal; `settings` are the config's (`noise_estimate`).
    """
    dataset = read_dataset(store, "fid", "origin")
    bins = noise_bins(dataset, regions_ppm, settings["trend_degree"])
    chains = Chains(settings["chains"], settings["warm_up"], settings["draws"])
    draws = sample_posterior(named_key(seed, "noise", measured), power_sums(list(bins.values())), chains)
    posterior = posterior_table(draws, list(bins), settings["coverage"])
    origin = "+".join(sorted(set(map(str, dataset["origin"].values))))
    summary = posterior_summary(posterior, bins) | {"set": measured, "origin": origin, "coverage": settings["coverage"]}
    write_table(outputs["posterior"], posterior)
    write_json(outputs["summary"], summary)
    write_table(outputs["draws"], draws_table(draws))
    write_table(outputs["tail"], tail_table(bins, posterior))
    log.info("%s: %d values of %d spectra, shape %.3f, converged: %s", measured, summary["values"], summary["items"],
             summary["parameters"]["shape"]["mean"], summary["converged"])  # fmt: skip


if "snakemake" in globals():
    with job(snakemake.log[0]):
        jax.config.update("jax_enable_x64", True)
        given = snakemake.params
        main(
            snakemake.input.store,
            dict(snakemake.output.items()),
            measured=snakemake.wildcards.measured,
            regions_ppm=given.regions_ppm,
            settings=given.settings,
            seed=given.seed,
        )
