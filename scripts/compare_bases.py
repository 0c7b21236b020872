"""Compare every pair of bases, and the NAA edit-on feature in each."""

import pandas as pd

from mrsgap.basis.compare import compare_bases, feature_height, feature_verdict
from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.core.store import read_dataset

with job(snakemake.log[0]) as log:
    linewidth_hz = snakemake.params.linewidth_hz
    bases = {name: read_dataset(path, "fid") for name, path in zip(snakemake.params.names, snakemake.input.stores)}
    write_table(snakemake.output.distances, compare_bases(bases, linewidth_hz))
    heights = {name: feature_height(basis, linewidth_hz) for name, basis in bases.items()}
    write_table(
        snakemake.output.feature, pd.DataFrame({"basis": heights.keys(), "height_relative_to_naa_off": heights.values()})
    )
    if len(heights) > 1:
        log.info("%s", feature_verdict(heights))
