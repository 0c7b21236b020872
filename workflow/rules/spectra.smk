# Concentrations, simulated spectra and folds.


wildcard_constraints:
    dataset="|".join(DATASETS.names),


use rule step as simulate_spectra with:
    input:
        bases=lambda wildcards: dataset_bases(wildcards.dataset),
        noise=lambda wildcards: recorded_noise(DATASETS.noise_source(wildcards.dataset)),
    output:
        store=directory(f"{RESULTS}/spectra/{{dataset}}.zarr"),
        concentrations=f"{RESULTS}/spectra/{{dataset}}-concentrations.csv",
    pathvars:
        job="simulate_spectra/{dataset}",
    params:
        **runs("simulate_spectra"),
        settings=lambda wildcards: DATASETS[wildcards.dataset],
        imperfections=lambda wildcards: DATASETS.imperfections(wildcards.dataset),
        seed=config["seed"],


use rule step as split_folds with:
    output:
        table=f"{RESULTS}/spectra/{{dataset}}-folds.csv",
    pathvars:
        job="split_folds/{dataset}",
    params:
        **runs("split_folds"),
        number_of_items=lambda wildcards: DATASETS[wildcards.dataset]["items"],
        folds=config["folds"]["count"],
        seed=config["seed"],


use rule step as figure_spectra with:
    input:
        stores=[spectra_store(name) for name in DATASETS.pictured],
    output:
        **figure_outputs("figure-01d-spectra"),
    pathvars:
        job="figure_spectra",
    params:
        **runs("figure_spectra"),
        names=DATASETS.pictured,
        items_shown=4,


localrules:
    split_folds,


TARGETS += [f"{RESULTS}/figures/figure-01d-spectra.pdf"]
