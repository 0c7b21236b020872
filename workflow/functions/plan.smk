# What rules/plan.smk asks for, what the files look like that the workflow makes.

from snakemake.io import regex_from_filepattern, strip_wildcard_constraints


def rule_shapes():
    """Patterns of the outputs and template of the benchmark file of every rule that makes something."""
    shapes = {}
    for known in workflow.rules:
        outputs = [regex_from_filepattern(str(output)) for output in known.output]
        shapes[known.name] = (outputs, strip_wildcard_constraints(str(known.benchmark)) if known.benchmark else None)
    return {name: shape for name, shape in shapes.items() if shape[0]}
