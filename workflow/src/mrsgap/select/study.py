"""A study: a space to search, what is settled, and how the search goes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from mrsgap.core.errors import InputError
from mrsgap.learn.settings import Settings
from mrsgap.networks.traits import check_hyper, traits
from mrsgap.select.space import GROUPS, Space, read_space

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
        """All that a trial of this configuration needs: architecture, data (channels, normalisation), network and training."""
        chosen = self.space.settings(configuration)
        merged = {group: {**self.fixed.get(group, {}), **chosen[group]} for group in GROUPS}
        data = merged["data"]
        channels = [f"{state}-{part}" for state in data["states"] for part in data["parts"]]
        merged["data"] = {"channels": channels, "normalisation": data["normalisation"]}
        pretraining = {} if self.pretraining is None else {"pretraining": self.pretraining}
        return {"architecture": self.architecture, **merged, **pretraining}


def read_study(name: str, spec: Mapping) -> Study:
    """The study a config describes, checked against what its architecture and the training loop take.

    Raises `InputError` for an empty or too large space, a setting the architecture does not have, data that are not settled,
    or a quantifier without the study whose autoencoder lends it an encoder.
    """
    where = f"config: studies.{name}"
    space = read_space(name, spec["space"])
    fixed = spec.get("fixed", {})
    architecture = spec["architecture"]
    if traits(architecture, f"{where}.architecture").borrows_encoder and "builds_on" not in spec:
        raise InputError(f"`{architecture}` needs an encoder", where=where, cure="Name the autoencoder's study in `builds_on`")
    known = {"data": DATA_KEYS, "training": tuple(field.name for field in fields(Settings))}
    for group in GROUPS:
        free = {key for option in space.options if option.group == group for settings in option.settings for key in settings}
        keys = {*free, *fixed.get(group, {})}
        if group == "network":
            check_hyper(architecture, keys, where)
            continue
        for key in sorted(keys - set(known[group])):
            raise InputError(f"unknown `{group}` setting `{key}`", where=where, cure=f"Known are {', '.join(known[group])}")
        if group == "data":
            missing = [key for key in DATA_KEYS if key not in free and key not in fixed.get(group, {})]
            if missing:
                raise InputError(f"`data.{missing[0]}` is neither fixed nor an option", where=where)
    return Study(name, architecture, space, fixed)


def rounds(space: Space, trials_per_round: int | None, count: int) -> list[int]:
    """Trials of every round: `trials_per_round` (None: the whole space) until `count` rounds or the space are used up."""
    size, left, sizes = trials_per_round or space.size, space.size, []
    while left > 0 and len(sizes) < count:
        sizes.append(min(size, left))
        left -= sizes[-1]
    return sizes


def read_choice(path) -> dict:
    """What `choose_model` wrote for a study; `InputError` if it is absent or damaged."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"the choice of a study cannot be read: {error}", where=str(path)) from error
