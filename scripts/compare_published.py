"""Every number and claim of the paper beside this run, with a verdict."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.publish.facts import phantom_facts, selection_facts
from mrsgap.publish.lookup import Run
from mrsgap.publish.reproduction import compare_published, read_published, reproduction_table
from mrsgap.publish.table_01_08 import published_parameters
from mrsgap.quantities.table import read_table
from mrsgap.show.printed import write_all

STATISTICS = (
    "errors",
    "series",
    "agreement",
    "tests",
    "distances",
    "similarity",
    "features",
    "matched",
    "overfitting",
    "differences",
)


def main(
    given: SimpleNamespace, written: SimpleNamespace, *, settings: dict, facts: dict[str, float], study_items: int
) -> None:
    """Judge the published rows by the statistics of a run and the `facts` of its config.

    `given` holds paths by name (published, layers, STATISTICS, and lists: phantoms, and rankings in
    a folder named after their study), `written` verdicts, csv, md, tex.
    `settings` is the config section `statistics`, `study_items` the number of spectra that the study trained on.
    """
    facts = dict(facts)
    if given["phantoms"]:
        phantoms = pd.read_csv(given["phantoms"][0], comment="#")
        facts |= phantom_facts(phantoms[~phantoms["series"].isin(settings["apart"])])
    rankings = {Path(path).parent.name: pd.read_csv(path) for path in given["rankings"]}
    facts |= published_parameters(pd.read_csv(given["layers"])) | selection_facts(rankings)
    tables = {name: read_table(given[name]) for name in STATISTICS}
    published = read_published(given["published"])
    errors = tables["errors"]
    origins = set(errors.loc[errors["dataset"] == settings["phantoms"], "origin"])
    size = facts.get("training_items") if set(errors["training_set"]) - {""} else None
    run = Run(**tables, facts=facts, settings=settings, rankings=rankings)
    verdicts = compare_published(published, run, origins, size, study_items)
    write_table(written["verdicts"], verdicts)
    write_all(reproduction_table(verdicts, published), written["csv"], written["md"], written["tex"])
    log.info("%d statements: %s", len(verdicts), verdicts["verdict"].value_counts().to_dict())


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input,
            snakemake.output,
            settings=snakemake.params.settings,
            facts=snakemake.params.facts,
            study_items=snakemake.params.study_items,
        )
