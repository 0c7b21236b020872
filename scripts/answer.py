"""The answer for one measured set: ratios with intervals as CSV and JSON, and one page to read."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from mrsgap.answer.disagreement import with_disagreements
from mrsgap.answer.fit_pictures import first_pictures
from mrsgap.answer.lights import poor
from mrsgap.answer.page import advice, document, page
from mrsgap.answer.verdict import with_verdicts
from mrsgap.core.files import write_json, write_table, write_text
from mrsgap.core.job import job, log
from mrsgap.core.provenance import versions
from mrsgap.core.store import read_dataset
from mrsgap.quantities.normalise import able_to_refer, ratios, with_sums
from mrsgap.quantities.table import read_quantities, read_table
from mrsgap.trust.ratios import RANGE_COLUMNS, with_intervals, with_ranges


def main(
    quantities: Iterable[str], calibrations: Iterable[str], quality: str, ranges: Iterable[str], pictures: dict[str, str],
    curves: Iterable[str], template: str, table: str, json: str, html: str,
    *, dataset: str, references: list[str], sums: Mapping, order: list[str], useless_beyond: float, limits: Mapping,
    facts: dict, missing: list[str], command: str,
) -> None:  # fmt: skip
    """Write ratios to `references` of the set `dataset` as `table` (CSV), `json` and the page `html` after a Jinja `template`.

    From quantity tables, calibrations of intervals, quality and training ranges (CSV), `pictures` (PNG) by caption and `curves`
    of fits (stores, the better first). `sums` are answered too. `order` names the methods to go by, `limits` are those of the
    quality, intervals to more than `useless_beyond` times their value tell nothing; `facts` and sentences `missing` are shown;
    `command` trains networks.
    """
    estimates = pd.concat([read_quantities(path) for path in quantities], ignore_index=True)
    estimates = with_sums(estimates[estimates["dataset"] == dataset], sums)
    rows = pd.concat([ratios(able_to_refer(estimates, one, sums), one) for one in references], ignore_index=True)
    sentences = [*missing, *advice(rows, command)]
    factors = pd.concat([read_table(path) for path in calibrations], ignore_index=True)
    known = pd.concat([pd.DataFrame(columns=RANGE_COLUMNS), *map(read_table, ranges)])
    rows = with_disagreements(with_ranges(with_intervals(rows, factors), known), order[0])
    measures, facts = read_table(quality), {**facts, **versions()}
    rows = with_verdicts(rows, poor(measures, limits), order, useless_beyond)
    write_table(table, rows)
    write_json(json, document(rows, facts))
    shown = {"ratios": rows, "quality": measures, "calibration": factors[factors["method"].isin(rows["method"])]}
    fits = first_pictures(read_dataset(path, "data", "fit").load() for path in curves)
    text = Path(template).read_text(encoding="utf-8")
    write_text(html, page(text, dataset, shown, pictures, fits, facts, sentences, order=order, limits=limits))
    log.info("%d ratios of %d items by %s", len(rows), rows["item"].nunique(), ", ".join(sorted(set(rows["method"]))))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.quantities,
            snakemake.input.calibrations,
            snakemake.input.quality,
            snakemake.input.ranges,
            dict(zip(snakemake.params.captions, snakemake.input.pictures)),
            snakemake.input.curves,
            snakemake.input.template,
            snakemake.output.table,
            snakemake.output.json,
            snakemake.output.page,
            dataset=snakemake.wildcards.measured,
            references=snakemake.params.references,
            sums=snakemake.params.sums,
            order=snakemake.params.order,
            useless_beyond=snakemake.params.useless_beyond,
            limits=snakemake.params.limits,
            facts=snakemake.params.facts,
            missing=snakemake.params.missing,
            command=snakemake.params.command,
        )
