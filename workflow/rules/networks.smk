# Networks applied to simulated and measured spectra.


rule quantify_simulated:
    input:
        models=trained_models(MODELS.quantifying),
        spectra=[spectra_store(name) for name in config["quantify"]["simulated"]],
    output:
        table=f"{RESULTS}/quantities/networks-simulated.csv",
    log:
        f"{RESULTS}/logs/quantify_simulated.log",
    benchmark:
        f"{RESULTS}/benchmarks/quantify_simulated.tsv"
    conda:
        ENVIRONMENT
    params:
        datasets=config["quantify"]["simulated"],
        batch_size=config["quantify"]["batch_size"],
        code=code("quantify_networks"),
    script:
        "../../scripts/quantify_networks.py"


use rule quantify_simulated as quantify_measured with:
    input:
        models=trained_models(MODELS.quantifying),
        spectra=[measured_store(name) for name in MEASURED.names],
    output:
        table=f"{RESULTS}/quantities/networks-measured.csv",
    log:
        f"{RESULTS}/logs/quantify_measured.log",
    benchmark:
        f"{RESULTS}/benchmarks/quantify_measured.tsv"
    params:
        datasets=MEASURED.names,
        batch_size=config["quantify"]["batch_size"],
        code=code("quantify_networks"),


QUANTITIES += [rules.quantify_simulated.output.table, rules.quantify_measured.output.table]
