"""Join the metabolites of one basis into its store."""

import json
from collections.abc import Iterable

from mrsgap.basis.gather import gather
from mrsgap.core.job import job, log
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset, write_dataset


def main(parts: Iterable[str], store: str, *, basis: str, settings: dict, record: dict[str, str]) -> None:
    """Join the stores `parts` of the basis named `basis`, simulated with `settings`; `record` says what they were made from."""
    whole = gather([read_dataset(path, "fid").load() for path in parts])
    whole.attrs.update(basis=basis, sequence=settings["sequence"], settings=json.dumps(settings, sort_keys=True), **record)
    write_dataset(whole, store)
    log.info("wrote %s: %s", store, dict(whole.sizes))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.parts,
            snakemake.output.store,
            basis=snakemake.wildcards.basis,
            settings=snakemake.params.basis,
            record=made_from(snakemake.input, code=snakemake.params.simulation_code),
        )
