# Spin systems to a checked and exported metabolite basis.


wildcard_constraints:
    basis="|".join(BASES.names),
    metabolites="[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*",
    family="|".join(FAMILIES.names) or "none",


use rule step as simulate_basis with:
    input:
        waveforms=lambda wildcards: BASES.waveform_files(wildcards.basis),
    output:
        store=directory(f"{RESULTS}/basis/{{basis}}/parts/{{metabolites}}.zarr"),
    pathvars:
        job="simulate_basis/{basis}-{metabolites}",
    params:
        **runs("simulate_basis"),
        settings=lambda wildcards: BASES.simulation(wildcards.basis, wildcards.metabolites.split("-")),


use rule step as gather_basis with:
    input:
        parts=lambda wildcards: basis_parts(wildcards.basis),
    output:
        store=directory(f"{RESULTS}/basis/{{basis}}/basis.zarr"),
    pathvars:
        job="gather_basis/{basis}",
    params:
        **runs("gather_basis"),
        basis=lambda wildcards: BASES.entries[wildcards.basis],
        simulation_code=code("simulate_basis"),


use rule step as check_basis with:
    input:
        store=f"{RESULTS}/basis/{{basis}}/basis.zarr",
    output:
        table=f"{RESULTS}/basis/{{basis}}/check.csv",
    pathvars:
        job="check_basis/{basis}",
    params:
        **runs("check_basis"),
        protons=lambda wildcards: BASES.protons(wildcards.basis),


use rule step as export_basis with:
    input:
        store=f"{RESULTS}/basis/{{basis}}/basis.zarr",
    output:
        off=f"{RESULTS}/basis/{{basis}}/off.basis",
        diff=f"{RESULTS}/basis/{{basis}}/diff.basis",
    pathvars:
        job="export_basis/{basis}",
    params:
        **runs("export_basis"),
        linewidth_hz=config["basis_export"]["linewidth_hz"],


use rule step as compare_bases with:
    input:
        stores=[basis_store(name) for name in BASES.names],
    output:
        distances=f"{RESULTS}/basis/comparison.csv",
        feature=f"{RESULTS}/basis/naa-on-feature.csv",
    pathvars:
        job="compare_bases",
    params:
        **runs("compare_bases"),
        names=BASES.names,
        linewidth_hz=config["basis_export"]["linewidth_hz"],


use rule step as simulate_family with:
    input:
        waveforms=lambda wildcards: FAMILIES.waveform_files(wildcards.family),
    output:
        store=directory(family_store("{family}")),
    pathvars:
        job="simulate_family/{family}",
    threads: 2
    params:
        **runs("simulate_family"),
        settings=lambda wildcards: FAMILIES.simulation(wildcards.family),
        seed=config["seed"],


use rule step as figure_family with:
    input:
        store=family_store("{family}"),
        measured=[measured_store(name) for name in MEASURED.names],
    output:
        **figure_outputs("figure-01e-family-{family}"),
    pathvars:
        job="figure_family/{family}",
    params:
        **runs("figure_family"),
        measured=MEASURED.names,
        linewidth_hz=config["basis_export"]["linewidth_hz"],


TARGETS += expand(f"{RESULTS}/basis/{{basis}}/{{product}}", basis=BASES.names, product=["check.csv", "off.basis", "diff.basis"])
TARGETS += [f"{RESULTS}/basis/comparison.csv"]
TARGETS += [figure_outputs(f"figure-01e-family-{name}")["pdf"] for name in FAMILIES.names[:1]]
