"""Errors per spectrum, per series and overall, in both normalisations."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.core.keys import named_generator
from mrsgap.quantities.normalise import MAX, NORMALISATIONS
from mrsgap.quantities.table import read_quantities, read_table
from mrsgap.stats.errors import errors_by_group, item_errors, overall_errors, series_errors
from mrsgap.stats.judge import judge, read_compositions

with job(snakemake.log[0]) as log:
    settings, seed = snakemake.params.settings, snakemake.params.seed
    quantities = read_quantities(snakemake.input.quantities)
    parts = {"per_item": [], "series": [], "overall": []}
    for norm in NORMALISATIONS:
        judged = judge(quantities, norm, read_compositions(snakemake.input.compositions, norm), snakemake.params.generating)
        items = item_errors(judged, settings["overall"], settings["bound"], settings["basis"])
        overall = overall_errors(items, judged, settings["level"], settings["bootstrap_draws"],
                                 lambda dataset, norm=norm: named_generator(seed, "bootstrap", norm, dataset))  # fmt: skip
        for name, table in {"per_item": items, "series": series_errors(items), "overall": overall}.items():
            parts[name].append(table.assign(norm=norm))
    for name, tables in parts.items():
        write_table(snakemake.output[name], pd.concat(tables, ignore_index=True))
    quality = read_table(snakemake.input.quality).set_index("item")
    snr = quality[["snr_naa", "snr_cr"]].max(axis=1)
    primary = parts["per_item"][NORMALISATIONS.index(MAX)]
    phantoms = primary[primary["dataset"] == settings["phantoms"]]
    write_table(snakemake.output.groups, errors_by_group(phantoms, snr, "snr", settings["snr_groups"]))
    log.info("%d quantities of %d methods: %d rows of errors", len(quantities), quantities["method"].nunique(), len(overall))
