# Conventional quantification: our linear-combination fit, and the LCModel program where it is installed.


wildcard_constraints:
    fitted="|".join([*DATASETS.names, *MEASURED.names]),
    program="lcm|lcmodel",


use rule step as fit_lcm with:
    input:
        spectra=fitted_store,
        basis=fitted_basis("basis.zarr"),
    output:
        table=f"{RESULTS}/quantities/lcm-{{fitted}}.csv",
        quality=f"{RESULTS}/fits/lcm-{{fitted}}-quality.csv",
        curves=directory(f"{RESULTS}/fits/lcm-{{fitted}}-curves.zarr"),
    pathvars:
        job="fit_lcm/{fitted}",
    params:
        **runs("fit_lcm"),
        settings=lambda wildcards: FITS.of_set(wildcards.fitted),
        components=lambda wildcards: FITS.components(wildcards.fitted),
        kinds=config["fit"]["kinds"],


use rule step as fit_lcmodel with:
    input:
        spectra=fitted_store,
        basis=fitted_basis("basis.zarr"),
        off=fitted_basis("off.basis"),
        diff=fitted_basis("diff.basis"),
    output:
        table=f"{RESULTS}/quantities/lcmodel-{{fitted}}.csv",
        curves=directory(f"{RESULTS}/fits/lcmodel-{{fitted}}-curves.zarr"),
    pathvars:
        job="fit_lcmodel/{fitted}",
    threads: 2
    params:
        **runs("fit_lcmodel"),
        settings=config["lcmodel"],


use rule step as figure_fit with:
    input:
        curves=f"{RESULTS}/fits/{{program}}-{{fitted}}-curves.zarr",
    output:
        **figure_outputs("figure-fit-{program}-{fitted}"),
    pathvars:
        job="figure_fit/{program}-{fitted}",
    params:
        **runs("figure_fit"),


QUANTITIES += expand(f"{RESULTS}/quantities/{{program}}-{{fitted}}.csv", program=["lcm", "lcmodel"], fitted=FITS.names)
TARGETS += expand(f"{RESULTS}/quantities/{{program}}-{{fitted}}.csv", program=["lcm", "lcmodel"], fitted=FITS.names)
TARGETS += expand(f"{RESULTS}/figures/figure-fit-{{program}}-{{fitted}}.pdf", program=PROGRAMS, fitted=FITS.names)
