# What the rules of rules/tables.smk ask for: inputs, parameters and paths worked out from the settings.


def printed_models():
    """The models whose layers the paper prints (Tables 2 and 3): the first of each architecture."""
    found = {}
    for name, model in config.get("models", {}).items():
        if model["architecture"] in ("cnn", "yae"):
            found.setdefault(model["architecture"], (name, model))
    return {
        name: {key: model[key] for key in ("architecture", "channels", "hyper") if key in model}
        for name, model in found.values()
    }
