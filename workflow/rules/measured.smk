# Measured data, their stand-ins and their quality.

if not MEASURED.recorded and workflow.is_main_process:
    logger.info(
        "No recorded spectra are configured: the synthetic stand-ins `phantoms` take their place. To use your own or the "
        "study's, see `measured` in config/config.yaml, or: snakemake --config measured=path/to/manifest-or-folder"
    )


wildcard_constraints:
    measured="|".join(MEASURED.names),


rule simulate_phantoms:
    input:
        table=config["phantoms"]["table"],
        bases=[basis_store(name) for name in config["phantoms"]["bases"]],
    output:
        data=directory(f"{RESULTS}/phantoms/data"),
        manifest=f"{RESULTS}/phantoms/manifest.csv",
        imperfections=f"{RESULTS}/phantoms/imperfections.csv",
    log:
        f"{RESULTS}/logs/simulate_phantoms.log",
    benchmark:
        f"{RESULTS}/benchmarks/simulate_phantoms.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=config["phantoms"],
        seed=config["seed"],
        code=code("simulate_phantoms"),
    script:
        "../../scripts/simulate_phantoms.py"


rule fetch_measured:
    input:
        lambda wildcards: MEASURED[wildcards.measured].get("path", []),
    output:
        folder=directory("results/raw/{measured}"),
    log:
        f"{RESULTS}/logs/fetch_measured/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/fetch_measured/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        source=lambda wildcards: MEASURED[wildcards.measured],
        code=code("fetch_measured"),
    script:
        "../../scripts/fetch_measured.py"


rule index_swansea:
    input:
        folder=lambda wildcards: set_folder(wildcards.measured),
        files=lambda wildcards: MEASURED.files(wildcards.measured),
    output:
        manifest=f"{RESULTS}/measured/{{measured}}-manifest.csv",
        doubts=f"{RESULTS}/measured/{{measured}}-doubts.csv",
    log:
        f"{RESULTS}/logs/index_swansea/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/index_swansea/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        inside=lambda wildcards: MEASURED[wildcards.measured].get("folder", "."),
        code=code("index_swansea"),
    script:
        "../../scripts/index_swansea.py"


rule read_measured:
    input:
        manifest=lambda wildcards: set_manifest(wildcards.measured),
        files=lambda wildcards: MEASURED.files_named(wildcards.measured),
    output:
        store=directory(f"{RESULTS}/measured/{{measured}}.zarr"),
        listing=f"{RESULTS}/measured/{{measured}}-listing.csv",
    log:
        f"{RESULTS}/logs/read_measured/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/read_measured/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        metabolites=BASES.metabolites(BASES.first),
        code=code("read_measured"),
    script:
        "../../scripts/read_measured.py"


rule assess_quality:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
        listing=f"{RESULTS}/measured/{{measured}}-listing.csv",
    output:
        table=f"{RESULTS}/measured/{{measured}}-qc.csv",
    log:
        f"{RESULTS}/logs/assess_quality/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/assess_quality/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        limits=config["quality"],
        code=code("assess_quality"),
    script:
        "../../scripts/assess_quality.py"


rule figure_quality:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
        table=f"{RESULTS}/measured/{{measured}}-qc.csv",
    output:
        **figure_outputs("figure-quality-{measured}"),
    log:
        f"{RESULTS}/logs/figure_quality/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figure_quality/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        limits=config["quality"],
        code=code("figure_quality"),
    script:
        "../../scripts/figure_quality.py"


TARGETS += [measured_store(name) for name in MEASURED.names]
TARGETS += [f"{RESULTS}/measured/{name}-qc.csv" for name in MEASURED.names]
TARGETS += [f"{RESULTS}/figures/figure-quality-{name}.pdf" for name in MEASURED.names]
LOOK_FIRST += [f"{RESULTS}/figures/figure-quality-{name}.png" for name in MEASURED.names]
