# Networks: folds and final models.

from mrsgap.config.models import members_of

FOLDS_SET = config["training"]["folds_set"]


wildcard_constraints:
    model="|".join(MODELS.names),
    training_set="|".join(DATASETS.names),
    members="[0-9]+(-[0-9]+)?",


rule train_fold:
    input:
        spectra=spectra_store(FOLDS_SET),
        folds=f"{RESULTS}/spectra/{FOLDS_SET}-folds.csv",
        bases=dataset_bases(FOLDS_SET),
        choice=lambda wildcards: choice_of(wildcards.model),
        encoder=lambda wildcards: encoder_input(wildcards.model, FOLDS_SET),
    output:
        model=directory(f"{RESULTS}/models/{{model}}/fold-{{members}}"),
    log:
        f"{RESULTS}/logs/train_fold/{{model}}-{{members}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train_fold/{{model}}-{{members}}.tsv"
    conda:
        ENVIRONMENT
    threads: config["training"]["threads"]
    resources:
        gpu=1,
    params:
        # Of the wildcards alone: Snakemake re-runs nothing for the sake of a parameter that asks for `input`.
        settings=lambda wildcards: MODELS.settings(wildcards.model, first_of(encoder_input(wildcards.model, FOLDS_SET))),
        members=lambda wildcards: members_of(wildcards.members),
        training_set=FOLDS_SET,
        bases=DATASETS.bases(FOLDS_SET),
        seed=config["seed"],
        checkpoints=f"{RESULTS}/checkpoints",
        code=code("train_fold"),
    script:
        "../../scripts/train_fold.py"


rule train_final:
    input:
        spectra=lambda wildcards: spectra_store(wildcards.training_set),
        bases=lambda wildcards: dataset_bases(wildcards.training_set),
        choice=lambda wildcards: choice_of(wildcards.model),
        encoder=lambda wildcards: encoder_input(wildcards.model, wildcards.training_set),
    output:
        model=directory(f"{RESULTS}/models/{{model}}/final-{{training_set}}-seed-{{members}}"),
    log:
        f"{RESULTS}/logs/train_final/{{model}}-{{training_set}}-{{members}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train_final/{{model}}-{{training_set}}-{{members}}.tsv"
    conda:
        ENVIRONMENT
    threads: config["training"]["threads"]
    resources:
        gpu=1,
    params:
        settings=lambda wildcards: MODELS.settings(
            wildcards.model, first_of(encoder_input(wildcards.model, wildcards.training_set))
        ),
        members=lambda wildcards: members_of(wildcards.members),
        held_out_fraction=config["training"]["held_out_fraction"],
        fresh=lambda wildcards: MODELS.fresh(wildcards.training_set),
        bases=lambda wildcards: DATASETS.bases(wildcards.training_set),
        seed=config["seed"],
        checkpoints=f"{RESULTS}/checkpoints",
        code=code("train_final"),
    script:
        "../../scripts/train_final.py"


rule figure_learning:
    input:
        models=trained_models(MODELS.names),
    output:
        **figure_outputs("figure-learning"),
    log:
        f"{RESULTS}/logs/figure_learning.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_learning.tsv"
    conda:
        ENVIRONMENT
    params:
        code=code("figure_learning"),
    script:
        "../../scripts/figure_learning.py"


TARGETS += trained_models(MODELS.names)
TARGETS += [rules.figure_learning.output.pdf]
