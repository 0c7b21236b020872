# What a run costs, before it is started: `snakemake --cores 1 plan`.


rule plan:
    input:
        costs=ROOT / "config" / "costs.csv",
    log:
        f"{RESULTS}/logs/plan.log",
    conda:
        ENVIRONMENT
    params:
        snakefile=str(ROOT / "Snakefile"),
        shapes=lambda wildcards: rule_shapes(),
        table=f"{RESULTS}/plan/plan.csv",
        measured=f"{RESULTS}/plan/measured.csv",
        code=code("plan"),
    script:
        "../../scripts/plan.py"


localrules:
    plan,
