# Networks that come trained with the repository: `snakemake --cores 2 model` makes them from a family of scanners.


wildcard_constraints:
    architecture="|".join(ABLATION.architectures),
    learnt="|".join(ABLATION.training_sets),
    number="[0-9]+",
    shipped="|".join(SHIPPED.names) or "none",


use rule step as train_shipped with:
    input:
        family=lambda wildcards: family_store(SHIPPED.family(wildcards.shipped)),
    output:
        model=directory(f"{RESULTS}/models/shipped/{{shipped}}"),
    pathvars:
        job="train_shipped/{shipped}",
    threads: 2
    resources:
        gpu=1,
    params:
        **runs("train_shipped"),
        settings=lambda wildcards: SHIPPED.settings(wildcards.shipped),
        members=[],
        method=lambda wildcards: wildcards.shipped,
        training_set=lambda wildcards: SHIPPED.family(wildcards.shipped),
        digest=lambda wildcards: SHIPPED.digest(wildcards.shipped, config["seed"]),
        seed=config["seed"],
        checkpoints=f"{RESULTS}/checkpoints",


use rule step as judge_shipped with:
    input:
        family=lambda wildcards: family_store(SHIPPED.family(wildcards.shipped)),
        network=f"{RESULTS}/models/shipped/{{shipped}}",
    output:
        model=directory(f"{RESULTS}/models/judged/{{shipped}}"),
    pathvars:
        job="judge_shipped/{shipped}",
    params:
        **runs("judge_shipped"),
        settings=lambda wildcards: SHIPPED.settings(wildcards.shipped),
        references=config["answer"]["references"],
        seed=config["seed"],


# Into the repository: what other rules read there is a file like any other, so that a fresh clone trains nothing.
use rule step as model with:
    input:
        models=[f"{RESULTS}/models/judged/{name}" for name in SHIPPED.names],
    pathvars:
        job="model",
    params:
        **runs("ship_models"),
        names=SHIPPED.names,
        folder=config["shipped_to"],


# What closes the gap: networks that learn one training set each, `snakemake --cores 2 ablation`.
use rule train_shipped as train_ablation with:
    input:
        family=family_store(SHIPPED.family(ABLATION.network)),
    output:
        model=directory(f"{RESULTS}/ablation/{{learnt}}/{{architecture}}-{{number}}"),
    pathvars:
        job="train_ablation/{learnt}-{architecture}-{number}",
    threads: 1
    params:
        settings=lambda wildcards: ABLATION.settings(wildcards.learnt, wildcards.architecture),
        members=lambda wildcards: ABLATION.members(wildcards.learnt),
        method=lambda wildcards: f"{wildcards.architecture}-{wildcards.number}",
        training_set=lambda wildcards: wildcards.learnt,
        digest="",


use rule step as judge_ablation with:
    input:
        family=family_store(SHIPPED.family(ABLATION.network)),
        spectra=[measured_store(name) for name in MEASURED.names],
        models=[ablation_model(*run) for run in ABLATION.runs],
    output:
        table=f"{RESULTS}/ablation/errors.csv",
    pathvars:
        job="judge_ablation",
    params:
        **runs("judge_ablation"),
        learnt=ABLATION.runs,
        names=MEASURED.names,
        settings=SHIPPED.settings(ABLATION.network),
        seed=config["seed"],


use rule step as figure_ablation with:
    input:
        table=f"{RESULTS}/ablation/errors.csv",
    output:
        **figure_outputs("figure-ablation"),
    pathvars:
        job="figure_ablation",
    params:
        **runs("figure_ablation"),


rule ablation:
    input:
        rules.figure_ablation.output,
        rules.judge_ablation.output,


localrules:
    ablation,
