"""Calibrate every method's intervals on simulated spectra it has not seen, and report what they cover."""

from collections.abc import Iterable

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.quantities.normalise import ratios
from mrsgap.quantities.table import read_quantities
from mrsgap.trust.ratios import calibrate


def main(quantities: Iterable[str], table: str, *, dataset: str, references: list[str], coverage: float) -> None:
    """Calibrate ratios to `references` of the set `dataset`, so that intervals hold the share `coverage`; to `table` (CSV)."""
    estimates = pd.concat([read_quantities(path) for path in quantities], ignore_index=True)
    estimates = estimates[estimates["dataset"] == dataset]
    held_out = pd.concat([ratios(estimates, reference) for reference in references])
    calibration = calibrate(held_out, coverage)
    write_table(table, calibration)
    log.info("calibrated %d methods and metabolites on %d rows", len(calibration), len(held_out))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.quantities,
            snakemake.output.table,
            dataset=snakemake.params.dataset,
            references=snakemake.params.references,
            coverage=snakemake.params.coverage,
        )
