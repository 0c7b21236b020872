# What the rules of rules/train.smk and rules/networks.smk ask for: which networks are trained on what, and in which jobs.

from mrsgap.networks.traits import check_hyper, traits

MODELS = config["models"]


def model_settings(wildcards):
    """What training one model depends on, and nothing else."""
    model = MODELS[wildcards.model]
    common = {
        key: value
        for key, value in config["training"].items()
        if key not in ("threads", "runs_per_job", "folds_set", "on_the_fly", "held_out_fraction")
    }
    own = {key: model.get(key, {}) for key in ("hyper", "training")}
    settings = {"architecture": model["architecture"], "hyper": own["hyper"], "window": config["window"]}
    settings |= {key: model[key] for key in ("channels", "normalisation") if key in model}
    settings |= {"training": {**common, **own["training"]}}
    if "selected_by" in model:
        settings["own"] = own
    return settings | {"encoder_from": str(encoder_input(wildcards)[0]) if "encoder_from" in model else None}


def choice_of(name):
    """What the study that a model names has chosen: its settings are the model's."""
    return f"{SELECT}/{MODELS[name]['selected_by']}/hyper.json" if "selected_by" in MODELS[name] else []


def batches(members):
    """Members (folds or seeds) of one model, as many to a job as `training.runs_per_job` says: `0-4`, or `3` for a single one."""
    size = config["training"]["runs_per_job"]
    groups = [members[first : first + size] for first in range(0, len(members), size)]
    return ["-".join(map(str, dict.fromkeys((group[0], group[-1])))) for group in groups]


def members_of(name):
    """Folds or seeds of a batch named by `batches`."""
    first, last = (name.split("-") * 2)[:2] if "-" not in name else name.split("-")
    return list(range(int(first), int(last) + 1))


def fold_models(name):
    """Folders of the fold models of one model."""
    if not MODELS[name].get("cross_validated", False):
        return []
    return [f"{RESULTS}/models/{name}/fold-{batch}" for batch in batches(list(range(config["folds"]["count"])))]


def final_models(name):
    """Folders of the final models of one model, on every one of its training sets."""
    model = MODELS[name]
    seeds = batches(list(range(model.get("seeds", 1))))
    return [f"{RESULTS}/models/{name}/final-{chosen}-seed-{batch}" for chosen in model["training_sets"] for batch in seeds]


def quantifiers():
    """Folders of every trained network that gives concentrations."""
    names = [name for name in MODELS if traits(MODELS[name]["architecture"]).quantifies]
    return [path for name in names for path in [*fold_models(name), *final_models(name)]]


def dataset_of(wildcards):
    return getattr(wildcards, "training_set", config["training"]["folds_set"])


def training_bases(wildcards):
    return config["datasets"][dataset_of(wildcards)]["bases"]


def encoder_input(wildcards):
    """The autoencoder whose encoder a model takes over: its final models on the same training set."""
    source = MODELS[wildcards.model].get("encoder_from")
    if source is None:
        return []
    if source not in MODELS:
        raise WorkflowError(f"`models.{wildcards.model}.encoder_from` names the unknown model `{source}`.")
    same_set = [path for path in final_models(source) if f"final-{dataset_of(wildcards)}-seed-" in path]
    return same_set[:1] or final_models(source)[:1]


def fresh_settings(wildcards):
    """How to draw training spectra on the fly, or nothing when stored ones are used."""
    dataset = config["datasets"][wildcards.training_set]
    if not config["training"]["on_the_fly"]:
        return {}
    return {"imperfections": config["imperfections"][dataset["imperfections"]], "concentrations": dataset["concentrations"]}


def check_models():
    for name, model in MODELS.items():
        unknown = set(model["training_sets"]) - set(config["datasets"])
        if unknown:
            known = ", ".join(config["datasets"])
            raise WorkflowError(f"`models.{name}.training_sets` names the unknown `{min(unknown)}`. Known are {known}.")
        check_architecture(name, model)
        check_selection(name, model)


def check_architecture(name, model):
    """A model's architecture exists, has the hyper-parameters it is given, and gets the encoder it needs."""
    try:
        kind = traits(model["architecture"], f"config: models.{name}.architecture")
        check_hyper(model["architecture"], model.get("hyper", {}), f"config: models.{name}.hyper")
    except InputError as error:
        raise WorkflowError(str(error))
    if kind.borrows_encoder and "encoder_from" not in model:
        raise WorkflowError(f"`models.{name}` lacks `encoder_from`: `{model['architecture']}` needs a trained encoder.")


def check_selection(name, model):
    """A model has its own channels and normalisation, or those that a study of its architecture chooses."""
    study = model.get("selected_by")
    if study is None:
        missing = [key for key in ("channels", "normalisation") if key not in model]
        if missing:
            raise WorkflowError(f"`models.{name}` lacks `{missing[0]}`. Give it, or name a study in `selected_by`.")
        return
    if study not in SELECTION["run"]:
        raise WorkflowError(f"`models.{name}.selected_by` is `{study}`, which `selection.run` does not carry out.")
    if STUDIES[study].architecture != model["architecture"]:
        raise WorkflowError(
            f"`models.{name}.selected_by` is `{study}`, a study of `{STUDIES[study].architecture}`, not `{model['architecture']}`."
        )


check_models()
