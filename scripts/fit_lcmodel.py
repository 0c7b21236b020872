"""Run LCModel on every item of one data set; without the program say so and write a table without rows."""

from collections.abc import Mapping

from mrsgap.core.job import job, log
from mrsgap.core.provenance import made_from
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.lcm.lcmodel.quantify import METHODS, NOT_INSTALLED, LcmodelSettings, curves, no_rows, quantify_store
from mrsgap.lcm.lcmodel.run import find_lcmodel
from mrsgap.quantities.table import write_quantities


def main(
    spectra: str, basis: str, off: str, diff: str, table: str, pictured: str,
    *, dataset: str, settings: Mapping, workers: int, record: dict[str, str],
) -> None:  # fmt: skip
    """Fit the store `spectra` with the basis files `off` and `diff` of the store `basis`; write `table` (CSV) and the curves of
    two items to the store `pictured`.

    `settings` is the section `lcmodel` of the config; `workers` programs run side by side; `record` says what the curves were
    made from.
    """
    executable = find_lcmodel(settings["executable"])
    rows, outcomes, sets, origin = no_rows(), {}, {}, {}
    if executable is None:
        log.warning("%s. Name it in `lcmodel.executable` or put it on PATH.", NOT_INSTALLED)
    else:
        data, members = read_dataset(spectra, "fid").load(), read_dataset(basis)
        choices = {key: value for key, value in settings.items() if key != "executable"}
        choices = LcmodelSettings(executable, echo_time_ms=members.attrs["echo_time_s"] * 1e3, workers=workers, **choices)
        names = [str(name) for name in members["metabolite"].values]
        rows, outcomes = quantify_store(data, {"off": off, "diff": diff}, members.attrs.get("basis", ""), names, choices)
        sets, origin = {dataset: data}, {"origin": data.attrs.get("origin", "")}
        log.info("%s: %s", executable.name, rows["status"].value_counts().to_dict())
    # Before the pictures, so that no fault of theirs costs a fit.
    write_quantities(table, rows.assign(dataset=dataset), sets, METHODS)
    write_dataset(curves(outcomes, list(outcomes)[:2]).assign_attrs(origin | record), pictured)
    log.info("wrote %d rows", len(rows))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        given, made, wanted = snakemake.input, snakemake.output, snakemake.params
        main(
            given.spectra,
            given.basis,
            given.off,
            given.diff,
            made.table,
            made.curves,
            dataset=snakemake.wildcards.fitted,
            settings=wanted.settings,
            workers=snakemake.threads,
            record=made_from(snakemake.input, code=wanted.code),
        )
