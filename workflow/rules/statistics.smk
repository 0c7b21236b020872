# From quantities to errors, agreement and tests.

STATISTICS = config["statistics"]


def generating_bases():
    """Basis that made each simulated or synthetic data set, where it was a single one."""
    described = {**config.get("datasets", {}), **config.get("measured", {})}
    made = {name: one.get("basis") for name, one in described.items() if isinstance(one, dict)}
    return {name: basis for name, basis in made.items() if isinstance(basis, str)}


def training_stores():
    """Stores of the training sets that the statistics name and the config knows."""
    names = [name for name in STATISTICS["training_sets"].values() if name in config.get("datasets", {})]
    return {name: f"{RESULTS}/spectra/{name}.zarr" for name in dict.fromkeys(names)}


rule gather_quantities:
    input:
        parts=QUANTITIES,
        stores=list(training_stores().values()),
    output:
        table=f"{RESULTS}/quantities.csv",
        compositions=f"{RESULTS}/statistics/training-compositions.csv",
    log:
        f"{RESULTS}/logs/gather_quantities.log",
    params:
        training_sets=list(training_stores()),
        code=code("gather_quantities"),
    script:
        "../../scripts/gather_quantities.py"


rule summarise_errors:
    input:
        quantities=rules.gather_quantities.output.table,
        compositions=rules.gather_quantities.output.compositions,
    output:
        overall=f"{RESULTS}/statistics/errors.csv",
        series=f"{RESULTS}/statistics/series-errors.csv",
        per_item=f"{RESULTS}/statistics/item-errors.csv",
    log:
        f"{RESULTS}/logs/summarise_errors.log",
    benchmark:
        f"{RESULTS}/benchmarks/summarise_errors.tsv"
    params:
        settings={key: STATISTICS[key] for key in ("overall", "level", "bootstrap_draws")},
        generating=generating_bases(),
        seed=config["seed"],
        code=code("summarise_errors"),
    script:
        "../../scripts/summarise_errors.py"


rule summarise_agreement:
    input:
        quantities=rules.gather_quantities.output.table,
        compositions=rules.gather_quantities.output.compositions,
    output:
        table=f"{RESULTS}/statistics/agreement.csv",
    log:
        f"{RESULTS}/logs/summarise_agreement.log",
    params:
        level=STATISTICS["level"],
        generating=generating_bases(),
        code=code("summarise_agreement"),
    script:
        "../../scripts/summarise_agreement.py"


rule test_methods:
    input:
        series=rules.summarise_errors.output.series,
        per_item=rules.summarise_errors.output.per_item,
    output:
        tests=f"{RESULTS}/statistics/tests.csv",
        distances=f"{RESULTS}/statistics/training-set-distances.csv",
    log:
        f"{RESULTS}/logs/test_methods.log",
    params:
        dataset=STATISTICS["phantoms"],
        comparisons=STATISTICS["comparisons"],
        training_sets=list(STATISTICS["training_sets"].values()),
        basis=STATISTICS["basis"],
        code=code("test_methods"),
    script:
        "../../scripts/test_methods.py"


TARGETS += [rules.summarise_agreement.output.table, rules.test_methods.output.tests]
