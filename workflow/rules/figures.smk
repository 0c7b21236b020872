# Pictures from results; every figure as PDF and PNG.


rule figure_basis:
    input:
        store=f"{RESULTS}/basis/{{basis}}/basis.zarr",
    output:
        **figure_outputs("figure-01-basis-{basis}"),
    log:
        f"{RESULTS}/logs/figure_basis/{{basis}}.log",
    conda:
        ENVIRONMENT
    params:
        basis=lambda wildcards: config["bases"][wildcards.basis],
        sequences=config["sequences"],
        pulses=config["pulses"],
        linewidth_hz=config["basis_export"]["linewidth_hz"],
        code=code("figure_basis"),
    script:
        "../../scripts/figure_basis.py"


rule figure_basis_comparison:
    input:
        stores=[basis_store(name) for name in config["bases"]],
    output:
        **figure_outputs("figure-01b-basis-comparison"),
    log:
        f"{RESULTS}/logs/figure_basis_comparison.log",
    conda:
        ENVIRONMENT
    params:
        names=list(config["bases"]),
        linewidth_hz=config["basis_export"]["linewidth_hz"],
        code=code("figure_basis_comparison"),
    script:
        "../../scripts/figure_basis_comparison.py"


rule figure_pulses:
    output:
        **figure_outputs("figure-01c-pulses"),
        table=f"{RESULTS}/basis/pulses.csv",
    log:
        f"{RESULTS}/logs/figure_pulses.log",
    conda:
        ENVIRONMENT
    params:
        bases=config["bases"],
        pulses=config["pulses"],
        code=code("figure_pulses"),
    script:
        "../../scripts/figure_pulses.py"


FIRST_BASIS = next(iter(config["bases"]))
FIGURES = [f"figure-01-basis-{FIRST_BASIS}", "figure-01b-basis-comparison", "figure-01c-pulses"]
TARGETS += [figure_outputs(name)["pdf"] for name in FIGURES]
LOOK_FIRST += [figure_outputs(name)["png"] for name in FIGURES[:2]]
