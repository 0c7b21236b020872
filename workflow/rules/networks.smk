# Networks applied to simulated and measured spectra.


use rule step as quantify_simulated with:
    input:
        models=trained_models(MODELS.quantifying),
        spectra=[spectra_store(name) for name in config["quantify"]["simulated"]],
    output:
        table=f"{RESULTS}/quantities/networks-simulated.csv",
    pathvars:
        job="quantify_simulated",
    params:
        **runs("quantify_networks"),
        datasets=config["quantify"]["simulated"],
        batch_size=config["quantify"]["batch_size"],


use rule quantify_simulated as quantify_measured with:
    input:
        models=trained_models(MODELS.quantifying),
        spectra=[measured_store(name) for name in MEASURED.names],
    output:
        table=f"{RESULTS}/quantities/networks-measured.csv",
    pathvars:
        job="quantify_measured",
    params:
        datasets=MEASURED.names,


# Networks that come trained with the repository, on every measured set: no training comes before them.
use rule quantify_simulated as quantify_shipped with:
    input:
        models=list(shipped_models().values()),
        spectra=[measured_store(name) for name in MEASURED.names],
    output:
        table=f"{RESULTS}/quantities/shipped-measured.csv",
    pathvars:
        job="quantify_shipped",
    params:
        datasets=MEASURED.names,


QUANTITIES += [rules.quantify_shipped.output.table] * bool(shipped_models())
QUANTITIES += [rules.quantify_simulated.output.table, rules.quantify_measured.output.table]
