# Conventional quantification: our linear-combination fit, and the LCModel program where it is installed.

import shutil


wildcard_constraints:
    fitted="|".join(config["fit"]["sets"]),
    program="lcm|lcmodel",


def fitted_store(wildcards):
    """Store of a simulated or measured data set by its name in the config."""
    if wildcards.fitted in config["datasets"]:
        return spectra_store(wildcards.fitted)
    if wildcards.fitted in MEASURED:
        return measured_store(wildcards.fitted)
    raise WorkflowError(f"`fit.sets` names `{wildcards.fitted}`, which is neither in `datasets` nor in `measured`.")


def fitted_basis(product):
    """Input function: a product of the basis that a data set is fitted with."""
    return lambda wildcards: f"{RESULTS}/basis/{config['fit']['sets'][wildcards.fitted]['basis']}/{product}"


rule fit_lcm:
    input:
        spectra=fitted_store,
        basis=fitted_basis("basis.zarr"),
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


rule fit_lcmodel:
    input:
        spectra=fitted_store,
        basis=fitted_basis("basis.zarr"),
        off=fitted_basis("off.basis"),
        diff=fitted_basis("diff.basis"),
    output:
        table=f"{RESULTS}/quantities/lcmodel-{{fitted}}.csv",
        curves=directory(f"{RESULTS}/fits/lcmodel-{{fitted}}-curves.zarr"),
    log:
        f"{RESULTS}/logs/fit_lcmodel/{{fitted}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/fit_lcmodel/{{fitted}}.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    params:
        settings=config["lcmodel"],
        code=code("fit_lcmodel"),
    script:
        "../../scripts/fit_lcmodel.py"


rule figure_fit:
    input:
        curves=f"{RESULTS}/fits/{{program}}-{{fitted}}-curves.zarr",
    output:
        pdf=f"{RESULTS}/figures/figure-fit-{{program}}-{{fitted}}.pdf",
        png=f"{RESULTS}/figures/figure-fit-{{program}}-{{fitted}}.png",
    log:
        f"{RESULTS}/logs/figure_fit/{{program}}-{{fitted}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_fit/{{program}}-{{fitted}}.tsv"
    conda:
        ENVIRONMENT
    params:
        code=code("figure_fit"),
    script:
        "../../scripts/figure_fit.py"


# Only sets that the config describes elsewhere are fitted by default. Without LCModel its table has no rows and no picture.
FITTED = [name for name in config["fit"]["sets"] if name in {*config["datasets"], *MEASURED}]
PICTURED = ["lcm", "lcmodel"] if shutil.which(config["lcmodel"]["executable"] or "lcmodel") else ["lcm"]
QUANTITIES += expand(f"{RESULTS}/quantities/{{program}}-{{fitted}}.csv", program=["lcm", "lcmodel"], fitted=FITTED)
TARGETS += expand(f"{RESULTS}/quantities/{{program}}-{{fitted}}.csv", program=["lcm", "lcmodel"], fitted=FITTED)
TARGETS += expand(f"{RESULTS}/figures/figure-fit-{{program}}-{{fitted}}.pdf", program=PICTURED, fitted=FITTED)
