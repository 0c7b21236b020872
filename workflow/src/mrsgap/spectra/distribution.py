"""Distributions as data: what the config names, drawn with JAX keys."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.errors import InputError

# how many numbers each kind takes, and the words for them
_KINDS = {"fixed": 1, "uniform": 2, "log_uniform": 2, "normal": 2, "grid": 3, "choice": None}


@dataclass(frozen=True)
class Distribution:
    """A `kind` and its numbers.

    fixed [value], uniform and log_uniform [low, high], normal [mean, SD], grid [start, stop, step], choice [value, ...].
    """

    kind: str
    values: tuple[float, ...]

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest value that can be drawn."""
        if self.kind == "normal" and self.values[1] > 0:
            return -np.inf, np.inf
        if self.kind == "normal":
            return self.values[0], self.values[0]
        return min(self.options), max(self.options)

    @property
    def options(self) -> tuple[float, ...]:
        """The values of a grid (its stop is always one of them) or choice; the numbers themselves otherwise."""
        if self.kind != "grid":
            return self.values
        start, stop, step = self.values
        inner = start + step * np.arange(int(np.floor((stop - start) / step + 1e-9)) + 1)
        return tuple(float(value) for value in (inner if stop - inner[-1] < 1e-9 * step else np.append(inner, stop)))


def read_distribution(value, where: str) -> Distribution:
    """A number (fixed) or `{kind: numbers}` from the config; `InputError` naming `where` for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        kind, numbers = "fixed", (value,)
    elif isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _KINDS:
        ((kind, numbers),) = value.items()
    else:
        raise InputError(f"{value!r} is no distribution", where=where, cure=f"Give a number or one of {', '.join(_KINDS)}")
    numbers = tuple(float(number) for number in numbers)
    count = _KINDS[kind]
    if not numbers or (count and len(numbers) != count) or not np.all(np.isfinite(numbers)):
        raise InputError(f"`{kind}` takes {count or 'one or more'} finite number(s), but got {list(numbers)}", where=where)
    if kind in ("uniform", "log_uniform", "grid") and numbers[0] > numbers[1]:
        raise InputError(f"`{kind}` runs from {numbers[0]:g} down to {numbers[1]:g}", where=where, cure="Swap the ends")
    if kind == "log_uniform" and numbers[0] <= 0:
        raise InputError(f"`log_uniform` must start above 0, but starts at {numbers[0]:g}", where=where)
    if kind == "grid" and numbers[2] <= 0:
        raise InputError(f"the step of `grid` must be > 0, but is {numbers[2]:g}", where=where)
    if kind == "normal" and numbers[1] < 0:
        raise InputError(f"the SD of `normal` must be >= 0, but is {numbers[1]:g}", where=where)
    return Distribution(kind, numbers)


def draw(key, distribution: Distribution, shape: tuple[int, ...] = ()):
    """Independent float32 values of `distribution`; `shape` as asked."""
    kind, values = distribution.kind, distribution.values
    if kind == "fixed":
        return jnp.full(shape, values[0], jnp.float32)
    if kind == "uniform":
        return jax.random.uniform(key, shape, jnp.float32, values[0], values[1])
    if kind == "log_uniform":
        return jnp.exp(jax.random.uniform(key, shape, jnp.float32, np.log(values[0]), np.log(values[1])))
    if kind == "normal":
        return values[0] + values[1] * jax.random.normal(key, shape, jnp.float32)
    options = jnp.asarray(distribution.options, jnp.float32)
    return options[jax.random.randint(key, shape, 0, len(distribution.options))]
