"""From the choice of a study to what trains a network: selection hands over here."""

from mrsgap.core.errors import InputError
from mrsgap.select.study import read_choice


def with_choice(settings: dict, path) -> dict:
    """`settings` of a model (architecture, hyper, training, own) with what the study's choice in `path` settles.

    That is channels, normalisation, hyper-parameters and training; `own` holds the model's own `hyper` and `training`, which
    go on top, for more epochs, say. `InputError` where the choice is of another architecture or cannot be read.
    """
    choice = read_choice(path)["settings"]
    if choice["architecture"] != settings["architecture"]:
        raise InputError(
            f"the study chose among networks of the architecture `{choice['architecture']}`, not `{settings['architecture']}`",
            where="config: models.<name>.selected_by", cure="Name a study of the model's own architecture",
        )  # fmt: skip
    own = settings["own"]
    return settings | {
        "channels": list(choice["data"]["channels"]),
        "normalisation": choice["data"]["normalisation"],
        "hyper": {**choice["network"], **own["hyper"]},
        "training": {**settings["training"], **choice["training"], **own["training"]},
    }
