"""Probability laws by name, for whatever a stand-in is given that its truth does not say."""

import numpy as np

from mrsgap.core.errors import InputError


def _bounded(law: dict, values: np.ndarray) -> np.ndarray:
    return np.clip(values, law.get("low", -np.inf), law.get("high", np.inf))


LAWS = {
    "fixed": lambda rng, law, shape: np.full(shape, float(law["value"])),
    "uniform": lambda rng, law, shape: rng.uniform(law["low"], law["high"], shape),
    "normal": lambda rng, law, shape: _bounded(law, rng.normal(law.get("mean", 0.0), law["sd"], shape)),
    # Student's t with few degrees of freedom: mostly small, now and then far out
    "student": lambda rng, law, shape: _bounded(law, law["scale"] * rng.standard_t(law["freedom"], shape)),
    "lognormal": lambda rng, law, shape: _bounded(law, law["median"] * np.exp(rng.normal(0.0, law["spread"], shape))),
    "exponential": lambda rng, law, shape: _bounded(law, rng.exponential(law["mean"], shape)),
    # a beta law stretched from `low` to `high`
    "beta": lambda rng, law, shape: law["low"] + (law["high"] - law["low"]) * rng.beta(law["a"], law["b"], shape),
}


def draw(rng: np.random.Generator, name: str, law: dict, shape=()) -> np.ndarray:
    """Values of the given shape from `law`: its `law` names one of `LAWS`, the other keys are its parameters."""
    try:
        return LAWS[law["law"]](rng, law, shape)
    except KeyError as error:
        raise InputError(f"`{name}` has no `{error.args[0]}`", where="config: phantoms", cure="See config/README.md") from error
