# Networks: folds and final models.


wildcard_constraints:
    model="|".join(MODELS),
    training_set="|".join(config["datasets"]),
    members="[0-9]+(-[0-9]+)?",


rule train_fold:
    input:
        spectra=spectra_store(config["training"]["folds_set"]),
        folds=f"{RESULTS}/spectra/{config['training']['folds_set']}-folds.csv",
        bases=lambda wildcards: dataset_bases(dataset_of(wildcards)),
        choice=lambda wildcards: choice_of(wildcards.model),
        encoder=encoder_input,
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
        settings=model_settings,
        members=lambda wildcards: members_of(wildcards.members),
        training_set=config["training"]["folds_set"],
        bases=training_bases,
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
        encoder=encoder_input,
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
        settings=model_settings,
        members=lambda wildcards: members_of(wildcards.members),
        held_out_fraction=config["training"]["held_out_fraction"],
        fresh=fresh_settings,
        bases=training_bases,
        seed=config["seed"],
        checkpoints=f"{RESULTS}/checkpoints",
        code=code("train_final"),
    script:
        "../../scripts/train_final.py"


rule figure_learning:
    input:
        models=[path for name in MODELS for path in [*fold_models(name), *final_models(name)]],
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


TARGETS += [path for name in MODELS for path in [*fold_models(name), *final_models(name)]]
TARGETS += [rules.figure_learning.output.pdf]
