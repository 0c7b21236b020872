# Verdicts and the report.

from mrsgap.publish.facts import design_facts

STUDY_TRAINING_ITEMS = 100_000  # spectra the study's final networks were trained on (study.md 3.1)


use rule step as compare_published with:
    input:
        published="config/published.csv",
        phantoms=phantom_table(),
        errors=rules.summarise_errors.output.overall,
        series=rules.summarise_errors.output.series,
        agreement=rules.summarise_agreement.output.table,
        tests=rules.test_methods.output.tests,
        distances=rules.test_methods.output.distances,
        similarity=rules.compare_spectra.output.similarity,
        features=rules.compare_spectra.output.features,
        matched=rules.compare_spectra.output.per_item,
        overfitting=f"{RESULTS}/networks/overfitting.csv",
        differences=rules.summarise_errors.output.differences,
        layers=f"{RESULTS}/networks/layers.csv",
        rankings=[f"{SELECT}/{study}/ranking.csv" for study in STUDIES.run],
    output:
        **table_outputs("table-reproduction"),
        verdicts=f"{RESULTS}/reproduction.csv",
    pathvars:
        job="compare_published",
    params:
        **runs("compare_published"),
        settings=STATISTICS,
        facts=design_facts(config),
        study_items=STUDY_TRAINING_ITEMS,


use rule step as test_artefacts with:
    input:
        quantities=rules.gather_quantities.output.table,
        errors=rules.summarise_errors.output.overall,
        per_item=rules.summarise_errors.output.per_item,
        series=rules.summarise_errors.output.series,
        agreement=rules.summarise_agreement.output.table,
        tests=rules.test_methods.output.tests,
        verdicts=rules.compare_published.output.verdicts,
    output:
        table=f"{RESULTS}/statistics/artefact-checks.csv",
    pathvars:
        job="test_artefacts",
    params:
        **runs("test_artefacts"),
        overall=STATISTICS["overall"],


TARGETS += [rules.test_artefacts.output.table]
TARGETS += [rules.compare_published.output.verdicts, rules.compare_published.output.md]


use rule step as report with:
    input:
        template="workflow/report/page.html.jinja",
        errors=rules.summarise_errors.output.overall,
        differences=rules.summarise_errors.output.differences,
        quantities=rules.gather_quantities.output.table,
        verdicts=rules.compare_published.output.verdicts,
        figures=drawn_figures(),
        tables=written_tables(),
        quality=quality_tables(),
    output:
        page=f"{RESULTS}/report.html",
        record=f"{RESULTS}/run.json",
    pathvars:
        job="report",
    params:
        **runs("report"),
        config=config,
        logs=f"{RESULTS}/logs",
        benchmarks=f"{RESULTS}/benchmarks",
        captions=lambda wildcards, input: str(Path(input.template).parent),


TARGETS += [rules.report.output.page]
LOOK_FIRST.insert(0, rules.report.output.page)
