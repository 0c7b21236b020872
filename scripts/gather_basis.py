"""Join the metabolites of one basis into its store."""

import json

from mrsgap.basis.gather import gather
from mrsgap.core.job import job
from mrsgap.core.record import made_from
from mrsgap.core.store import read_dataset, write_dataset

with job(snakemake.log[0]) as log:
    basis = gather([read_dataset(path, "fid").load() for path in snakemake.input.parts])
    description = snakemake.params.basis
    basis.attrs.update(
        basis=snakemake.wildcards.basis,
        sequence=description["sequence"],
        settings=json.dumps(description, sort_keys=True),
        **made_from(snakemake.input, code=snakemake.params.simulation_code),
    )
    write_dataset(basis, snakemake.output.store)
    log.info("wrote %s: %s", snakemake.output.store, dict(basis.sizes))
