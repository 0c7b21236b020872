# Conventional quantification: our linear-combination fit, and the LCModel program where it is installed.


wildcard_constraints:
    fitted="|".join([*DATASETS.names, *MEASURED.names]),
    program="calibrated|lcm|lcmodel",


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
        media=lambda wildcards: FITS.media(wildcards.fitted),
        kinds=config["fit"]["kinds"],


use rule step as calibrate_basis with:
    input:
        spectra=fitted_store,
        family=fitted_family,
    output:
        table=f"{RESULTS}/quantities/calibrated-{{fitted}}.csv",
        quality=f"{RESULTS}/fits/calibrated-{{fitted}}-quality.csv",
        scanner=f"{RESULTS}/fits/calibrated-{{fitted}}-scanner.csv",
        basis=directory(f"{RESULTS}/fits/calibrated-{{fitted}}-basis.zarr"),
        curves=directory(f"{RESULTS}/fits/calibrated-{{fitted}}-curves.zarr"),
    pathvars:
        job="calibrate_basis/{fitted}",
    params:
        **runs("calibrate_basis"),
        settings=lambda wildcards: FITS.of_calibrated(wildcards.fitted),
        calibration=FITS.calibration,
        components=lambda wildcards: FITS.components(wildcards.fitted),


use rule export_basis as export_calibrated_basis with:
    input:
        store=f"{RESULTS}/fits/calibrated-{{fitted}}-basis.zarr",
    output:
        off=f"{RESULTS}/fits/calibrated-{{fitted}}-off.basis",
        diff=f"{RESULTS}/fits/calibrated-{{fitted}}-diff.basis",
    pathvars:
        job="export_calibrated_basis/{fitted}",


use rule step as figure_calibrated_basis with:
    input:
        stores=lambda wildcards: [
            fitted_basis("basis.zarr")(wildcards),
            f"{RESULTS}/fits/calibrated-{wildcards.fitted}-basis.zarr",
        ],
    output:
        **figure_outputs("figure-calibrated-basis-{fitted}"),
    pathvars:
        job="figure_calibrated_basis/{fitted}",
    params:
        **runs("figure_basis_comparison"),
        names=["nominal", "calibrated"],
        linewidth_hz=config["basis_export"]["linewidth_hz"],


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


FITTERS = ["calibrated", "lcm", "lcmodel"]
QUANTITIES += expand(f"{RESULTS}/quantities/{{program}}-{{fitted}}.csv", program=FITTERS, fitted=FITS.names)
TARGETS += expand(f"{RESULTS}/quantities/{{program}}-{{fitted}}.csv", program=FITTERS, fitted=FITS.names)
TARGETS += expand(f"{RESULTS}/fits/calibrated-{{fitted}}-{{state}}.basis", fitted=FITS.names, state=["off", "diff"])
TARGETS += expand(f"{RESULTS}/figures/figure-calibrated-basis-{{fitted}}.pdf", fitted=FITS.names)
TARGETS += expand(f"{RESULTS}/figures/figure-fit-{{program}}-{{fitted}}.pdf", program=PROGRAMS, fitted=FITS.names)
