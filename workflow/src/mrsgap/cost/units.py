"""How much work a job is: a short expression over the settings, such as `datasets.{dataset}.items`."""

import re

from mrsgap.core.errors import InputError

INNERMOST = re.compile(r"\{([^{}]*)\}")


def work_units(expression: str, settings: dict, wildcards: dict[str, str]) -> float:
    """Value of `expression`: factors joined by ` x `, each a number, a dotted path into `settings` or a form of these.

    `count(path)` is the number of entries there, `span(2-5)` is 4, `path | path` is the first of them that the settings have.

    `{name}` stands for a wildcard of the job, and `{a.b}` for the text at that path, innermost first: so
    `datasets.{models.{model}.training_set}.items x training.epochs` is the items a network sees. An empty expression is one
    unit. `InputError` where a path leads nowhere or to something that is not a number.
    """
    product = 1.0
    for factor in filter(None, (part.strip() for part in expression.split(" x "))):
        product *= _factor(_filled(factor, settings, wildcards), settings, expression)
    return product


def _filled(factor: str, settings: dict, wildcards: dict[str, str]) -> str:
    while found := INNERMOST.search(factor):
        name = found[1]
        text = wildcards[name] if name in wildcards else _at(name, settings, factor)
        factor = factor[: found.start()] + str(text) + factor[found.end() :]
    return factor


def _factor(factor: str, settings: dict, expression: str) -> float:
    if factor.startswith("span("):
        first, _, last = factor[len("span(") : -1].partition("-")
        return float(int(last or first) - int(first) + 1)
    counted = factor.startswith("count(") and factor.endswith(")")
    try:
        return float(factor)
    except ValueError:
        value = _at(factor[len("count(") : -1] if counted else factor, settings, expression)
    if counted:
        return float(len(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(
            f"`{factor}` in the work expression `{expression}` is {value!r}, not a number", where="config/costs.csv"
        )
    return float(value)


def _at(path: str, settings: dict, expression: str):
    first, _, others = path.partition(" | ")
    if others:
        try:
            return _at(first, settings, expression)
        except InputError:
            return _at(others, settings, expression)
    value = settings
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            raise InputError(f"the work expression `{expression}` leads to `{path}`, which the config has not",
                             where="config/costs.csv", cure="Correct the rule's row")  # fmt: skip
        value = value[key]
    return value
