"""Run LCModel on every item of one data set; without the program say so and write a table without rows."""

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.core.record import made_from
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.lcm.lcmodel.quantify import NOT_INSTALLED, LcmodelSettings, curves, no_curves, no_rows, quantify_store
from mrsgap.lcm.lcmodel.run import find_lcmodel

with job(snakemake.log[0]) as log:
    settings = dict(snakemake.params.settings)
    executable = find_lcmodel(settings.pop("executable"))
    rows, pictures = no_rows(), no_curves()
    if executable is None:
        log.warning("%s. Name it in `lcmodel.executable` or put it on PATH.", NOT_INSTALLED)
    else:
        spectra, basis = read_dataset(snakemake.input.spectra, "fid").load(), read_dataset(snakemake.input.basis)
        settings = LcmodelSettings(
            executable, echo_time_ms=basis.attrs["echo_time_s"] * 1e3, workers=snakemake.threads, **settings
        )
        paths = {"off": snakemake.input.off, "diff": snakemake.input.diff}
        metabolites = [str(name) for name in basis["metabolite"].values]
        rows, outcomes = quantify_store(spectra, paths, basis.attrs.get("basis", ""), metabolites, settings)
        pictures = curves(outcomes, list(outcomes)[:2]).assign_attrs(origin=spectra.attrs.get("origin", ""))
        log.info("%s: %s", executable.name, rows["status"].value_counts().to_dict())
    write_table(snakemake.output.table, rows.assign(dataset=snakemake.wildcards.fitted))
    write_dataset(pictures.assign_attrs(made_from(snakemake.input, code=snakemake.params.code)), snakemake.output.curves)
    log.info("wrote %d rows", len(rows))
