# What every step has in common: a log, a timing, an environment, and a script whose package code is one of its parameters.
# `use rule step as <name> with` inherits all four. Snakemake lets a derived rule replace everything but its script, so the script is
# named by a parameter (`runs` in common.smk). The price: its own report shows no code of a rule, and `--archive` finds no script.


pathvars:
    logs=f"{RESULTS}/logs",
    benchmarks=f"{RESULTS}/benchmarks",
    job="step",  # every step names its own: the rule, and the wildcards that tell its jobs apart


rule step:
    log:
        "<logs>/<job>.log",
    benchmark:
        "<benchmarks>/<job>.tsv"
    conda:
        ENVIRONMENT
    script:
        "../../scripts/{params.script}.py"
