"""Errors per spectrum, per series and overall, in both normalisations."""

import logging
from collections.abc import Mapping
from functools import partial

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.core.keys import named_generator
from mrsgap.quantities.normalise import MAX, NORMALISATIONS
from mrsgap.quantities.table import read_quantities, read_table
from mrsgap.stats.differences import paired_differences
from mrsgap.stats.errors import errors_by_group, item_errors, overall_errors, series_errors
from mrsgap.stats.judge import judge, read_compositions, set_apart

log = logging.getLogger("mrsgap")


def main(
    outputs: Mapping[str, str], quantities: str, compositions: str, quality: str, *, settings: dict, generating: dict, seed: int
) -> None:
    """Write the tables `per_item`, `series`, `overall` and, of the phantoms, `groups` by SNR and paired `differences`.

    What is set apart of the phantoms has errors per item only, in the table `apart`.
    """
    level, draws = settings["level"], settings["bootstrap_draws"]
    rows, left_out = set_apart(read_quantities(quantities), settings["phantoms"], settings["apart"])
    parts = {"per_item": [], "series": [], "overall": [], "apart": []}
    for norm in NORMALISATIONS:
        judged = judge(rows, norm, read_compositions(compositions, norm), generating)
        items = item_errors(judged, settings["overall"], settings["bound"], settings["basis"])
        overall = overall_errors(items, judged, level, draws,
                                 lambda dataset, norm=norm: named_generator(seed, "bootstrap", norm, dataset))  # fmt: skip
        for name, table in {"per_item": items, "series": series_errors(items), "overall": overall}.items():
            parts[name].append(table.assign(norm=norm))
        others = item_errors(judge(left_out, norm, {}, generating), settings["overall"], settings["bound"], settings["basis"])
        parts["apart"].append(others.assign(norm=norm))
        if norm == MAX:
            by_metabolite = partial(named_generator, seed, "differences")
            pairs = paired_differences(judged, settings["phantoms"], settings["overall"], level, draws, by_metabolite)
            write_table(outputs["differences"], pairs)
    for name, tables in parts.items():
        write_table(outputs[name], pd.concat(tables, ignore_index=True))
    snr = read_table(quality).set_index("item")[["snr_naa", "snr_cr"]].max(axis=1)
    primary = parts["per_item"][NORMALISATIONS.index(MAX)]
    phantoms = primary[primary["dataset"] == settings["phantoms"]]
    write_table(outputs["groups"], errors_by_group(phantoms, snr, "snr", settings["snr_groups"]))
    log.info("%d quantities of %d methods: %d rows of errors", len(rows), rows["method"].nunique(), len(overall))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        files, given = snakemake.input, snakemake.params
        main(
            dict(snakemake.output.items()), files.quantities, files.compositions, files.quality,
            settings=given.settings, generating=given.generating, seed=given.seed,
        )  # fmt: skip
