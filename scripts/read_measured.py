"""Read every file of a manifest into one store, in the schema of simulated spectra."""

from pathlib import Path

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.core.provenance import made_from
from mrsgap.core.store import write_dataset
from mrsgap.measured.gather import as_dataset, listing, read_items
from mrsgap.measured.manifest import read_manifest


def main(
    manifest: str, store: str, listed: str, *, measured: str, metabolites: list[str], record: dict[str, str]
) -> None:  # fmt: skip
    """Read the set named `measured` from its `manifest` into `store`; `listed` (CSV) says what became of every item.

    `metabolites` are the basis's; others whose truth the manifest gives follow them.
    """
    folder = Path(manifest).parent
    rows, failures, known = read_manifest(manifest)
    items, failures = read_items(rows, failures)
    dataset = as_dataset(items, [*metabolites, *(name for name in known if name not in metabolites)], folder)
    dataset.attrs.update(set=measured, **record)
    for failure in failures:
        log.warning("%s not used: %s", failure.item, failure.reason)
    write_table(listed, listing(items, failures, folder))
    write_dataset(dataset, store)
    log.info("read %d items, %s, %d acquisitions", len(items), dataset.attrs["origin"], dataset.attrs["acquisitions"])
    log.info("%d items failed", len(failures))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.manifest,
            snakemake.output.store,
            snakemake.output.listing,
            measured=snakemake.wildcards.measured,
            metabolites=snakemake.params.metabolites,
            record=made_from(snakemake.input, code=snakemake.params.code),
        )
