# Networks: folds and final models.

from mrsgap.config.models import members_of

FOLDS_SET = config["training"]["folds_set"]


def fold_models(name):
    """Folders of the fold models of one model."""
    return [f"{RESULTS}/models/{name}/fold-{batch}" for batch in MODELS.fold_batches(name)]


def final_models(name, *training_sets):
    """Folders of the final models of one model, on some or every one of its training sets."""
    sets, batches = training_sets or MODELS.training_sets(name), MODELS.seed_batches(name)
    return [f"{RESULTS}/models/{name}/final-{chosen}-seed-{batch}" for chosen in sets for batch in batches]


def trained_models(names):
    """Folders of every network of some models."""
    return [path for name in names for path in [*fold_models(name), *final_models(name)]]


def choice_of(name):
    """What the study that a model names has chosen: its settings are the model's."""
    return choices([MODELS.study(name)]) if MODELS.study(name) else []


def encoder_input(name, training_set):
    """The autoencoder whose encoder a model takes over: its final models, on the same training set where there is one."""
    source = MODELS.encoder_of(name)
    if source is None:
        return []
    return final_models(source, *({training_set} & set(MODELS.training_sets(source))))[:1]


def first_of(paths):
    """The one path of an input that may be empty."""
    return str(paths[0]) if paths else None


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
        settings=lambda wildcards, input: MODELS.settings(wildcards.model, first_of(input.encoder)),
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
        settings=lambda wildcards, input: MODELS.settings(wildcards.model, first_of(input.encoder)),
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
