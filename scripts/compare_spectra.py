"""Measured spectra against simulation at the same concentrations."""

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log_device
from mrsgap.core.keys import named_generator
from mrsgap.core.record import made_from
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.quality.compare import Settings, compare
from mrsgap.quality.features import feature_table
from mrsgap.quality.twins import comparable
from mrsgap.spectra.references import make_window

with job(snakemake.log[0]) as log:
    log_device()
    basis = read_dataset(snakemake.input.basis, "fid").load()
    dataset = comparable(read_dataset(snakemake.input.spectra, "fid", "truth").load(), basis)
    given = dict(snakemake.params.settings)
    regions = tuple(map(tuple, given.pop("noise_regions_ppm")))
    settings = Settings(**given | {"noise_sigma": tuple(given["noise_sigma"]), "noise_regions_ppm": regions})
    window = make_window(snakemake.params.window, basis)
    generator = named_generator(snakemake.params.seed, "compare_spectra")
    items, similarity, spectra = compare(dataset, basis, window, settings, generator)
    write_table(snakemake.output.per_item, items)
    write_table(snakemake.output.similarity, similarity)
    spectra = spectra.assign(truth=(("item", "metabolite"), dataset["truth"].values), series=("item", items["series"]))
    write_table(snakemake.output.features, feature_table(spectra))
    spectra = spectra.assign_coords(metabolite=dataset["metabolite"].values)
    spectra.attrs["origin"] = dataset.attrs["origin"]
    record = made_from(snakemake.input, code=snakemake.params.code, seed=snakemake.params.seed)
    write_dataset(spectra.assign_attrs(record), snakemake.output.spectra)
    log.info("%d items, median linewidth %.2f Hz, median noise %.4f", len(items), items["linewidth_hz"].median(),
             items["noise_sigma"].median())  # fmt: skip
