# From quantities to errors, agreement and tests.

from mrsgap.config.spectra import compared_training_sets, generating_bases, study_training_sets


rule gather_quantities:
    input:
        parts=QUANTITIES,
        stores=[spectra_store(name) for name in compared_training_sets(config)],
    output:
        table=f"{RESULTS}/quantities.csv",
        compositions=f"{RESULTS}/statistics/training-compositions.csv",
    log:
        f"{RESULTS}/logs/gather_quantities.log",
    benchmark:
        f"{RESULTS}/benchmarks/gather_quantities.tsv"
    conda:
        ENVIRONMENT
    params:
        training_sets=compared_training_sets(config),
        code=code("gather_quantities"),
    script:
        "../../scripts/gather_quantities.py"


rule summarise_errors:
    input:
        quantities=rules.gather_quantities.output.table,
        compositions=rules.gather_quantities.output.compositions,
        quality=f"{RESULTS}/measured/{STATISTICS['phantoms']}-qc.csv",
    output:
        overall=f"{RESULTS}/statistics/errors.csv",
        series=f"{RESULTS}/statistics/series-errors.csv",
        per_item=f"{RESULTS}/statistics/item-errors.csv",
        groups=f"{RESULTS}/statistics/errors-by-snr.csv",
    log:
        f"{RESULTS}/logs/summarise_errors.log",
    benchmark:
        f"{RESULTS}/benchmarks/summarise_errors.tsv"
    conda:
        ENVIRONMENT
    params:
        settings={
            key: STATISTICS[key] for key in ("bound", "basis", "overall", "level", "bootstrap_draws", "snr_groups", "phantoms")
        },
        generating=generating_bases(config),
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
    benchmark:
        f"{RESULTS}/benchmarks/summarise_agreement.tsv"
    conda:
        ENVIRONMENT
    params:
        level=STATISTICS["level"],
        draws=STATISTICS["bootstrap_draws"],
        generating=generating_bases(config),
        seed=config["seed"],
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
    benchmark:
        f"{RESULTS}/benchmarks/test_methods.tsv"
    conda:
        ENVIRONMENT
    params:
        dataset=STATISTICS["phantoms"],
        comparisons=STATISTICS["comparisons"],
        tested=study_training_sets(config),
        training_sets=list(STATISTICS["training_sets"].values()),
        basis=STATISTICS["basis"],
        code=code("test_methods"),
    script:
        "../../scripts/test_methods.py"


rule compare_spectra:
    input:
        spectra=measured_store(STATISTICS["phantoms"]),
        basis=basis_store(STATISTICS["basis"]),
    output:
        per_item=f"{RESULTS}/sim-to-real/items.csv",
        similarity=f"{RESULTS}/sim-to-real/similarity.csv",
        features=f"{RESULTS}/sim-to-real/features.csv",
        spectra=directory(f"{RESULTS}/sim-to-real/spectra.zarr"),
    log:
        f"{RESULTS}/logs/compare_spectra.log",
    benchmark:
        f"{RESULTS}/benchmarks/compare_spectra.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS["sim_to_real"],
        window=config["window"],
        seed=config["seed"],
        code=code("compare_spectra"),
    script:
        "../../scripts/compare_spectra.py"


TARGETS += [rules.compare_spectra.output.similarity, rules.summarise_agreement.output.table, rules.test_methods.output.tests]
