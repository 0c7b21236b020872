# A user's own spectra: `snakemake --cores N quantify --config measured=path/to/manifest-or-folder`.


rule match_basis:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
    output:
        store=directory(f"{RESULTS}/own/{{measured}}/basis.zarr"),
        settings=f"{RESULTS}/own/{{measured}}/matching.yaml",
    log:
        f"{RESULTS}/logs/match_basis/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/match_basis/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=matched_settings(),
        bases={name: without_metabolites(basis) for name, basis in config["bases"].items()},
        scale=lambda wildcards: f"{config['scale']}-{wildcards.measured.lower()}",
        code=code("match_basis"),
    script:
        "../../scripts/match_basis.py"


rule export_matched_basis:
    input:
        store=f"{RESULTS}/own/{{measured}}/basis.zarr",
    output:
        off=f"{RESULTS}/own/{{measured}}/off.basis",
        diff=f"{RESULTS}/own/{{measured}}/diff.basis",
    log:
        f"{RESULTS}/logs/export_matched_basis/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/export_matched_basis/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        linewidth_hz=config["basis_export"]["linewidth_hz"],
        code=code("export_basis"),
    script:
        "../../scripts/export_basis.py"


rule calibrate_intervals:
    input:
        quantities=calibration_quantities(),
    output:
        table=f"{RESULTS}/own/calibration.csv",
    log:
        f"{RESULTS}/logs/calibrate_intervals.log",
    benchmark:
        f"{RESULTS}/benchmarks/calibrate_intervals.tsv"
    conda:
        ENVIRONMENT
    params:
        references=config["answer"]["references"],
        coverage=config["answer"]["coverage"],
        dataset=config["answer"]["calibration_set"],
        code=code("calibrate_intervals"),
    script:
        "../../scripts/calibrate_intervals.py"


rule compare_with_training:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
        quality=f"{RESULTS}/measured/{{measured}}-qc.csv",
        training=list(range_training().values()),
        models=[folder for folder, _ in range_models()],
    output:
        table=f"{RESULTS}/own/{{measured}}/training-range.csv",
    log:
        f"{RESULTS}/logs/compare_with_training/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/compare_with_training/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        models=range_models(),
        training=range_training(),
        number_of_items=config["answer"]["range_items"],
        code=code("compare_with_training"),
    script:
        "../../scripts/compare_with_training.py"


rule answer:
    input:
        quantities=lambda wildcards: own_quantities(wildcards.measured),
        calibration=f"{RESULTS}/own/calibration.csv",
        quality=f"{RESULTS}/measured/{{measured}}-qc.csv",
        ranges=f"{RESULTS}/own/{{measured}}/training-range.csv",
        pictures=lambda wildcards: list(own_pictures(wildcards.measured).values()),
        template="workflow/report/answer.html.jinja",
    output:
        table=f"{RESULTS}/own/{{measured}}/concentrations.csv",
        json=f"{RESULTS}/own/{{measured}}/concentrations.json",
        page=f"{RESULTS}/own/{{measured}}/answer.html",
    log:
        f"{RESULTS}/logs/answer/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/answer/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        references=config["answer"]["references"],
        captions=lambda wildcards: list(own_pictures(wildcards.measured)),
        facts={"seed": config["seed"], "scale": config["scale"], "basis": config["answer"]["basis"]},
        missing=missing_methods(),
        command=lambda wildcards: training_command(wildcards.measured),
        code=code("answer"),
    script:
        "../../scripts/answer.py"


rule quantify:
    input:
        expand(
            f"{RESULTS}/own/{{measured}}/{{product}}",
            measured=list(SETS) or ["phantoms"],
            product=["concentrations.csv", "concentrations.json", "answer.html"],
        ),


localrules:
    quantify,
