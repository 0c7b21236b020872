"""Apply every trained network to simulated or measured spectra."""

from mrsgap.core.job import job, log_device
from mrsgap.core.store import read_dataset
from mrsgap.learn.model import read_model
from mrsgap.learn.quantities import quantify_all
from mrsgap.quantities.table import write_quantities
from mrsgap.spectra.examples import inputs_by_window

with job(snakemake.log[0]) as log:
    log_device()
    models = [read_model(path) for path in snakemake.input.models]
    sets = {name: read_dataset(path, "fid", "truth") for name, path in zip(snakemake.params.datasets, snakemake.input.spectra)}
    table = quantify_all(models, sets, inputs_by_window, snakemake.params.batch_size)
    write_quantities(snakemake.output.table, table, sets, {model.about["method"] for model in models})
    log.info("%d models on %s: %d rows, %s", len(models), ", ".join(sets), len(table), table["status"].value_counts().to_dict())
