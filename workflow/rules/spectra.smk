# Concentrations, simulated spectra and folds.


wildcard_constraints:
    dataset="|".join(DATASETS.names),


rule simulate_spectra:
    input:
        bases=lambda wildcards: dataset_bases(wildcards.dataset),
    output:
        store=directory(f"{RESULTS}/spectra/{{dataset}}.zarr"),
        concentrations=f"{RESULTS}/spectra/{{dataset}}-concentrations.csv",
    log:
        f"{RESULTS}/logs/simulate_spectra/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/simulate_spectra/{{dataset}}.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=lambda wildcards: DATASETS[wildcards.dataset],
        imperfections=lambda wildcards: DATASETS.imperfections(wildcards.dataset),
        seed=config["seed"],
        code=code("simulate_spectra"),
    script:
        "../../scripts/simulate_spectra.py"


rule split_folds:
    output:
        table=f"{RESULTS}/spectra/{{dataset}}-folds.csv",
    log:
        f"{RESULTS}/logs/split_folds/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/split_folds/{{dataset}}.tsv"
    conda:
        ENVIRONMENT
    params:
        number_of_items=lambda wildcards: DATASETS[wildcards.dataset]["items"],
        folds=config["folds"]["count"],
        seed=config["seed"],
        code=code("split_folds"),
    script:
        "../../scripts/split_folds.py"


rule figure_spectra:
    input:
        stores=[spectra_store(name) for name in DATASETS.pictured],
    output:
        **figure_outputs("figure-01d-spectra"),
    log:
        f"{RESULTS}/logs/figure_spectra.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_spectra.tsv"
    conda:
        ENVIRONMENT
    params:
        names=DATASETS.pictured,
        items_shown=4,
        code=code("figure_spectra"),
    script:
        "../../scripts/figure_spectra.py"


localrules:
    split_folds,


TARGETS += [f"{RESULTS}/figures/figure-01d-spectra.pdf"]
