"""The answer for one measured set: ratios with intervals as CSV and JSON, and one page to read."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mrsgap.answer.disagreement import with_disagreements
from mrsgap.answer.page import advice, document, page
from mrsgap.core.files import write_json, write_table, write_text
from mrsgap.core.job import job, log
from mrsgap.core.provenance import versions
from mrsgap.quantities.normalise import ratios
from mrsgap.quantities.table import read_quantities, read_table
from mrsgap.trust.ratios import with_intervals, with_ranges


def main(
    quantities: Iterable[str], calibrations: Iterable[str], quality: str, ranges: Iterable[str], pictures: dict[str, str],
    template: str, table: str, json: str, html: str,
    *, dataset: str, references: list[str], recommended: str, facts: dict, missing: list[str], command: str,
) -> None:  # fmt: skip
    """Write ratios to `references` of the set `dataset` as `table` (CSV), `json` and the page `html` after a Jinja `template`.

    From quantity tables, calibrations of intervals, the quality table and training ranges (CSV), and `pictures` (PNG) by
    caption. Networks that disagree with the fit `recommended` are told. `facts` and the sentences `missing` are shown;
    `command` trains networks for spectra that networks refuse.
    """
    estimates = pd.concat([read_quantities(path) for path in quantities], ignore_index=True)
    estimates = estimates[estimates["dataset"] == dataset]
    rows = pd.concat([ratios(estimates, reference) for reference in references], ignore_index=True)
    sentences = [*missing, *advice(rows, command)]
    factors = pd.concat([read_table(path) for path in calibrations], ignore_index=True)
    known = [read_table(path) for path in ranges] or [
        pd.DataFrame(columns=["method", "training_set", "series", "item", "reason"])
    ]
    rows = with_disagreements(with_ranges(with_intervals(rows, factors), pd.concat(known)), recommended)
    facts = {**facts, **versions()}
    write_table(table, rows)
    write_json(json, document(rows, facts))
    answering = sorted(set(rows["method"]))
    shown = {"ratios": rows, "quality": read_table(quality), "calibration": factors[factors["method"].isin(answering)]}
    write_text(html, page(Path(template).read_text(encoding="utf-8"), dataset, shown, pictures, facts, sentences))
    log.info("%d ratios of %d items by %s", len(rows), rows["item"].nunique(), ", ".join(answering))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.quantities,
            snakemake.input.calibrations,
            snakemake.input.quality,
            snakemake.input.ranges,
            dict(zip(snakemake.params.captions, snakemake.input.pictures)),
            snakemake.input.template,
            snakemake.output.table,
            snakemake.output.json,
            snakemake.output.page,
            dataset=snakemake.wildcards.measured,
            references=snakemake.params.references,
            recommended=snakemake.params.recommended,
            facts=snakemake.params.facts,
            missing=snakemake.params.missing,
            command=snakemake.params.command,
        )
