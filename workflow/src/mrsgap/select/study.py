"""A study: a space to search, what is settled, how the search goes, and how its choice reaches the model that names it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from mrsgap.core.errors import InputError
from mrsgap.learn.settings import Settings
from mrsgap.networks.traits import check_hyper, traits
from mrsgap.select.space import GROUPS, Space, read_space

GRID, RANDOM, EXPECTED_IMPROVEMENT, THOMPSON = "grid", "random", "expected_improvement", "thompson"  # strategies
HALVING = "halving"
DATA_KEYS = ("normalisation", "states", "parts")


@dataclass(frozen=True)
class Study:
    """`fixed` holds settings by group that all trials share; the space's own settings go on top.

    `pretraining` are the settings of the chosen autoencoder that a frozen-encoder quantifier starts from, or None.
    """

    name: str
    architecture: str
    space: Space
    fixed: Mapping[str, Mapping]
    pretraining: Mapping | None = None

    def settings(self, configuration: int) -> dict:
        """All that a trial of this configuration needs: architecture, data (channels, normalisation), hyper and training."""
        chosen = self.space.settings(configuration)
        merged = {group: {**self.fixed.get(group, {}), **chosen[group]} for group in GROUPS}
        data = merged["data"]
        channels = [f"{state}-{part}" for state in data["states"] for part in data["parts"]]
        merged["data"] = {"channels": channels, "normalisation": data["normalisation"]}
        pretraining = {} if self.pretraining is None else {"pretraining": self.pretraining}
        return {"architecture": self.architecture, **merged, **pretraining}


def read_study(name: str, spec: Mapping, encoder: Sequence = ()) -> Study:
    """The study a config describes, checked against what its architecture and the training loop take.

    `encoder` holds the path of the choice that lends a quantifier its encoder, once there is one. Raises `InputError`
    for an empty or too large space, a setting the architecture does not have, data that are not settled, or a quantifier
    without the study whose autoencoder lends it an encoder.
    """
    where = f"config: studies.{name}"
    space = read_space(name, spec["space"])
    fixed = spec.get("fixed", {})
    architecture = spec["architecture"]
    if traits(architecture, f"{where}.architecture").borrows_encoder and not ("builds_on" in spec or encoder):
        raise InputError(f"`{architecture}` needs an encoder", where=where, cure="Name the autoencoder's study in `builds_on`")
    known = {"data": DATA_KEYS, "training": tuple(field.name for field in fields(Settings))}
    for group in GROUPS:
        free = {key for option in space.options for of, key in option.keys if of == group}
        keys = {*free, *fixed.get(group, {})}
        if group == "hyper":
            check_hyper(architecture, keys, where)
            continue
        for key in sorted(keys - set(known[group])):
            raise InputError(f"unknown `{group}` setting `{key}`", where=where, cure=f"Known are {', '.join(known[group])}")
        if group == "data":
            missing = [key for key in DATA_KEYS if key not in free and key not in fixed.get(group, {})]
            if missing:
                raise InputError(f"`data.{missing[0]}` is neither fixed nor an option", where=where)
    _check_halving(spec, space.size, where)
    return Study(name, architecture, space, fixed, *[read_choice(path)["settings"] for path in encoder])


def round_sizes(spec: Mapping, space: Space) -> list[int]:
    """Trials of every round of the study that a config describes."""
    if HALVING in spec["strategies"]:
        return rung_sizes(spec["initial"], spec["keep"], spec["rounds"])
    return rounds(space, spec["trials_per_round"], spec["rounds"])


def rounds(space: Space, trials_per_round: int | None, count: int) -> list[int]:
    """Trials of every round: `trials_per_round` (None: the whole space) until `count` rounds or the space are used up."""
    size, left, sizes = trials_per_round or space.size, space.size, []
    while left > 0 and len(sizes) < count:
        sizes.append(min(size, left))
        left -= sizes[-1]
    return sizes


def rung_sizes(initial: int, keep: int, rungs: int) -> list[int]:
    """Trials of every rung: `initial`, then one in `keep` of the rung before, rounded up; a rung of one is the last."""
    sizes = [initial]
    while len(sizes) < rungs and sizes[-1] > 1:
        sizes.append(math.ceil(sizes[-1] / keep))
    return sizes


def rung_epochs(epochs: int, keep: int, rungs: int) -> list[int]:
    """Epochs of every rung: `epochs` in the last, one in `keep` of the next in those before, at least one."""
    return [max(1, round(epochs / keep ** (rungs - 1 - rung))) for rung in range(rungs)]


def _check_halving(spec: Mapping, size: int, where: str) -> None:
    """`InputError` where a study of `size` configurations cannot go by successive halving as its `spec` says."""
    if HALVING not in spec.get("strategies", ()):
        return
    if list(spec["strategies"]) != [HALVING]:
        raise InputError(f"`{HALVING}` takes no turns with other strategies", where=f"{where}.strategies")
    for key, given, least in (("keep", spec.get("keep", 0), 2), ("initial", spec["initial"], 2), ("rounds", spec["rounds"], 2)):
        if given < least:
            raise InputError(f"`{HALVING}` needs `{key}` of at least {least}, not {given}", where=where)
    if spec["initial"] > size:
        raise InputError(f"`initial` is {spec['initial']}, but the space has {size} configurations", where=where)
    if "epochs" not in spec.get("fixed", {}).get("training", {}):
        raise InputError(f"`{HALVING}` needs the epochs of its last round", where=f"{where}.fixed.training.epochs")


def read_choice(path) -> dict:
    """What `choose_model` wrote for a study; `InputError` if it is absent or damaged."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"the choice of a study cannot be read: {error}", where=str(path)) from error


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
        "hyper": {**choice["hyper"], **own["hyper"]},
        "training": {**settings["training"], **choice["training"], **own["training"]},
    }
