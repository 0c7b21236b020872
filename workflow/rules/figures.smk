# Pictures from results; every figure as PDF and PNG.


use rule step as figure_basis with:
    input:
        store=f"{RESULTS}/basis/{{basis}}/basis.zarr",
    output:
        **figure_outputs("figure-01-basis-{basis}"),
    pathvars:
        job="figure_basis/{basis}",
    params:
        **runs("figure_basis"),
        basis=lambda wildcards: config["bases"][wildcards.basis],
        sequences=config["sequences"],
        pulses=config["pulses"],
        linewidth_hz=config["basis_export"]["linewidth_hz"],


use rule step as figure_basis_comparison with:
    input:
        stores=[basis_store(name) for name in BASES.scanners],
    output:
        **figure_outputs("figure-01b-basis-comparison"),
    pathvars:
        job="figure_basis_comparison",
    params:
        **runs("figure_basis_comparison"),
        names=BASES.scanners,
        linewidth_hz=config["basis_export"]["linewidth_hz"],


use rule step as figure_pulses with:
    output:
        **figure_outputs("figure-01c-pulses"),
        table=f"{RESULTS}/basis/pulses.csv",
    pathvars:
        job="figure_pulses",
    params:
        **runs("figure_pulses"),
        bases=config["bases"],
        pulses=config["pulses"],


use rule step as figure_02 with:
    input:
        layers=f"{RESULTS}/networks/layers.csv",
    output:
        **figure_outputs("figure-02-yae"),
    pathvars:
        job="figure_02",
    params:
        **runs("figure_02"),
        channels=len(config.get("models", {}).get("yae", {}).get("channels", [])) or 4,
        metabolites=BASES.metabolites(BASES.first),


use rule step as figure_06 with:
    input:
        errors=rules.summarise_errors.output.overall,
        agreement=rules.summarise_agreement.output.table,
        quantities=rules.gather_quantities.output.table,
    output:
        **figure_outputs("figure-06-simulation-scatter"),
    pathvars:
        job="figure_06",
    params:
        **runs("figure_06"),
        settings=STATISTICS,


use rule step as figure_07 with:
    input:
        errors=rules.summarise_errors.output.overall,
        per_item=rules.summarise_errors.output.per_item,
    output:
        **figure_outputs("figure-07-phantom-errors"),
    pathvars:
        job="figure_07",
    params:
        **runs("figure_07"),
        settings=STATISTICS,


use rule step as figure_08 with:
    input:
        spectra=rules.compare_spectra.output.spectra,
    output:
        **figure_outputs("figure-08-measured-and-simulated"),
    pathvars:
        job="figure_08",
    params:
        **runs("figure_08"),


use rule step as figure_09 with:
    input:
        spectra=rules.compare_spectra.output.spectra,
    output:
        **figure_outputs("figure-09-sim-to-real"),
    pathvars:
        job="figure_09",
    params:
        **runs("figure_09"),


use rule step as figure_answer with:
    input:
        errors=rules.summarise_errors.output.overall,
    output:
        **figure_outputs("figure-10-answer"),
    pathvars:
        job="figure_answer",
    params:
        **runs("figure_answer"),
        settings=STATISTICS,


use rule step as figure_agreement with:
    input:
        errors=rules.summarise_errors.output.overall,
        agreement=rules.summarise_agreement.output.table,
        quantities=rules.gather_quantities.output.table,
    output:
        **figure_outputs("figure-11-bland-altman"),
    pathvars:
        job="figure_agreement",
    params:
        **runs("figure_agreement"),
        settings=STATISTICS,
        generating=generating_bases(config),


use rule step as figure_training_sets with:
    input:
        errors=rules.summarise_errors.output.overall,
        distances=rules.test_methods.output.distances,
    output:
        **figure_outputs("figure-12-training-sets"),
    pathvars:
        job="figure_training_sets",
    params:
        **runs("figure_training_sets"),
        settings=STATISTICS,


FIGURES = [f"figure-01-basis-{BASES.first}", "figure-01b-basis-comparison", "figure-01c-pulses"]
FIGURES += [
    "figure-02-yae",
    "figure-06-simulation-scatter",
    "figure-07-phantom-errors",
    "figure-10-answer",
    "figure-11-bland-altman",
]
FIGURES += ["figure-12-training-sets", "figure-08-measured-and-simulated", "figure-09-sim-to-real"]
TARGETS += [figure_outputs(name)["pdf"] for name in FIGURES]
LOOK_FIRST += [figure_outputs(name)["png"] for name in FIGURES[:2]]
