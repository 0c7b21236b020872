"""Apply every trained network to simulated or measured spectra."""

from collections.abc import Mapping, Sequence

from mrsgap.core.job import job, log, log_device
from mrsgap.core.store import read_dataset
from mrsgap.learn.model import read_model
from mrsgap.learn.quantities import quantify_all
from mrsgap.quantities.table import write_quantities


def main(models: Sequence[str], spectra: Mapping[str, str], table: str, *, batch_size: int) -> None:
    """Write the estimates of `models` (folders) for `spectra` (data set -> store) to `table` (CSV)."""
    trained = [read_model(path) for path in models]
    sets = {name: read_dataset(path, "fid", "truth") for name, path in spectra.items()}
    rows = quantify_all(trained, sets, batch_size)
    write_quantities(table, rows, sets, {model.about["method"] for model in trained})
    log.info("%d models on %s: %d rows, %s", len(trained), ", ".join(sets), len(rows), rows["status"].value_counts().to_dict())


if "snakemake" in globals():
    with job(snakemake.log[0]):
        log_device()
        main(
            snakemake.input.models,
            dict(zip(snakemake.params.datasets, snakemake.input.spectra)),
            snakemake.output.table,
            batch_size=snakemake.params.batch_size,
        )
