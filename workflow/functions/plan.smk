# What the rule of rules/plan.smk asks for: what the files of every rule look like.

from snakemake.io import regex_from_filepattern, strip_wildcard_constraints


def rule_shapes():
    """Patterns of the outputs and template of the benchmark file of every rule that makes something."""
    shapes = {}
    for rule in workflow.rules:
        outputs = [regex_from_filepattern(str(output)) for output in rule.output]
        shapes[rule.name] = (outputs, strip_wildcard_constraints(str(rule.benchmark)) if rule.benchmark else None)
    return {name: shape for name, shape in shapes.items() if shape[0]}
