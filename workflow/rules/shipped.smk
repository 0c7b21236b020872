# Networks that come trained with the repository: `snakemake --cores 2 model` makes them from a family of scanners.


wildcard_constraints:
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
