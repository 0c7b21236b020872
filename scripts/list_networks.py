"""List the final networks of a run, the most telling first."""

from collections.abc import Sequence

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log


def main(table: str, *, networks: Sequence[Sequence[str]]) -> None:
    """Write `networks` (model, training set, members, folder and log of each) to `table` (CSV), in their order."""
    write_table(table, pd.DataFrame(networks, columns=["model", "training_set", "members", "folder", "log"]))
    log.info("%d networks", len(networks))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.output.table, networks=snakemake.params.networks)
