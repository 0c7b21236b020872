# The study's tables, one rule each: CSV at full precision, Markdown and LaTeX rounded by uncertainty.


rule describe_networks:
    input:
        **{name: choice_of(name) for name in MODELS.printed if MODELS.study(name)},
    output:
        layers=f"{RESULTS}/networks/layers.csv",
    log:
        f"{RESULTS}/logs/describe_networks.log",
    benchmark:
        f"{RESULTS}/benchmarks/describe_networks.tsv"
    conda:
        ENVIRONMENT
    params:
        models={name: MODELS.size(name) for name in MODELS.printed},
        metabolites=BASES.metabolites(BASES.first),
        code=code("describe_networks"),
    script:
        "../../scripts/describe_networks.py"


rule table_01:
    input:
        phantoms=config["phantoms"]["table"],
    output:
        **table_outputs("table-01-phantoms"),
    log:
        f"{RESULTS}/logs/table_01.log",
    benchmark:
        f"{RESULTS}/benchmarks/table_01.tsv"
    conda:
        ENVIRONMENT
    params:
        synthetic=STATISTICS["phantoms"] == "phantoms",
        code=code("table_01"),
    script:
        "../../scripts/table_01.py"


rule table_02:
    input:
        layers=rules.describe_networks.output.layers,
    output:
        **table_outputs("table-02-cnn"),
    log:
        f"{RESULTS}/logs/table_02.log",
    benchmark:
        f"{RESULTS}/benchmarks/table_02.tsv"
    conda:
        ENVIRONMENT
    params:
        architecture="cnn",
        name="MRSNet-CNN",
        number=2,
        code=code("table_02_03"),
    script:
        "../../scripts/table_02_03.py"


rule table_03:
    input:
        layers=rules.describe_networks.output.layers,
    output:
        **table_outputs("table-03-yae"),
    log:
        f"{RESULTS}/logs/table_03.log",
    benchmark:
        f"{RESULTS}/benchmarks/table_03.tsv"
    conda:
        ENVIRONMENT
    params:
        architecture="yae",
        name="MRSNet-YAE",
        number=3,
        code=code("table_02_03"),
    script:
        "../../scripts/table_02_03.py"


rule table_09:
    input:
        errors=rules.summarise_errors.output.overall,
        agreement=rules.summarise_agreement.output.table,
        quantities=rules.gather_quantities.output.table,
    output:
        **table_outputs("table-09-simulation"),
    log:
        f"{RESULTS}/logs/table_09.log",
    benchmark:
        f"{RESULTS}/benchmarks/table_09.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS,
        code=code("table_09"),
    script:
        "../../scripts/table_09.py"


rule table_10:
    input:
        tests=rules.test_methods.output.tests,
        errors=rules.summarise_errors.output.overall,
        quantities=rules.gather_quantities.output.table,
    output:
        **table_outputs("table-10-paired-tests"),
    log:
        f"{RESULTS}/logs/table_10.log",
    benchmark:
        f"{RESULTS}/benchmarks/table_10.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS,
        code=code("table_10"),
    script:
        "../../scripts/table_10.py"


rule table_11:
    input:
        series=rules.summarise_errors.output.series,
        errors=rules.summarise_errors.output.overall,
        quantities=rules.gather_quantities.output.table,
    output:
        **table_outputs("table-11-experiments"),
    log:
        f"{RESULTS}/logs/table_11.log",
    benchmark:
        f"{RESULTS}/benchmarks/table_11.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS,
        code=code("table_11"),
    script:
        "../../scripts/table_11.py"


rule table_12:
    input:
        errors=rules.summarise_errors.output.overall,
        quantities=rules.gather_quantities.output.table,
    output:
        **table_outputs("table-12-overall-fixed"),
    log:
        f"{RESULTS}/logs/table_12.log",
    benchmark:
        f"{RESULTS}/benchmarks/table_12.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS,
        number=12,
        linewidths="fixed",
        code=code("table_12_13"),
    script:
        "../../scripts/table_12_13.py"


use rule table_12 as table_13 with:
    output:
        **table_outputs("table-13-overall-augmented"),
    log:
        f"{RESULTS}/logs/table_13.log",
    benchmark:
        f"{RESULTS}/benchmarks/table_13.tsv"
    params:
        settings=STATISTICS,
        number=13,
        linewidths="augmented",
        code=code("table_12_13"),


TABLES = [
    "table-01-phantoms",
    "table-02-cnn",
    "table-03-yae",
    "table-09-simulation",
    "table-10-paired-tests",
    "table-11-experiments",
    "table-12-overall-fixed",
    "table-13-overall-augmented",
]
TARGETS += [table_outputs(name)["md"] for name in TABLES]
