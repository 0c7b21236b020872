# Networks: folds and final models.

from mrsgap.config.models import members_of

FOLDS_SET = config["training"]["folds_set"]


wildcard_constraints:
    model="|".join(MODELS.names),
    training_set="|".join(DATASETS.names),
    members="[0-9]+(-[0-9]+)?",


use rule step as train_fold with:
    input:
        spectra=spectra_store(FOLDS_SET),
        folds=f"{RESULTS}/spectra/{FOLDS_SET}-folds.csv",
        bases=dataset_bases(FOLDS_SET),
        choice=lambda wildcards: choice_of(wildcards.model),
        encoder=lambda wildcards: encoder_input(wildcards.model, FOLDS_SET),
    output:
        model=directory(f"{RESULTS}/models/{{model}}/fold-{{members}}"),
    pathvars:
        job="train_fold/{model}-{members}",
    threads: config["training"]["threads"]
    resources:
        gpu=1,
    params:
        **runs("train_fold"),
        # Of the wildcards alone: Snakemake re-runs nothing for the sake of a parameter that asks for `input`.
        settings=lambda wildcards: MODELS.settings(wildcards.model, first_of(encoder_input(wildcards.model, FOLDS_SET))),
        members=lambda wildcards: members_of(wildcards.members),
        held_out_fraction=config["training"]["held_out_fraction"],
        training_set=FOLDS_SET,
        bases=DATASETS.bases(FOLDS_SET),
        seed=config["seed"],
        checkpoints=f"{RESULTS}/checkpoints",


use rule step as train_final with:
    input:
        spectra=lambda wildcards: spectra_store(wildcards.training_set),
        bases=lambda wildcards: dataset_bases(wildcards.training_set),
        choice=lambda wildcards: choice_of(wildcards.model),
        encoder=lambda wildcards: encoder_input(wildcards.model, wildcards.training_set),
    output:
        model=directory(f"{RESULTS}/models/{{model}}/final-{{training_set}}-seed-{{members}}"),
    pathvars:
        job="train_final/{model}-{training_set}-{members}",
    threads: config["training"]["threads"]
    resources:
        gpu=1,
    params:
        **runs("train_final"),
        settings=lambda wildcards: MODELS.settings(
            wildcards.model, first_of(encoder_input(wildcards.model, wildcards.training_set))
        ),
        members=lambda wildcards: members_of(wildcards.members),
        held_out_fraction=config["training"]["held_out_fraction"],
        fresh=config["training"]["on_the_fly"],
        bases=lambda wildcards: DATASETS.bases(wildcards.training_set),
        seed=config["seed"],
        checkpoints=f"{RESULTS}/checkpoints",


use rule step as list_networks with:
    output:
        table=f"{RESULTS}/plan/networks.csv",
    pathvars:
        job="list_networks",
    params:
        **runs("list_networks"),
        networks=networks_by_worth(),


use rule step as figure_learning with:
    input:
        models=trained_models(MODELS.names),
    output:
        **figure_outputs("figure-learning"),
    pathvars:
        job="figure_learning",
    params:
        **runs("figure_learning"),


TARGETS += trained_models(MODELS.names)
TARGETS += [rules.figure_learning.output.pdf]


localrules:
    list_networks,
