# Spin systems to a checked and exported metabolite basis.


wildcard_constraints:
    basis="|".join(config["bases"]),
    metabolite="[A-Za-z0-9_]+",


def basis_store(name):
    return f"{RESULTS}/basis/{name}/basis.zarr"


def simulation_settings(wildcards):
    """What one simulation depends on and nothing else, so that editing GABA re-runs GABA."""
    basis = config["bases"][wildcards.basis]
    system = basis.get("systems", {}).get(wildcards.metabolite, wildcards.metabolite)
    if system not in config["metabolites"]:
        known = ", ".join(sorted(config["metabolites"]))
        raise WorkflowError(f"basis `{wildcards.basis}` names the unknown metabolite `{system}`. Known are {known}.")
    return {
        "basis": {key: value for key, value in basis.items() if key not in ("metabolites", "systems")},
        "system": config["metabolites"][system],
        "sequences": {name: value for name, value in config["sequences"].items() if name == basis["sequence"]},
        "pulses": {name: value for name, value in config["pulses"].items() if name in basis["pulses"].values()},
    }


def proton_counts(wildcards):
    basis = config["bases"][wildcards.basis]
    systems = {name: basis.get("systems", {}).get(name, name) for name in basis["metabolites"]}
    return {name: config["metabolites"][system]["protons"] for name, system in systems.items()}


rule simulate_basis:
    output:
        store=directory(f"{RESULTS}/basis/{{basis}}/parts/{{metabolite}}.zarr"),
    log:
        f"{RESULTS}/logs/simulate_basis/{{basis}}-{{metabolite}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/simulate_basis/{{basis}}-{{metabolite}}.tsv"
    params:
        settings=simulation_settings,
        code=code("simulate_basis"),
    script:
        "../../scripts/simulate_basis.py"


rule gather_basis:
    input:
        parts=lambda wildcards: expand(
            f"{RESULTS}/basis/{wildcards.basis}/parts/{{metabolite}}.zarr",
            metabolite=config["bases"][wildcards.basis]["metabolites"],
        ),
    output:
        store=directory(f"{RESULTS}/basis/{{basis}}/basis.zarr"),
    log:
        f"{RESULTS}/logs/gather_basis/{{basis}}.log",
    params:
        basis=lambda wildcards: config["bases"][wildcards.basis],
        simulation_code=code("simulate_basis"),
        code=code("gather_basis"),
    script:
        "../../scripts/gather_basis.py"


rule check_basis:
    input:
        store=f"{RESULTS}/basis/{{basis}}/basis.zarr",
    output:
        table=f"{RESULTS}/basis/{{basis}}/check.csv",
    log:
        f"{RESULTS}/logs/check_basis/{{basis}}.log",
    params:
        protons=proton_counts,
        code=code("check_basis"),
    script:
        "../../scripts/check_basis.py"


rule export_basis:
    input:
        store=f"{RESULTS}/basis/{{basis}}/basis.zarr",
    output:
        off=f"{RESULTS}/basis/{{basis}}/off.basis",
        diff=f"{RESULTS}/basis/{{basis}}/diff.basis",
    log:
        f"{RESULTS}/logs/export_basis/{{basis}}.log",
    params:
        linewidth_hz=config["basis_export"]["linewidth_hz"],
        code=code("export_basis"),
    script:
        "../../scripts/export_basis.py"


rule compare_bases:
    input:
        stores=[basis_store(name) for name in config["bases"]],
    output:
        distances=f"{RESULTS}/basis/comparison.csv",
        feature=f"{RESULTS}/basis/naa-on-feature.csv",
    log:
        f"{RESULTS}/logs/compare_bases.log",
    params:
        names=list(config["bases"]),
        linewidth_hz=config["basis_export"]["linewidth_hz"],
        code=code("compare_bases"),
    script:
        "../../scripts/compare_bases.py"


TARGETS += expand(
    f"{RESULTS}/basis/{{basis}}/{{product}}", basis=config["bases"], product=["check.csv", "off.basis", "diff.basis"]
)
TARGETS += [f"{RESULTS}/basis/comparison.csv"]
