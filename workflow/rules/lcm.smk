# Conventional quantification: our linear-combination fit, and the LCModel program where it is installed.


wildcard_constraints:
    fitted="|".join([*DATASETS.names, *MEASURED.names]),
    program="lcm|lcmodel",


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
    params:
        settings=lambda wildcards: FITS.of_set(wildcards.fitted),
        components=lambda wildcards: FITS.components(wildcards.fitted),
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
        **figure_outputs("figure-fit-{program}-{fitted}"),
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


QUANTITIES += expand(f"{RESULTS}/quantities/{{program}}-{{fitted}}.csv", program=["lcm", "lcmodel"], fitted=FITS.names)
TARGETS += expand(f"{RESULTS}/quantities/{{program}}-{{fitted}}.csv", program=["lcm", "lcmodel"], fitted=FITS.names)
TARGETS += expand(f"{RESULTS}/figures/figure-fit-{{program}}-{{fitted}}.pdf", program=PROGRAMS, fitted=FITS.names)
