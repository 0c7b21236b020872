"""Read every file of a manifest into one store, in the schema of simulated spectra."""

from pathlib import Path

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.core.provenance import made_from
from mrsgap.core.store import write_dataset
from mrsgap.measured.gather import as_dataset, listing, read_items
from mrsgap.measured.manifest import read_manifest

with job(snakemake.log[0]) as log:
    folder = Path(snakemake.input.manifest).parent
    rows, failures, metabolites = read_manifest(snakemake.input.manifest)
    items, failures = read_items(rows, failures)
    metabolites = [*snakemake.params.metabolites, *(name for name in metabolites if name not in snakemake.params.metabolites)]
    dataset = as_dataset(items, metabolites, folder)
    dataset.attrs.update(set=snakemake.wildcards.measured, **made_from(snakemake.input, code=snakemake.params.code))
    for failure in failures:
        log.warning("%s not used: %s", failure.item, failure.reason)
    write_table(snakemake.output.listing, listing(items, failures, folder))
    write_dataset(dataset, snakemake.output.store)
    log.info("read %d items, %s, %d acquisitions", len(items), dataset.attrs["origin"], dataset.attrs["acquisitions"])
    log.info("%d items failed", len(failures))
