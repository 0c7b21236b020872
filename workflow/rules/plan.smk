# What a run costs, before it is started: `snakemake --cores 1 plan`.

from snakemake.io import regex_from_filepattern, strip_wildcard_constraints


def rule_shapes():
    """Patterns of the outputs and template of the benchmark file of every rule that makes something."""
    shapes = {}
    for known in workflow.rules:
        outputs = [regex_from_filepattern(str(output)) for output in known.output]
        shapes[known.name] = (outputs, strip_wildcard_constraints(str(known.benchmark)) if known.benchmark else None)
    return {name: shape for name, shape in shapes.items() if shape[0]}


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
