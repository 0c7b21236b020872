# What the rules of rules/tables.smk ask for: inputs, parameters and paths worked out from the settings.


def printed_names():
    """The models whose layers the paper prints (Tables 2 and 3): the first of each architecture."""
    found = {}
    for name, model in MODELS.items():
        if model["architecture"] in ("cnn", "yae"):
            found.setdefault(model["architecture"], name)
    return list(found.values())


def printed_models():
    """What the size of the printed models depends on."""
    keys = ("architecture", "channels", "hyper")
    models = {name: {key: MODELS[name][key] for key in keys if key in MODELS[name]} for name in printed_names()}
    own = lambda model: {"hyper": model.get("hyper", {}), "training": {}}
    return {name: model | {"own": own(model), "training": {}} for name, model in models.items()}


def printed_choices():
    """Choices of studies that settle the size of printed models, by model."""
    return {name: choice_of(name) for name in printed_names() if choice_of(name)}
