# What the rules of rules/figures.smk ask for: inputs, parameters and paths worked out from the settings.


def figure_outputs(name):
    return {"pdf": f"{RESULTS}/figures/{name}.pdf", "png": f"{RESULTS}/figures/{name}.png"}
