# What the rules of rules/basis.smk ask for: inputs, parameters and paths worked out from the settings.


def basis_store(name):
    return f"{RESULTS}/basis/{name}/basis.zarr"


def basis_parts(name):
    """Stores of a basis's metabolites, as many to a store, and a job, as `basis_simulation.metabolites_per_job` says."""
    metabolites, size = config["bases"][name]["metabolites"], config["basis_simulation"]["metabolites_per_job"]
    groups = (metabolites[first : first + size] for first in range(0, len(metabolites), size))
    return [f"{RESULTS}/basis/{name}/parts/{'-'.join(group)}.zarr" for group in groups]


def spin_system(basis_name, metabolite):
    """The spin system that stands for a metabolite in a basis."""
    system = config["bases"][basis_name].get("systems", {}).get(metabolite, metabolite)
    if system not in config["metabolites"]:
        known = ", ".join(sorted(config["metabolites"]))
        raise WorkflowError(f"basis `{basis_name}` names the unknown metabolite `{system}`. Known are {known}.")
    return config["metabolites"][system]


def simulation_settings(wildcards):
    """What one simulation depends on and nothing else, so that editing GABA re-runs the job that simulates GABA."""
    basis = config["bases"][wildcards.basis]
    return {
        "basis": {key: value for key, value in basis.items() if key not in ("metabolites", "systems")},
        "systems": {name: spin_system(wildcards.basis, name) for name in wildcards.metabolites.split("-")},
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


def check_bases():
    for name, basis in config["bases"].items():
        for metabolite in basis["metabolites"]:
            spin_system(name, metabolite)


check_bases()
