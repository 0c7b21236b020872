# Concentrations, simulated spectra and folds.


wildcard_constraints:
    dataset="|".join(config["datasets"]),


def check_dataset_names():
    for name, dataset in config["datasets"].items():
        for kind, entries in (("bases", dataset["bases"]), ("imperfections", [dataset["imperfections"]])):
            for entry in set(entries) - set(config[kind]):
                known = ", ".join(config[kind])
                raise WorkflowError(f"`datasets.{name}.{kind}` names the unknown `{entry}`. Known are {known}.")


check_dataset_names()


def spectra_store(name):
    return f"{RESULTS}/spectra/{name}.zarr"


def dataset_bases(name):
    """Stores of the bases that a simulated data set draws from; the first is the one its alignment follows."""
    return [basis_store(basis) for basis in config["datasets"][name]["bases"]]


rule sample_concentrations:
    output:
        table=f"{RESULTS}/spectra/{{dataset}}-concentrations.csv",
    log:
        f"{RESULTS}/logs/sample_concentrations/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sample_concentrations/{{dataset}}.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=lambda wildcards: {key: config["datasets"][wildcards.dataset][key] for key in ("items", "concentrations")},
        metabolites=lambda wildcards: config["bases"][config["datasets"][wildcards.dataset]["bases"][0]]["metabolites"],
        seed=config["seed"],
        code=code("sample_concentrations"),
    script:
        "../../scripts/sample_concentrations.py"


rule simulate_spectra:
    input:
        bases=lambda wildcards: dataset_bases(wildcards.dataset),
        concentrations=f"{RESULTS}/spectra/{{dataset}}-concentrations.csv",
    output:
        store=directory(f"{RESULTS}/spectra/{{dataset}}.zarr"),
    log:
        f"{RESULTS}/logs/simulate_spectra/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/simulate_spectra/{{dataset}}.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    params:
        settings=lambda wildcards: config["datasets"][wildcards.dataset],
        imperfections=lambda wildcards: config["imperfections"][config["datasets"][wildcards.dataset]["imperfections"]],
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
        number_of_items=lambda wildcards: config["datasets"][wildcards.dataset]["items"],
        folds=config["folds"]["count"],
        seed=config["seed"],
        code=code("split_folds"),
    script:
        "../../scripts/split_folds.py"


localrules:
    split_folds,
    sample_concentrations,


TARGETS += [spectra_store("train"), spectra_store("test")] if {"train", "test"} <= set(config["datasets"]) else []
