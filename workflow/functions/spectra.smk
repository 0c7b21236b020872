# Data sets: where their stores lie, and what must be right before any is drawn.


def check_dataset_names():
    for name, dataset in config["datasets"].items():
        for kind, entries in (("bases", dataset["bases"]), ("imperfections", [dataset["imperfections"]])):
            for entry in set(entries) - set(config[kind]):
                known = ", ".join(config[kind])
                raise WorkflowError(f"`datasets.{name}.{kind}` names the unknown `{entry}`. Known are {known}.")


check_dataset_names()


def spectra_store(name):
    return f"{RESULTS}/spectra/{name}.zarr"


def dataset_bases(name):
    """Stores of the bases that a simulated data set draws from; the first is the one its alignment follows."""
    return [basis_store(basis) for basis in config["datasets"][name]["bases"]]


# Figure 1d shows the sets that networks are trained on.
PICTURED = [name for name in config["datasets"] if name.startswith("train")] or list(config["datasets"])[:1]
