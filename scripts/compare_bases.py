"""Compare every pair of bases, and the NAA edit-on feature in each."""

from collections.abc import Iterable

import pandas as pd

from mrsgap.basis.compare import compare_bases, feature_height, feature_verdict
from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset


def main(stores: Iterable[str], distances: str, feature: str, *, names: list[str], linewidth_hz: float) -> None:
    """Write the `distances` between the bases `names` in `stores`, and the height of the NAA `feature` in each (both CSV)."""
    bases = {name: read_dataset(path, "fid") for name, path in zip(names, stores)}
    write_table(distances, compare_bases(bases, linewidth_hz))
    heights = {name: feature_height(basis, linewidth_hz) for name, basis in bases.items()}
    write_table(feature, pd.DataFrame({"basis": heights.keys(), "height_relative_to_naa_off": heights.values()}))
    if len(heights) > 1:
        log.info("%s", feature_verdict(heights))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.stores,
            snakemake.output.distances,
            snakemake.output.feature,
            names=snakemake.params.names,
            linewidth_hz=snakemake.params.linewidth_hz,
        )
