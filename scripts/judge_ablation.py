"""Errors of networks that learnt one training set each, on members held out and on measured sets with known truth."""

from collections.abc import Sequence

from mrsgap.basis.family import read_family
from mrsgap.core.files import write_table
from mrsgap.core.job import job, log, log_device
from mrsgap.core.store import read_dataset
from mrsgap.learn.model import read_model
from mrsgap.trust.ablation import ablation_errors


def main(
    family: str,
    spectra: dict[str, str],
    models: Sequence[str],
    table: str,
    *,
    learnt: Sequence[tuple],
    settings: dict,
    seed: int,
) -> None:
    """Write the errors of `models` (folders) to `table` (CSV); `learnt` says training set, architecture and seed of each.

    They are judged on members that the store `family` holds out, as `settings` have it, and on `spectra` (name -> store).
    """
    log_device()
    sets = {name: read_dataset(path, "fid", "truth") for name, path in spectra.items()}
    networks = dict(zip(map(tuple, learnt), map(read_model, models)))
    rows = ablation_errors(networks, read_family(family).held, sets, settings, seed)
    write_table(table, rows)
    log.info("%d networks on %s", len(networks), ", ".join(rows["judged_on"].unique()))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.family,
            dict(zip(snakemake.params.names, snakemake.input.spectra)),
            snakemake.input.models,
            snakemake.output.table,
            learnt=snakemake.params.learnt,
            settings=snakemake.params.settings,
            seed=snakemake.params.seed,
        )
