# What the rules of rules/statistics.smk ask for: inputs, parameters and paths worked out from the settings.


def generating_bases():
    """Basis that made each simulated or synthetic data set, where it was a single one."""
    described = config["datasets"]  # the stand-ins are drawn from several
    made = {name: one.get("basis") for name, one in described.items() if isinstance(one, dict)}
    return {name: basis for name, basis in made.items() if isinstance(basis, str)}


def training_stores():
    """Stores of the training sets that the statistics name and the config knows."""
    names = [name for name in STATISTICS["training_sets"].values() if name in config.get("datasets", {})]
    return {name: f"{RESULTS}/spectra/{name}.zarr" for name in dict.fromkeys(names)}
