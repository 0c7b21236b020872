# A user's own spectra: `snakemake --cores N quantify --config measured=path/to/manifest-or-folder`.


use rule step as match_basis with:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
    output:
        store=directory(f"{RESULTS}/answer/{{measured}}/basis.zarr"),
        settings=f"{RESULTS}/answer/{{measured}}/matching.yaml",
    pathvars:
        job="match_basis/{measured}",
    params:
        **runs("match_basis"),
        settings=BASES.simulation(config["answer"]["basis"], BASES.metabolites(config["answer"]["basis"])),
        media={
            medium: BASES.spin_systems(config["answer"]["basis"], preset["metabolites"])
            for medium, preset in config["fit"]["media"].items()
        },
        bases={name: BASES.treatment(name) for name in BASES.names},
        scale=lambda wildcards: f"{config['scale']}-{wildcards.measured.lower()}",


use rule step as match_family with:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
    output:
        store=directory(f"{RESULTS}/answer/{{measured}}/family.zarr"),
    pathvars:
        job="match_family/{measured}",
    threads: 2
    params:
        **runs("match_family"),
        family=FITS.family,
        settings=FAMILIES.simulation(FITS.family),
        seed=config["seed"],


use rule export_basis as export_matched_basis with:
    input:
        store=f"{RESULTS}/answer/{{measured}}/basis.zarr",
    output:
        off=f"{RESULTS}/answer/{{measured}}/off.basis",
        diff=f"{RESULTS}/answer/{{measured}}/diff.basis",
    pathvars:
        job="export_matched_basis/{measured}",


use rule step as calibrate_intervals with:
    input:
        quantities=calibration_quantities(),
    output:
        table=f"{RESULTS}/answer/calibration.csv",
    pathvars:
        job="calibrate_intervals",
    params:
        **runs("calibrate_intervals"),
        references=config["answer"]["references"],
        coverage=config["answer"]["coverage"],
        dataset=config["answer"]["calibration_set"],


use rule step as compare_with_training with:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
        quality=f"{RESULTS}/measured/{{measured}}-qc.csv",
        training=list(range_training().values()),
        models=[folder for folder, _ in range_models()],
    output:
        table=f"{RESULTS}/answer/{{measured}}/training-range.csv",
    pathvars:
        job="compare_with_training/{measured}",
    params:
        **runs("compare_with_training"),
        models=range_models(),
        training=range_training(),
        number_of_items=config["answer"]["range_items"],


use rule step as compare_with_shipped with:
    input:
        store=f"{RESULTS}/measured/{{measured}}.zarr",
        models=list(shipped_models().values()),
    output:
        table=f"{RESULTS}/answer/{{measured}}/shipped-range.csv",
    pathvars:
        job="compare_with_shipped/{measured}",
    params:
        **runs("compare_with_shipped"),


use rule step as answer with:
    input:
        quantities=lambda wildcards: answering_quantities(wildcards.measured),
        calibrations=calibrations(),
        quality=f"{RESULTS}/measured/{{measured}}-qc.csv",
        ranges=lambda wildcards: training_ranges(wildcards.measured),
        pictures=lambda wildcards: list(answer_pictures(wildcards.measured).values()),
        curves=lambda wildcards: answer_curves(wildcards.measured),
        template="workflow/report/answer.html.jinja",
    output:
        table=f"{RESULTS}/answer/{{measured}}/concentrations.csv",
        json=f"{RESULTS}/answer/{{measured}}/concentrations.json",
        page=f"{RESULTS}/answer/{{measured}}/answer.html",
    pathvars:
        job="answer/{measured}",
    params:
        **runs("answer"),
        references=config["answer"]["references"],
        sums=config["answer"]["sums"],
        order=[config["answer"]["recommended"], *config["answer"]["stand_ins"]],
        useless_beyond=config["answer"]["useless_beyond"],
        limits=config["quality"],
        captions=lambda wildcards: list(answer_pictures(wildcards.measured)),
        facts={"seed": config["seed"], "scale": config["scale"], "basis": config["answer"]["basis"]},
        missing=missing_methods(),
        command=lambda wildcards: training_command(wildcards.measured),


rule quantify:
    input:
        expand(
            f"{RESULTS}/answer/{{measured}}/{{product}}",
            measured=MEASURED.recorded or ["phantoms"],
            product=["concentrations.csv", "concentrations.json", "answer.html"],
        ),


localrules:
    quantify,
