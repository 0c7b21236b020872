# What the rules of rules/quantify.smk ask for: which methods answer for a user's spectra, and what they need.

import shlex

FIT_CAPTION = "Linear-combination fits of {name}: the best, the median and the worst"


def without_metabolites(basis):
    return {key: value for key, value in basis.items() if key not in ("metabolites", "systems")}


def training_command(name):
    """What a user types to train networks for spectra unlike those of the configured bases."""
    files = [os.path.relpath(path) for path in workflow.config_settings.configfiles]
    given = workflow.config_settings.config.get("measured")
    source = ["--config", f"measured={given}"] if isinstance(given, str) else []
    words = ["snakemake", "--cores", "all", "quantify", "--configfile", *files, f"{RESULTS}/own/{name}/matching.yaml", *source]
    return shlex.join(words)


def matched_settings():
    """The configured basis that is moved to a recording's field, and its spin systems, sequence and pulses."""
    name = config["answer"]["basis"]
    basis = config["bases"][name]
    return {
        "basis": without_metabolites(basis),
        "systems": {metabolite: spin_system(name, metabolite) for metabolite in basis["metabolites"]},
        "sequences": {basis["sequence"]: config["sequences"][basis["sequence"]]},
        "pulses": {pulse: config["pulses"][pulse] for pulse in basis["pulses"].values()},
    }


def calibration_quantities():
    """Every method's estimates for the simulated set whose truth calibrates the intervals."""
    fitted = f"{RESULTS}/quantities/lcm-{config['answer']['calibration_set']}.csv"
    return [fitted, rules.quantify_simulated.output.table]


def range_models():
    """Folder and training set of the final networks of every model that gives concentrations."""
    pairs = []
    for name in MODELS:
        if traits(MODELS[name]["architecture"]).quantifies:
            for training_set in MODELS[name]["training_sets"]:
                marker = f"final-{training_set}-seed-"
                pairs.append(next((path, training_set) for path in final_models(name) if marker in path))
    return pairs


def range_training():
    """Stores of the training sets by name."""
    return {name: spectra_store(name) for _, name in range_models()}


def own_quantities(name):
    fits = expand(f"{RESULTS}/quantities/{{program}}-{name}.csv", program=PICTURED)
    return [*fits, rules.quantify_measured.output.table]


def own_pictures(name):
    """PNG files by caption."""
    return {
        f"Quality of {name}": f"{RESULTS}/figures/figure-quality-{name}.png",
        FIT_CAPTION.format(name=name): f"{RESULTS}/figures/figure-fit-lcm-{name}.png",
    }


def missing_methods():
    """Sentences on methods that cannot answer here."""
    return (
        [] if "lcmodel" in PICTURED else ["LCModel is not installed here, so it gives no answer (config: lcmodel.executable)."]
    )
