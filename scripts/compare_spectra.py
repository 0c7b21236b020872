"""Measured spectra against simulation at the same concentrations."""

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log, log_device
from mrsgap.core.keys import named_generator
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.gap.compare import Settings, compare
from mrsgap.gap.twins import comparable
from mrsgap.spectra.window import make_window


def main(
    measured: str, basis: str, per_item: str, similarity: str, features: str, spectra: str, *,
    settings: dict, apart: list[str], window: dict, seed: int, record: dict[str, str],
) -> None:  # fmt: skip
    """Compare the store `measured` with twins from the store `basis`; three CSV tables and the store `spectra` of both sides.

    `settings` is the config's `statistics.sim_to_real`, `window` its section of that name; the series
    `apart` are left out; `record` says what it was made from.
    """
    log_device()
    functions = read_dataset(basis, "fid").load()
    whole = read_dataset(measured, "fid", "truth", "series").load()
    dataset = comparable(whole.isel(item=~whole["series"].isin(apart).values), functions)
    generator = named_generator(seed, "compare_spectra")
    comparison = compare(dataset, functions, make_window(window, functions), Settings.from_config(settings), generator)
    write_table(per_item, comparison.items)
    write_table(similarity, comparison.similarity)
    write_table(features, comparison.features)
    write_dataset(comparison.spectra.assign_attrs(record), spectra)
    width, sigma = (comparison.items[name].median() for name in ("linewidth_hz", "noise_sigma"))
    log.info("%d items, median linewidth %.2f Hz, median noise %.4f", len(comparison.items), width, sigma)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.spectra,
            snakemake.input.basis,
            snakemake.output.per_item,
            snakemake.output.similarity,
            snakemake.output.features,
            snakemake.output.spectra,
            settings=snakemake.params.settings,
            apart=snakemake.params.apart,
            window=snakemake.params.window,
            seed=snakemake.params.seed,
            record=made_from(snakemake.input, code=snakemake.params.code, seed=snakemake.params.seed),
        )
