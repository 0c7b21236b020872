# What the rules of rules/statistics.smk ask for: inputs, parameters and paths worked out from the settings.


TESTED_ROLES = ("fixed", "augmented")  # training sets of the study's own tables; others are compared with the first only


def generating_bases():
    """Basis that made each simulated or synthetic data set, where it was a single one."""
    pools = {name: dataset["bases"] for name, dataset in config["datasets"].items()} | {"phantoms": config["phantoms"]["bases"]}
    return {name: bases[0] for name, bases in pools.items() if len(bases) == 1}


def training_stores():
    """Stores of the training sets that the statistics name and the config knows."""
    names = [name for name in STATISTICS["training_sets"].values() if name in config.get("datasets", {})]
    return {name: f"{RESULTS}/spectra/{name}.zarr" for name in dict.fromkeys(names)}
