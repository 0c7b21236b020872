# The study's tables, one rule each: CSV at full precision, Markdown and LaTeX rounded by uncertainty.


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
        code=code("table_12"),
    script:
        "../../scripts/table_12.py"


rule table_13:
    input:
        errors=rules.summarise_errors.output.overall,
        quantities=rules.gather_quantities.output.table,
    output:
        **table_outputs("table-13-overall-augmented"),
    log:
        f"{RESULTS}/logs/table_13.log",
    benchmark:
        f"{RESULTS}/benchmarks/table_13.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS,
        code=code("table_13"),
    script:
        "../../scripts/table_13.py"


TABLES = ["table-09-simulation", "table-10-paired-tests", "table-11-experiments", "table-12-overall-fixed"]
TABLES += ["table-13-overall-augmented"]
TARGETS += [table_outputs(name)["md"] for name in TABLES]
