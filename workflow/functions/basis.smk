# What the rules of rules/basis.smk ask for: inputs, parameters and paths worked out from the settings.


def basis_store(name):
    return f"{RESULTS}/basis/{name}/basis.zarr"


def spin_system(basis_name, metabolite):
    """The spin system that stands for a metabolite in a basis."""
    system = config["bases"][basis_name].get("systems", {}).get(metabolite, metabolite)
    if system not in config["metabolites"]:
        known = ", ".join(sorted(config["metabolites"]))
        raise WorkflowError(f"basis `{basis_name}` names the unknown metabolite `{system}`. Known are {known}.")
    return config["metabolites"][system]


def simulation_settings(wildcards):
    """What one simulation depends on and nothing else, so that editing GABA re-runs GABA."""
    basis = config["bases"][wildcards.basis]
    return {
        "basis": {key: value for key, value in basis.items() if key not in ("metabolites", "systems")},
        "system": spin_system(wildcards.basis, wildcards.metabolite),
        "sequences": {name: value for name, value in config["sequences"].items() if name == basis["sequence"]},
        "pulses": {name: value for name, value in config["pulses"].items() if name in basis["pulses"].values()},
    }


def waveform_files(wildcards):
    """The user's own waveforms that a basis plays, so that a changed file re-runs its simulations."""
    used = (config["pulses"].get(name, {}) for name in config["bases"][wildcards.basis]["pulses"].values())
    return [pulse["path"] for pulse in used if pulse.get("shape") == "file"]


def proton_counts(wildcards):
    names = config["bases"][wildcards.basis]["metabolites"]
    return {name: spin_system(wildcards.basis, name)["protons"] for name in names}
