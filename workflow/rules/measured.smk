# Measured data, their stand-ins and their quality.

if not MEASURED.recorded and workflow.is_main_process:
    logger.info(
        "No recorded spectra are configured: the synthetic stand-ins `phantoms` take their place. To use your own or the "
        "study's, see `measured` in config/config.yaml, or: snakemake --config measured=path/to/manifest-or-folder"
    )


wildcard_constraints:
    measured="|".join(MEASURED.names),


use rule step as simulate_phantoms with:
    input:
        table=config["phantoms"]["table"],
        bases=[basis_store(name) for name in config["phantoms"]["bases"]],
    output:
        data=directory(f"{RESULTS}/phantoms/data"),
        manifest=f"{RESULTS}/phantoms/manifest.csv",
        imperfections=f"{RESULTS}/phantoms/imperfections.csv",
    pathvars:
        job="simulate_phantoms",
    params:
        **runs("simulate_phantoms"),
        settings=config["phantoms"],
        seed=config["seed"],


use rule step as fetch_measured with:
    input:
        lambda wildcards: MEASURED[wildcards.measured].get("path", []),
    output:
        folder=directory("results/raw/{measured}"),
    pathvars:
        job="fetch_measured/{measured}",
    params:
        **runs("fetch_measured"),
        source=lambda wildcards: MEASURED[wildcards.measured],


use rule step as index_swansea with:
    input:
        folder=lambda wildcards: set_folder(wildcards.measured),
        files=lambda wildcards: MEASURED.files(wildcards.measured),
    output:
        manifest=f"{RESULTS}/measured/{{measured}}-manifest.csv",
        doubts=f"{RESULTS}/measured/{{measured}}-doubts.csv",
    pathvars:
        job="index_swansea/{measured}",
    params:
        **runs("index_swansea"),
        inside=lambda wildcards: MEASURED[wildcards.measured].get("folder", "."),


use rule step as read_measured with:
    input:
        manifest=lambda wildcards: set_manifest(wildcards.measured),
        files=lambda wildcards: MEASURED.files_named(wildcards.measured),
    output:
        store=directory(f"{RESULTS}/measured/{{measured}}.zarr"),
        listing=f"{RESULTS}/measured/{{measured}}-listing.csv",
    pathvars:
        job="read_measured/{measured}",
    params:
        **runs("read_measured"),
        metabolites=BASES.metabolites(BASES.first),


use rule step as export_measured with:
    input:
        manifest=lambda wildcards: set_manifest(wildcards.measured),
        files=lambda wildcards: MEASURED.files_named(wildcards.measured),
    output:
        folder=directory(f"{RESULTS}/measured/{{measured}}-derivatives"),
    pathvars:
        job="export_measured/{measured}",
    params:
        **runs("export_measured"),


# Every stage of the user's own spectra as NIfTI-MRS: built on request alone.
rule nifti:
    input:
        [f"{RESULTS}/measured/{name}-derivatives" for name in MEASURED.recorded or ["phantoms"]],


localrules:
    nifti,


use rule step as assess_quality with:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
        listing=f"{RESULTS}/measured/{{measured}}-listing.csv",
    output:
        table=f"{RESULTS}/measured/{{measured}}-qc.csv",
    pathvars:
        job="assess_quality/{measured}",
    params:
        **runs("assess_quality"),
        limits=config["quality"],


use rule step as figure_quality with:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
        table=f"{RESULTS}/measured/{{measured}}-qc.csv",
    output:
        **figure_outputs("figure-quality-{measured}"),
    pathvars:
        job="figure_quality/{measured}",
    params:
        **runs("figure_quality"),
        limits=config["quality"],


use rule step as estimate_noise with:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
    output:
        posterior=report(noise_estimate("{measured}", "posterior.csv"), category="Noise", labels={"set": "{measured}"}),
        summary=noise_estimate("{measured}", "posterior.json"),
        draws=noise_estimate("{measured}", "draws.csv"),
        tail=noise_estimate("{measured}", "tail.csv"),
    pathvars:
        job="estimate_noise/{measured}",
    params:
        **runs("estimate_noise"),
        regions_ppm=STATISTICS["sim_to_real"]["noise_regions_ppm"],
        settings=config["noise_estimate"],
        seed=config["seed"],


use rule step as figure_noise with:
    input:
        posterior=noise_estimate("{measured}", "posterior.csv"),
        summary=noise_estimate("{measured}", "posterior.json"),
        draws=noise_estimate("{measured}", "draws.csv"),
        tail=noise_estimate("{measured}", "tail.csv"),
    output:
        **figure_outputs("figure-noise-{measured}"),
    pathvars:
        job="figure_noise/{measured}",
    params:
        **runs("figure_noise"),


TARGETS += [measured_store(name) for name in MEASURED.names]
TARGETS += [f"{RESULTS}/measured/{name}-qc.csv" for name in MEASURED.names]
TARGETS += [f"{RESULTS}/figures/figure-quality-{name}.pdf" for name in MEASURED.names]
TARGETS += [f"{RESULTS}/figures/figure-noise-{name}.pdf" for name in DATASETS.noise_sources]
LOOK_FIRST += [f"{RESULTS}/figures/figure-quality-{name}.png" for name in MEASURED.names]
