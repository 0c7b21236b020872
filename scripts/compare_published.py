"""Every number and claim of the paper beside this run, with a verdict."""

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.publish.facts import phantom_facts
from mrsgap.publish.layer_tables import published_parameters
from mrsgap.publish.lookup import Run
from mrsgap.publish.reproduction import compare_published, read_published, reproduction_table
from mrsgap.show.printed import write_all
from mrsgap.stats.tables import read_statistics

with job(snakemake.log[0]) as log:
    settings, facts, given = snakemake.params.settings, dict(snakemake.params.facts), snakemake.input
    if given.phantoms:
        facts |= phantom_facts(pd.read_csv(given.phantoms[0], comment="#"))
    facts |= published_parameters(pd.read_csv(given.layers))
    names = ("errors", "series", "agreement", "tests", "distances", "similarity", "features")
    tables = {name: read_statistics(given[name]) for name in names}
    published = read_published(given.published)
    errors = tables["errors"]
    origins = set(errors.loc[errors["dataset"] == settings["phantoms"], "origin"])
    size = facts.get("training_items") if set(errors["training_set"]) - {""} else None
    verdicts = compare_published(
        published, Run(**tables, facts=facts, settings=settings), origins, size, snakemake.params.study_items
    )
    write_table(snakemake.output.verdicts, verdicts)
    write_all(reproduction_table(verdicts, published), snakemake.output.csv, snakemake.output.md, snakemake.output.tex)
    log.info("%d statements: %s", len(verdicts), verdicts["verdict"].value_counts().to_dict())
