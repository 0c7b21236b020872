"""Probability laws as the config writes them: a number, or `{kind: numbers}`, with `within: [low, high]` for ends that hold.

One grammar for the imperfections of training sets and of the stand-ins for measurements. What draws from a law is kept apart:
training draws with JAX keys (`spectra.imperfections`), stand-ins with a NumPy generator (`sample`).
"""

from dataclasses import dataclass

import numpy as np

from mrsgap.core.errors import InputError

# what the numbers of each kind are; a choice takes any count
KINDS = {
    "fixed": ("value",),
    "uniform": ("low", "high"),
    "log_uniform": ("low", "high"),
    "normal": ("mean", "SD"),
    "student": ("scale", "degrees of freedom"),  # with few degrees mostly small, now and then far out
    "log_normal": ("median", "SD of the logarithm"),
    "exponential": ("mean",),
    "beta": ("a", "b", "low", "high"),  # stretched from low to high
    "grid": ("start", "stop", "step"),
    "choice": (),
}
_RISING = {"uniform": (0, 1), "log_uniform": (0, 1), "beta": (2, 3), "grid": (0, 1)}
_POSITIVE = {"log_uniform": (0,), "student": (1,), "log_normal": (0,), "beta": (0, 1), "grid": (2,)}
_NOT_NEGATIVE = {"normal": (1,), "student": (0,), "log_normal": (1,), "exponential": (0,)}
_TINY = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True)
class Law:
    """A `kind` of `KINDS`, its numbers, and the ends to which values beyond are set; hashable."""

    kind: str
    values: tuple[float, ...]
    within: tuple[float, float] | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest value that can be drawn."""
        low, high = self._natural_bounds
        if self.within is None:
            return low, high
        return tuple(float(np.clip(end, *self.within)) for end in (low, high))

    @property
    def _natural_bounds(self) -> tuple[float, float]:
        if self.kind == "normal":
            return (-np.inf, np.inf) if self.values[1] > 0 else (self.values[0], self.values[0])
        if self.kind == "student":
            return (-np.inf, np.inf) if self.values[0] > 0 else (0.0, 0.0)
        if self.kind == "log_normal":
            return (_TINY, np.inf) if self.values[1] > 0 else (self.values[0], self.values[0])
        if self.kind == "exponential":
            return (0.0, np.inf) if self.values[0] > 0 else (0.0, 0.0)
        if self.kind == "beta":
            return self.values[2:]
        return min(self.options), max(self.options)

    @property
    def options(self) -> tuple[float, ...]:
        """The values of a grid (its stop is always one of them) or choice; the numbers themselves otherwise."""
        if self.kind != "grid":
            return self.values
        start, stop, step = self.values
        inner = start + step * np.arange(int(np.floor((stop - start) / step + 1e-9)) + 1)
        return tuple(float(value) for value in (inner if stop - inner[-1] < 1e-9 * step else np.append(inner, stop)))


def read_law(value, where: str) -> Law:
    """A number (fixed) or `{kind: numbers}` from the config; `InputError` naming `where` for anything else.

    >>> read_law({"normal": [0, 3], "within": [-5, 5]}, "config").bounds
    (-5.0, 5.0)
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Law("fixed", _finite((value,), "fixed", where))
    kinds = [key for key in value if key != "within"] if isinstance(value, dict) else []
    if len(kinds) != 1 or kinds[0] not in KINDS:
        raise InputError(
            f"{value!r} is no law", where=where, cure=f"Give a number or one of {', '.join(KINDS)} with its numbers"
        )
    ((kind,), within) = kinds, value.get("within")
    numbers = value[kind] if isinstance(value[kind], (list, tuple)) else (value[kind],)
    numbers = _finite(numbers, kind, where)
    _check(kind, numbers, where)
    if within is not None:
        within = _finite(within, "within", where, count=2)
        if within[0] > within[1]:
            raise InputError(f"`within` runs from {within[0]:g} down to {within[1]:g}", where=where, cure="Swap the ends")
    return Law(kind, numbers, within)


_PLACES = {"uniform": (0, 1), "normal": (0,), "grid": (0, 1), "beta": (2, 3)}  # numbers of a law that say where it lies


def shifted_law(value, shift: float):
    """The law `value`, as the config writes it, of what it draws plus `shift`; `InputError` where the kind cannot say that.

    >>> shifted_law({"uniform": [1.5, 2.5]}, 0.25), shifted_law(2, 0.5)
    ({'uniform': [1.75, 2.75]}, 2.5)
    """
    law = read_law(value, "config: families")
    places = range(len(law.values)) if law.kind in ("fixed", "choice") else _PLACES.get(law.kind)
    if places is None:
        raise InputError(f"the law {value!r} cannot be moved to another place", cure=f"Use one of {', '.join(_PLACES)}")
    numbers = [number + shift if place in places else number for place, number in enumerate(law.values)]
    if law.kind == "fixed":
        return numbers[0]
    ends = {} if law.within is None else {"within": [end + shift for end in law.within]}
    return {law.kind: numbers, **ends}


def _finite(numbers, kind: str, where: str, count: int | None = None) -> tuple[float, ...]:
    numbers = tuple(float(number) for number in numbers)
    count = count or len(KINDS[kind])
    if not numbers or (count and len(numbers) != count) or not np.all(np.isfinite(numbers)):
        names = ", ".join(KINDS.get(kind, ("low", "high"))) or "values"
        raise InputError(f"`{kind}` takes {count or 'one or more'} finite number(s), but got {list(numbers)}", where=where,
                         cure=f"Give {names}")  # fmt: skip
    return numbers


def _check(kind: str, numbers: tuple[float, ...], where: str) -> None:
    if kind in _RISING:
        low, high = (numbers[place] for place in _RISING[kind])
        if low > high:
            raise InputError(f"`{kind}` runs from {low:g} down to {high:g}", where=where, cure="Swap the ends")
    for places, sign, wrong in (_POSITIVE, ">", np.less_equal), (_NOT_NEGATIVE, ">=", np.less):
        for place in places.get(kind, ()):
            if wrong(numbers[place], 0):
                name = KINDS[kind][place]
                raise InputError(f"the {name} of `{kind}` must be {sign} 0, but is {numbers[place]:g}", where=where)


def sample(rng: np.random.Generator, law: Law, shape: tuple[int, ...] = ()) -> np.ndarray:
    """Independent float64 values of `law`; `shape` as asked.

    >>> sample(np.random.default_rng(0), read_law({"choice": [2]}, "config"), (3,))
    array([2., 2., 2.])
    """
    values = _SAMPLERS[law.kind](rng, law, shape)
    return values if law.within is None else np.clip(values, *law.within)


def _option(rng, law, shape):
    options = np.array(law.options)
    return options[rng.integers(len(options), size=shape)]


_SAMPLERS = {
    "fixed": lambda rng, law, shape: np.full(shape, law.values[0]),
    "uniform": lambda rng, law, shape: rng.uniform(*law.values, shape),
    "log_uniform": lambda rng, law, shape: np.exp(rng.uniform(*np.log(law.values), shape)),
    "normal": lambda rng, law, shape: rng.normal(*law.values, shape),
    "student": lambda rng, law, shape: law.values[0] * rng.standard_t(law.values[1], shape),
    "log_normal": lambda rng, law, shape: law.values[0] * np.exp(rng.normal(0.0, law.values[1], shape)),
    "exponential": lambda rng, law, shape: rng.exponential(law.values[0], shape),
    "beta": lambda rng, law, shape: law.values[2] + (law.values[3] - law.values[2]) * rng.beta(*law.values[:2], shape),
    "grid": _option,
    "choice": _option,
}
