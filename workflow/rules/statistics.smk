# From quantities to errors, agreement and tests.

from mrsgap.config.spectra import compared_training_sets, generating_bases, study_training_sets


use rule step as gather_quantities with:
    input:
        parts=QUANTITIES,
        stores=[spectra_store(name) for name in compared_training_sets(config)],
    output:
        table=f"{RESULTS}/quantities.csv",
        compositions=f"{RESULTS}/statistics/training-compositions.csv",
    pathvars:
        job="gather_quantities",
    params:
        **runs("gather_quantities"),
        training_sets=compared_training_sets(config),


use rule step as summarise_errors with:
    input:
        quantities=rules.gather_quantities.output.table,
        compositions=rules.gather_quantities.output.compositions,
        quality=f"{RESULTS}/measured/{STATISTICS['phantoms']}-qc.csv",
    output:
        overall=f"{RESULTS}/statistics/errors.csv",
        series=f"{RESULTS}/statistics/series-errors.csv",
        per_item=f"{RESULTS}/statistics/item-errors.csv",
        apart=f"{RESULTS}/statistics/item-errors-apart.csv",
        groups=f"{RESULTS}/statistics/errors-by-snr.csv",
        differences=f"{RESULTS}/statistics/paired-differences.csv",
    pathvars:
        job="summarise_errors",
    params:
        **runs("summarise_errors"),
        settings={
            key: STATISTICS[key]
            for key in ("bound", "basis", "overall", "level", "bootstrap_draws", "snr_groups", "phantoms", "apart")
        },
        generating=generating_bases(config),
        seed=config["seed"],


use rule step as summarise_agreement with:
    input:
        quantities=rules.gather_quantities.output.table,
        compositions=rules.gather_quantities.output.compositions,
    output:
        table=f"{RESULTS}/statistics/agreement.csv",
    pathvars:
        job="summarise_agreement",
    params:
        **runs("summarise_agreement"),
        level=STATISTICS["level"],
        draws=STATISTICS["bootstrap_draws"],
        dataset=STATISTICS["phantoms"],
        apart=STATISTICS["apart"],
        generating=generating_bases(config),
        seed=config["seed"],


use rule step as test_methods with:
    input:
        series=rules.summarise_errors.output.series,
        per_item=rules.summarise_errors.output.per_item,
        apart=rules.summarise_errors.output.apart,
    output:
        tests=f"{RESULTS}/statistics/tests.csv",
        distances=f"{RESULTS}/statistics/training-set-distances.csv",
    pathvars:
        job="test_methods",
    params:
        **runs("test_methods"),
        dataset=STATISTICS["phantoms"],
        comparisons=STATISTICS["comparisons"],
        tested=study_training_sets(config),
        training_sets=list(STATISTICS["training_sets"].values()),
        basis=STATISTICS["basis"],


use rule step as compare_spectra with:
    input:
        spectra=measured_store(STATISTICS["phantoms"]),
        basis=basis_store(STATISTICS["basis"]),
    output:
        per_item=f"{RESULTS}/sim-to-real/items.csv",
        similarity=f"{RESULTS}/sim-to-real/similarity.csv",
        features=f"{RESULTS}/sim-to-real/features.csv",
        spectra=directory(f"{RESULTS}/sim-to-real/spectra.zarr"),
    pathvars:
        job="compare_spectra",
    params:
        **runs("compare_spectra"),
        settings=STATISTICS["sim_to_real"],
        apart=STATISTICS["apart"],
        window=config["window"],
        seed=config["seed"],


TARGETS += [rules.compare_spectra.output.similarity, rules.summarise_agreement.output.table, rules.test_methods.output.tests]
