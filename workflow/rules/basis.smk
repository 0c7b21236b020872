# Spin systems to a checked and exported metabolite basis.


wildcard_constraints:
    basis="|".join(BASES.names),
    metabolites="[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*",


rule simulate_basis:
    input:
        waveforms=lambda wildcards: BASES.waveform_files(wildcards.basis),
    output:
        store=directory(f"{RESULTS}/basis/{{basis}}/parts/{{metabolites}}.zarr"),
    log:
        f"{RESULTS}/logs/simulate_basis/{{basis}}-{{metabolites}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/simulate_basis/{{basis}}-{{metabolites}}.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=lambda wildcards: BASES.simulation(wildcards.basis, wildcards.metabolites.split("-")),
        code=code("simulate_basis"),
    script:
        "../../scripts/simulate_basis.py"


rule gather_basis:
    input:
        parts=lambda wildcards: basis_parts(wildcards.basis),
    output:
        store=directory(f"{RESULTS}/basis/{{basis}}/basis.zarr"),
    log:
        f"{RESULTS}/logs/gather_basis/{{basis}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/gather_basis/{{basis}}.tsv"
    conda:
        ENVIRONMENT
    params:
        basis=lambda wildcards: BASES.entries[wildcards.basis],
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
    benchmark:
        f"{RESULTS}/benchmarks/check_basis/{{basis}}.tsv"
    conda:
        ENVIRONMENT
    params:
        protons=lambda wildcards: BASES.protons(wildcards.basis),
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
    benchmark:
        f"{RESULTS}/benchmarks/export_basis/{{basis}}.tsv"
    conda:
        ENVIRONMENT
    params:
        linewidth_hz=config["basis_export"]["linewidth_hz"],
        code=code("export_basis"),
    script:
        "../../scripts/export_basis.py"


rule compare_bases:
    input:
        stores=[basis_store(name) for name in BASES.names],
    output:
        distances=f"{RESULTS}/basis/comparison.csv",
        feature=f"{RESULTS}/basis/naa-on-feature.csv",
    log:
        f"{RESULTS}/logs/compare_bases.log",
    benchmark:
        f"{RESULTS}/benchmarks/compare_bases.tsv"
    conda:
        ENVIRONMENT
    params:
        names=BASES.names,
        linewidth_hz=config["basis_export"]["linewidth_hz"],
        code=code("compare_bases"),
    script:
        "../../scripts/compare_bases.py"


TARGETS += expand(f"{RESULTS}/basis/{{basis}}/{{product}}", basis=BASES.names, product=["check.csv", "off.basis", "diff.basis"])
TARGETS += [f"{RESULTS}/basis/comparison.csv"]
