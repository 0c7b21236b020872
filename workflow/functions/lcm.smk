# What the rules of rules/lcm.smk ask for: which spectra are fitted, and with which basis.

import shutil

# Every recorded set is fitted. Without LCModel its table has no rows and no picture.
FITTED = list(dict.fromkeys([*config["fit"]["sets"], *SETS]))
PICTURED = ["lcm", "lcmodel"] if shutil.which(config["lcmodel"]["executable"] or "lcmodel") else ["lcm"]

for name in set(config["fit"]["sets"]) - {*config["datasets"], *MEASURED}:
    raise WorkflowError(f"`fit.sets` names `{name}`, which is neither in `datasets` nor in `measured`.")


def fit_choice(name):
    """What `fit.sets` says of one set of spectra; nothing for a recorded set that it does not name."""
    return config["fit"]["sets"].get(name, {})


def fitted_store(wildcards):
    """Store of a simulated or measured data set by its name in the config."""
    simulated = wildcards.fitted in config["datasets"]
    return spectra_store(wildcards.fitted) if simulated else measured_store(wildcards.fitted)


def fitted_basis(product):
    """Input function: a product of the basis that a data set is fitted with.

    A recorded set that `fit.sets` does not name gets the configured basis moved to its own field and editing frequencies.
    """

    def path(wildcards):
        named = fit_choice(wildcards.fitted).get("basis")
        if named is None and wildcards.fitted in SETS:
            return f"{RESULTS}/own/{wildcards.fitted}/{product}"
        return f"{RESULTS}/basis/{named or config['answer']['basis']}/{product}"

    return path
