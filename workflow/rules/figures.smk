# Pictures from results; every figure as PDF and PNG.


rule figure_basis:
    input:
        store=f"{RESULTS}/basis/{{basis}}/basis.zarr",
    output:
        **figure_outputs("figure-01-basis-{basis}"),
    log:
        f"{RESULTS}/logs/figure_basis/{{basis}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_basis/{{basis}}.tsv"
    conda:
        ENVIRONMENT
    params:
        basis=lambda wildcards: config["bases"][wildcards.basis],
        sequences=config["sequences"],
        pulses=config["pulses"],
        linewidth_hz=config["basis_export"]["linewidth_hz"],
        code=code("figure_basis"),
    script:
        "../../scripts/figure_basis.py"


rule figure_basis_comparison:
    input:
        stores=[basis_store(name) for name in BASES.names],
    output:
        **figure_outputs("figure-01b-basis-comparison"),
    log:
        f"{RESULTS}/logs/figure_basis_comparison.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_basis_comparison.tsv"
    conda:
        ENVIRONMENT
    params:
        names=BASES.names,
        linewidth_hz=config["basis_export"]["linewidth_hz"],
        code=code("figure_basis_comparison"),
    script:
        "../../scripts/figure_basis_comparison.py"


rule figure_pulses:
    output:
        **figure_outputs("figure-01c-pulses"),
        table=f"{RESULTS}/basis/pulses.csv",
    log:
        f"{RESULTS}/logs/figure_pulses.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_pulses.tsv"
    conda:
        ENVIRONMENT
    params:
        bases=config["bases"],
        pulses=config["pulses"],
        code=code("figure_pulses"),
    script:
        "../../scripts/figure_pulses.py"


rule figure_02:
    input:
        layers=f"{RESULTS}/networks/layers.csv",
    output:
        **figure_outputs("figure-02-yae"),
    log:
        f"{RESULTS}/logs/figure_02.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_02.tsv"
    conda:
        ENVIRONMENT
    params:
        channels=len(config.get("models", {}).get("yae", {}).get("channels", [])) or 4,
        metabolites=BASES.metabolites(BASES.first),
        code=code("figure_02"),
    script:
        "../../scripts/figure_02.py"


rule figure_06:
    input:
        errors=rules.summarise_errors.output.overall,
        agreement=rules.summarise_agreement.output.table,
        quantities=rules.gather_quantities.output.table,
    output:
        **figure_outputs("figure-06-simulation-scatter"),
    log:
        f"{RESULTS}/logs/figure_06.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_06.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS,
        code=code("figure_06"),
    script:
        "../../scripts/figure_06.py"


rule figure_07:
    input:
        errors=rules.summarise_errors.output.overall,
        per_item=rules.summarise_errors.output.per_item,
    output:
        **figure_outputs("figure-07-phantom-errors"),
    log:
        f"{RESULTS}/logs/figure_07.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_07.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS,
        code=code("figure_07"),
    script:
        "../../scripts/figure_07.py"


rule figure_08:
    input:
        spectra=rules.compare_spectra.output.spectra,
    output:
        **figure_outputs("figure-08-measured-and-simulated"),
    log:
        f"{RESULTS}/logs/figure_08.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_08.tsv"
    conda:
        ENVIRONMENT
    params:
        code=code("figure_08"),
    script:
        "../../scripts/figure_08.py"


rule figure_09:
    input:
        spectra=rules.compare_spectra.output.spectra,
    output:
        **figure_outputs("figure-09-sim-to-real"),
    log:
        f"{RESULTS}/logs/figure_09.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_09.tsv"
    conda:
        ENVIRONMENT
    params:
        code=code("figure_09"),
    script:
        "../../scripts/figure_09.py"


rule figure_answer:
    input:
        errors=rules.summarise_errors.output.overall,
    output:
        **figure_outputs("figure-10-answer"),
    log:
        f"{RESULTS}/logs/figure_answer.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_answer.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS,
        code=code("figure_answer"),
    script:
        "../../scripts/figure_answer.py"


rule figure_agreement:
    input:
        errors=rules.summarise_errors.output.overall,
        agreement=rules.summarise_agreement.output.table,
        quantities=rules.gather_quantities.output.table,
    output:
        **figure_outputs("figure-11-bland-altman"),
    log:
        f"{RESULTS}/logs/figure_agreement.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_agreement.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS,
        generating=generating_bases(config),
        code=code("figure_agreement"),
    script:
        "../../scripts/figure_agreement.py"


rule figure_training_sets:
    input:
        errors=rules.summarise_errors.output.overall,
        distances=rules.test_methods.output.distances,
    output:
        **figure_outputs("figure-12-training-sets"),
    log:
        f"{RESULTS}/logs/figure_training_sets.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_training_sets.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=STATISTICS,
        code=code("figure_training_sets"),
    script:
        "../../scripts/figure_training_sets.py"


FIGURES = [f"figure-01-basis-{BASES.first}", "figure-01b-basis-comparison", "figure-01c-pulses"]
FIGURES += [
    "figure-02-yae",
    "figure-06-simulation-scatter",
    "figure-07-phantom-errors",
    "figure-10-answer",
    "figure-11-bland-altman",
]
FIGURES += ["figure-12-training-sets", "figure-08-measured-and-simulated", "figure-09-sim-to-real"]
TARGETS += [figure_outputs(name)["pdf"] for name in FIGURES]
LOOK_FIRST += [figure_outputs(name)["png"] for name in FIGURES[:2]]
