# Conventional quantification: our linear-combination fit, and the LCModel program where it is installed.


wildcard_constraints:
    fitted="|".join(config["fit"]["sets"]),


def fitted_store(name):
    """Store of a simulated or measured data set by its name in the config."""
    if name in config["datasets"]:
        return spectra_store(name)
    if name in MEASURED:
        return measured_store(name)
    raise WorkflowError(f"`fit.sets` names `{name}`, which is neither in `datasets` nor in `measured`.")


rule fit_lcm:
    input:
        spectra=lambda wildcards: fitted_store(wildcards.fitted),
        basis=lambda wildcards: basis_store(config["fit"]["sets"][wildcards.fitted]["basis"]),
    output:
        table=f"{RESULTS}/quantities/lcm-{{fitted}}.csv",
        quality=f"{RESULTS}/fits/lcm-{{fitted}}-quality.csv",
        curves=directory(f"{RESULTS}/fits/lcm-{{fitted}}-curves.zarr"),
    log:
        f"{RESULTS}/logs/fit_lcm/{{fitted}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/fit_lcm/{{fitted}}.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    params:
        settings=config["fit"]["settings"],
        kinds=config["fit"]["kinds"],
        code=code("fit_lcm"),
    script:
        "../../scripts/fit_lcm.py"


rule figure_fit:
    input:
        curves=f"{RESULTS}/fits/lcm-{{fitted}}-curves.zarr",
    output:
        pdf=f"{RESULTS}/figures/figure-fit-{{fitted}}.pdf",
        png=f"{RESULTS}/figures/figure-fit-{{fitted}}.png",
    log:
        f"{RESULTS}/logs/figure_fit/{{fitted}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_fit/{{fitted}}.tsv"
    conda:
        ENVIRONMENT
    params:
        code=code("figure_fit"),
    script:
        "../../scripts/figure_fit.py"


# Only sets that the config describes elsewhere are fitted by default.
FITTED = [name for name in config["fit"]["sets"] if name in {*config["datasets"], *MEASURED}]
QUANTITIES += expand(f"{RESULTS}/quantities/lcm-{{fitted}}.csv", fitted=FITTED)
TARGETS += expand(f"{RESULTS}/quantities/lcm-{{fitted}}.csv", fitted=FITTED)
TARGETS += expand(f"{RESULTS}/figures/figure-fit-{{fitted}}.pdf", fitted=FITTED)
