# The study's tables, one rule each: CSV at full precision, Markdown and LaTeX rounded by uncertainty.


use rule step as describe_networks with:
    input:
        **{name: choice_of(name) for name in MODELS.printed if MODELS.study(name)},
    output:
        layers=f"{RESULTS}/networks/layers.csv",
    pathvars:
        job="describe_networks",
    params:
        **runs("describe_networks"),
        models={name: MODELS.size(name) for name in MODELS.printed},
        metabolites=BASES.metabolites(BASES.first),


use rule step as table_01 with:
    input:
        phantoms=config["phantoms"]["table"],
    output:
        **table_outputs("table-01-phantoms"),
    pathvars:
        job="table_01",
    params:
        **runs("table_01"),
        synthetic=STATISTICS["phantoms"] == "phantoms",
        apart=STATISTICS["apart"],


use rule step as table_02 with:
    input:
        layers=rules.describe_networks.output.layers,
    output:
        **table_outputs("table-02-cnn"),
    pathvars:
        job="table_02",
    params:
        **runs("table_02_03"),
        architecture="cnn",
        name="MRSNet-CNN",
        number=2,


use rule table_02 as table_03 with:
    output:
        **table_outputs("table-03-yae"),
    pathvars:
        job="table_03",
    params:
        architecture="yae",
        name="MRSNet-YAE",
        number=3,


use rule step as table_09 with:
    input:
        errors=rules.summarise_errors.output.overall,
        agreement=rules.summarise_agreement.output.table,
        quantities=rules.gather_quantities.output.table,
    output:
        **table_outputs("table-09-simulation"),
    pathvars:
        job="table_09",
    params:
        **runs("table_09"),
        settings=STATISTICS,


use rule step as table_09b with:
    input:
        models=[path for name in MODELS.quantifying for path in final_models(name)],
    output:
        **table_outputs("table-09b-overfitting"),
        errors=f"{RESULTS}/networks/overfitting.csv",
    pathvars:
        job="table_09b",
    params:
        **runs("table_09b"),
        settings=STATISTICS,


use rule step as table_10 with:
    input:
        tests=rules.test_methods.output.tests,
        errors=rules.summarise_errors.output.overall,
        quantities=rules.gather_quantities.output.table,
    output:
        **table_outputs("table-10-paired-tests"),
    pathvars:
        job="table_10",
    params:
        **runs("table_10"),
        settings=STATISTICS,


use rule step as table_11 with:
    input:
        series=rules.summarise_errors.output.series,
        errors=rules.summarise_errors.output.overall,
        quantities=rules.gather_quantities.output.table,
    output:
        **table_outputs("table-11-experiments"),
        **{f"ranking_{form}": path for form, path in table_outputs("table-11b-ranking").items()},
    pathvars:
        job="table_11",
    params:
        **runs("table_11"),
        settings=STATISTICS,


use rule step as table_12 with:
    input:
        errors=rules.summarise_errors.output.overall,
        quantities=rules.gather_quantities.output.table,
    output:
        **table_outputs("table-12-overall-fixed"),
    pathvars:
        job="table_12",
    params:
        **runs("table_12_13"),
        settings=STATISTICS,
        number=12,
        linewidths="fixed",


use rule table_12 as table_13 with:
    output:
        **table_outputs("table-13-overall-augmented"),
    pathvars:
        job="table_13",
    params:
        number=13,
        linewidths="augmented",


TABLES = [
    "table-01-phantoms",
    "table-02-cnn",
    "table-03-yae",
    "table-09-simulation",
    "table-09b-overfitting",
    "table-10-paired-tests",
    "table-11-experiments",
    "table-11b-ranking",
    "table-12-overall-fixed",
    "table-13-overall-augmented",
]
TARGETS += [table_outputs(name)["md"] for name in TABLES]
