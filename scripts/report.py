"""The report: one self-contained page that opens offline."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import yaml

from mrsgap.core.files import write_json, write_text
from mrsgap.core.job import job, log
from mrsgap.core.provenance import versions
from mrsgap.publish.evidence import read_evidence, reasons_for_absence
from mrsgap.publish.facts import methods_text
from mrsgap.publish.report import (
    answer_context,
    figures_for_page,
    quality_for_page,
    render_report,
    run_context,
    tables_for_page,
)
from mrsgap.publish.reproduction import agreements
from mrsgap.publish.results_page import commit, run_record
from mrsgap.quantities.table import read_quantities, read_table


def main(given: SimpleNamespace, page: str, record: str, *, config: dict, logs: str, benchmarks: str, captions: str) -> None:
    """Write the `page`, and a `record` of config and commit (JSON) by which the run can be published.

    `given` holds paths: template, errors, differences, quantities, verdicts, and lists of paths: figures, tables, quality.
    """
    settings = config["statistics"]
    evidence = read_evidence(given.errors, None, None, settings["phantoms"])
    reasons = reasons_for_absence(read_quantities(given.quantities), settings)
    context = answer_context(evidence, settings | {"absent": reasons}, read_table(given.differences))
    context |= run_context(logs, benchmarks)
    verdicts = pd.read_csv(given.verdicts)
    context |= {
        "scale": config["scale"], "seed": config["seed"], "versions": versions(),
        "verdict_counts": list(verdicts["verdict"].value_counts().items()), "agreements": agreements(verdicts),
        "figures": figures_for_page(given.figures, captions), "tables": tables_for_page(given.tables),
        "quality": quality_for_page(given.quality), "config": yaml.safe_dump(config, sort_keys=False, allow_unicode=True),
        "methods": methods_text(config, versions(), set(evidence.summary["origin"])),
    }  # fmt: skip
    html = render_report(given.template, context)
    write_text(page, html)
    write_json(record, run_record(config, commit(Path(captions).parent)))
    log.info("%d figures, %d tables, %.1f MB", len(context["figures"]), len(context["tables"]), len(html) / 1e6)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input,
            snakemake.output.page,
            snakemake.output.record,
            config=snakemake.params.config,
            logs=snakemake.params.logs,
            benchmarks=snakemake.params.benchmarks,
            captions=snakemake.params.captions,
        )
