"""The report: one self-contained page that opens offline."""

import pandas as pd
import yaml

from mrsgap.core.files import write_text
from mrsgap.core.job import job
from mrsgap.core.provenance import versions
from mrsgap.publish.evidence import read_evidence
from mrsgap.publish.method_rows import reasons_for_absence
from mrsgap.publish.methods_text import methods_text
from mrsgap.publish.report import figures_for_page, quality_for_page, render_report, tables_for_page
from mrsgap.publish.report_context import answer_context, run_context
from mrsgap.stats.quantities import read_quantities

with job(snakemake.log[0]) as log:
    given, params = snakemake.input, snakemake.params
    config, settings = params.config, params.config["statistics"]
    evidence = read_evidence(given.errors, None, None, settings["phantoms"])
    reasons = reasons_for_absence(read_quantities(given.quantities), settings)
    context = answer_context(evidence, settings | {"absent": reasons}) | run_context(params.logs, params.benchmarks)
    context |= {
        "scale": config["scale"], "seed": config["seed"], "versions": versions(),
        "verdict_counts": list(pd.read_csv(given.verdicts)["verdict"].value_counts().items()),
        "figures": figures_for_page(given.figures, params.captions), "tables": tables_for_page(given.tables),
        "quality": quality_for_page(given.quality), "config": yaml.safe_dump(config, sort_keys=False, allow_unicode=True),
        "methods": methods_text(config, versions(), set(evidence.summary["origin"])),
    }  # fmt: skip
    page = render_report(given.template, context)
    write_text(snakemake.output.page, page)
    log.info("%d figures, %d tables, %.1f MB", len(context["figures"]), len(context["tables"]), len(page) / 1e6)
