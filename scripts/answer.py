"""The answer for one measured set: ratios with intervals as CSV and JSON, and one page to read."""

from pathlib import Path

import pandas as pd

from mrsgap.answer.page import advice, document, page
from mrsgap.core.files import write_json, write_table, write_text
from mrsgap.core.job import job
from mrsgap.core.provenance import versions
from mrsgap.quantities.ratios import ratios
from mrsgap.quantities.table import read_quantities, read_table
from mrsgap.trust.intervals import with_intervals
from mrsgap.trust.training_range import with_flags

with job(snakemake.log[0]) as log:
    given, params = snakemake.input, snakemake.params
    quantities = pd.concat([read_quantities(path) for path in given.quantities], ignore_index=True)
    quantities = quantities[quantities["dataset"] == snakemake.wildcards.measured]
    calibration, quality, ranges = (read_table(given[name]) for name in ("calibration", "quality", "ranges"))
    table = pd.concat([ratios(quantities, reference) for reference in params.references], ignore_index=True)
    missing = [*params.missing, *advice(table, params.command)]
    table = with_flags(with_intervals(table, calibration), ranges)
    facts = {**params.facts, **versions()}
    write_table(snakemake.output.table, table)
    write_json(snakemake.output.json, document(table, facts))
    answered = sorted(set(table["method"]))
    tables = {"ratios": table, "quality": quality, "calibration": calibration[calibration["method"].isin(answered)]}
    pictures = dict(zip(params.captions, given.pictures))
    template = Path(given.template).read_text(encoding="utf-8")
    write_text(snakemake.output.page, page(template, snakemake.wildcards.measured, tables, pictures, facts, missing))
    log.info("%d ratios of %d items by %s", len(table), table["item"].nunique(), ", ".join(answered))
