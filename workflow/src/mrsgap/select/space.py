"""The space of a study: every combination of named options, enumerated.

A space is `{group: {option: values}}`. The groups say what an option decides: `data`, `hyper` or `training`. Values are a
list of plain values, each setting the key named like the option, or a mapping from a name to all the settings this value
stands for (`small: {kernels: [7, 5, 3, 3]}`). Options that are not crossed with each other stand as one in a fourth group,
`joint`, whose values map groups to settings (`magnitude-relu: {data: {parts: [magnitude]}, hyper: {activation: relu}}`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mrsgap.core.errors import InputError

GROUPS = ("data", "hyper", "training")
JOINT = "joint"
LARGEST = 200_000  # configurations; every acquisition function is evaluated on all of them


@dataclass(frozen=True)
class Option:
    """One thing to choose: its group, its name, the names of its values, what each sets by group, and whether they rise."""

    group: str
    name: str
    values: tuple[str, ...]
    settings: tuple[Mapping[str, Mapping], ...]
    ordered: bool

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Group and key of every setting that any value makes."""
        return sorted({(group, key) for value in self.settings for group, chosen in value.items() for key in chosen})


@dataclass(frozen=True)
class Space:
    """All combinations of the options; a configuration is a number, the last option varying fastest."""

    options: tuple[Option, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of every option."""
        return tuple(len(option.values) for option in self.options)

    @property
    def size(self) -> int:
        """Number of configurations."""
        return math.prod(self.shape)

    @property
    def codes(self) -> np.ndarray:
        """Value number of every option in every configuration, (configuration, option)."""
        return np.stack(np.unravel_index(np.arange(self.size), self.shape), axis=1)

    def names(self, configuration: int) -> dict[str, str]:
        """Option -> name of its value."""
        codes = np.unravel_index(configuration, self.shape)
        return {option.name: option.values[code] for option, code in zip(self.options, codes)}

    def number(self, names: Mapping[str, str]) -> int:
        """The configuration with these value names; the inverse of `names`."""
        codes = []
        for option in self.options:
            if names.get(option.name) not in option.values:
                raise InputError(f"option `{option.name}` has no value {names.get(option.name)!r}",
                                 cure=f"Its values are {', '.join(option.values)}")  # fmt: skip
            codes.append(option.values.index(names[option.name]))
        return int(np.ravel_multi_index(codes, self.shape))

    def settings(self, configuration: int) -> dict[str, dict]:
        """What a configuration sets, by group."""
        merged = {group: {} for group in GROUPS}
        for option, code in zip(self.options, np.unravel_index(configuration, self.shape)):
            for group, settings in option.settings[code].items():
                merged[group].update(settings)
        return merged


def read_space(study: str, spec: Mapping) -> Space:
    """The space a config describes; `InputError` if it is empty, ambiguous or too large to enumerate."""
    where = f"config: studies.{study}.space"
    _refuse_unknown(spec, (*GROUPS, JOINT), where)
    options = tuple(
        _read_option(group, name, values, f"{where}.{group}.{name}")
        for group in (*GROUPS, JOINT)
        for name, values in (spec.get(group) or {}).items()
    )
    if not options:
        raise InputError("the space is empty", where=where, cure="Name at least one option with its values")
    _refuse_double(options, where)
    space = Space(options)
    if space.size > LARGEST:
        raise InputError(
            f"the space has {space.size:,} configurations, too many to enumerate (at most {LARGEST:,})",
            where=where, cure="Remove options or values; what is settled belongs under `fixed`",
        )  # fmt: skip
    return space


def _read_option(group: str, name: str, values, where: str) -> Option:
    if not values:
        raise InputError(f"option `{name}` has no values, so the space is empty", where=where, cure="Give it at least one")
    if isinstance(values, Mapping):
        names, settings, ordered = tuple(map(str, values)), tuple(values.values()), False
        if not all(isinstance(each, Mapping) for each in settings):
            raise InputError(f"each named value of `{name}` must map settings to values", where=where)
        if group == JOINT:
            for each in settings:
                _refuse_unknown(each, GROUPS, where)
            return _option(group, name, names, settings, ordered, where)
    elif group == JOINT:
        raise InputError(f"the values of `{name}` must be named, each with what it sets by group", where=where)
    else:
        names = tuple(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
        settings = tuple({name: value} for value in values)
        numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
        ordered = numbers and len(values) > 1
        if ordered and list(values) != sorted(values):
            raise InputError(f"the numbers of `{name}` must rise, but are {list(values)}", where=where)
    return _option(group, name, names, tuple({group: each} for each in settings), ordered, where)


def _option(group: str, name: str, names: tuple[str, ...], settings: tuple[Mapping, ...], ordered: bool, where: str) -> Option:
    if len(set(names)) < len(names):
        raise InputError(f"option `{name}` names a value twice: {', '.join(names)}", where=where)
    return Option(group, name, names, settings, ordered)


def _refuse_unknown(spec: Mapping, groups: tuple[str, ...], where: str) -> None:
    unknown = set(spec) - set(groups)
    if unknown:
        raise InputError(f"unknown group `{sorted(unknown)[0]}`", where=where, cure=f"Groups are {', '.join(groups)}")


def _refuse_double(options: tuple[Option, ...], where: str) -> None:
    owner: dict[tuple[str, str], str] = {}
    for option in options:
        for group, key in option.keys:
            other = owner.setdefault((group, key), option.name)
            if other != option.name:
                raise InputError(f"options `{other}` and `{option.name}` both set `{group}.{key}`", where=where)
    names = [option.name for option in options]
    if len(set(names)) < len(names):
        raise InputError(f"two options are named `{max(names, key=names.count)}`", where=where)
