# A user's own spectra: `snakemake --cores N quantify --config measured=path/to/manifest-or-folder`.


rule match_basis:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
    output:
        store=directory(f"{RESULTS}/answer/{{measured}}/basis.zarr"),
        settings=f"{RESULTS}/answer/{{measured}}/matching.yaml",
    log:
        f"{RESULTS}/logs/match_basis/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/match_basis/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        settings=BASES.simulation(config["answer"]["basis"], BASES.metabolites(config["answer"]["basis"])),
        bases={name: BASES.treatment(name) for name in BASES.names},
        scale=lambda wildcards: f"{config['scale']}-{wildcards.measured.lower()}",
        code=code("match_basis"),
    script:
        "../../scripts/match_basis.py"


use rule export_basis as export_matched_basis with:
    input:
        store=f"{RESULTS}/answer/{{measured}}/basis.zarr",
    output:
        off=f"{RESULTS}/answer/{{measured}}/off.basis",
        diff=f"{RESULTS}/answer/{{measured}}/diff.basis",
    log:
        f"{RESULTS}/logs/export_matched_basis/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/export_matched_basis/{{measured}}.tsv"


rule calibrate_intervals:
    input:
        quantities=calibration_quantities(),
    output:
        table=f"{RESULTS}/answer/calibration.csv",
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
        table=f"{RESULTS}/answer/{{measured}}/training-range.csv",
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
        quantities=lambda wildcards: answering_quantities(wildcards.measured),
        calibration=f"{RESULTS}/answer/calibration.csv",
        quality=f"{RESULTS}/measured/{{measured}}-qc.csv",
        ranges=f"{RESULTS}/answer/{{measured}}/training-range.csv",
        pictures=lambda wildcards: list(answer_pictures(wildcards.measured).values()),
        template="workflow/report/answer.html.jinja",
    output:
        table=f"{RESULTS}/answer/{{measured}}/concentrations.csv",
        json=f"{RESULTS}/answer/{{measured}}/concentrations.json",
        page=f"{RESULTS}/answer/{{measured}}/answer.html",
    log:
        f"{RESULTS}/logs/answer/{{measured}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/answer/{{measured}}.tsv"
    conda:
        ENVIRONMENT
    params:
        references=config["answer"]["references"],
        captions=lambda wildcards: list(answer_pictures(wildcards.measured)),
        facts={"seed": config["seed"], "scale": config["scale"], "basis": config["answer"]["basis"]},
        missing=missing_methods(),
        command=lambda wildcards: training_command(wildcards.measured),
        code=code("answer"),
    script:
        "../../scripts/answer.py"


rule quantify:
    input:
        expand(
            f"{RESULTS}/answer/{{measured}}/{{product}}",
            measured=MEASURED.recorded or ["phantoms"],
            product=["concentrations.csv", "concentrations.json", "answer.html"],
        ),


localrules:
    quantify,
