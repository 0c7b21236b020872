# What the rules of rules/tables.smk ask for: inputs, parameters and paths worked out from the settings.


def table_outputs(name):
    return {kind: f"{RESULTS}/tables/{name}.{kind}" for kind in ("csv", "md", "tex")}
