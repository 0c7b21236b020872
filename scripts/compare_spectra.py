"""Measured spectra against simulation at the same concentrations."""

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log_device
from mrsgap.core.keys import named_generator
from mrsgap.core.record import made_from
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.gap.compare import Settings, compare
from mrsgap.gap.twins import comparable
from mrsgap.spectra.references import make_window

with job(snakemake.log[0]) as log:
    log_device()
    basis = read_dataset(snakemake.input.basis, "fid").load()
    dataset = comparable(read_dataset(snakemake.input.spectra, "fid", "truth").load(), basis)
    settings, window = Settings.from_config(snakemake.params.settings), make_window(snakemake.params.window, basis)
    found = compare(dataset, basis, window, settings, named_generator(snakemake.params.seed, "compare_spectra"))
    write_table(snakemake.output.per_item, found.items)
    write_table(snakemake.output.similarity, found.similarity)
    write_table(snakemake.output.features, found.features)
    record = made_from(snakemake.input, code=snakemake.params.code, seed=snakemake.params.seed)
    write_dataset(found.spectra.assign_attrs(record), snakemake.output.spectra)
    log.info("%d items, median linewidth %.2f Hz, median noise %.4f", len(found.items), found.items["linewidth_hz"].median(),
             found.items["noise_sigma"].median())  # fmt: skip
