"""Concentrations of a simulated data set: Sobol (scrambled, or the study's), uniform or Dirichlet; with zeros if asked."""

import math

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_generator

KINDS = ("logarithmic", "absences")  # what is decided for an item as a whole, each by a uniform draw


def sample_concentrations(settings: dict, items: int, metabolites: list[str], seed: int, dataset: str) -> np.ndarray:
    """Concentrations, (item, metabolite), float64, in the order of `metabolites`.

    `settings` names the `sampler` (`sobol`: SciPy's with Owen scrambling keyed by data set, so that no two sets share a
    composition; `sobol_study`: the study's sequence; `uniform`; `dirichlet`: flat over compositions that sum to 1), and how
    unit draws become concentrations (see `compose`). Raises `InputError` for unknown names and bad ranges.

    >>> drawn = sample_concentrations({"sampler": "sobol", "ranges": {"GABA": [0, 3]}}, 256, ["GABA", "NAA"], 1, "train")
    >>> drawn.mean(axis=0).round(2)  # a Sobol sequence fills its ranges evenly
    array([1.5, 0.5])
    """
    generator = named_generator(seed, "concentrations", dataset)
    unit = _SAMPLERS[settings["sampler"]](items, len(metabolites), generator)
    absence = named_generator(seed, "absent", dataset).random(unit.shape)
    kinds = named_generator(seed, "composition", dataset).random((items, len(KINDS)))
    return compose(unit, absence, kinds, settings, metabolites)


def compose(unit, absence, kinds, settings: dict, metabolites: list[str], xp=np):
    """Concentrations (..., metabolite) from uniform draws: `unit` and `absence` (..., metabolite), `kinds` (..., KINDS).

    `settings` holds the `ranges` [low, high] by metabolite onto which unit draws are mapped (default [0, 1]); `log_uniform`,
    the `fraction` of items whose concentrations are uniform in the logarithm, from a share `lowest` of the range's upper end;
    `absent_fraction`, the probability with which each metabolite is absent, in a share `absent_items` of the items (default
    all); and `always`, metabolites of which one at least stays (default any): of those the one drawn largest.
    """
    low, high = concentration_ranges(settings, metabolites)
    of_item = dict(zip(KINDS, xp.moveaxis(kinds, -1, 0)))
    values = low + (high - low) * unit
    if "log_uniform" in settings:
        lowest = settings["log_uniform"]["lowest"]
        spread = high * lowest ** (1 - unit)
        values = xp.where(of_item["logarithmic"][..., None] < settings["log_uniform"]["fraction"], spread, values)
    fraction = settings.get("absent_fraction", 0.0)
    if not fraction:
        return values
    present = (absence >= fraction) | (of_item["absences"][..., None] >= settings.get("absent_items", 1.0))
    one_of = np.isin(metabolites, settings.get("always", metabolites))
    largest = np.arange(len(metabolites)) == xp.argmax(xp.where(one_of, unit, -1.0), axis=-1)[..., None]
    present = present | (~(present & one_of).any(axis=-1, keepdims=True) & largest)
    return xp.where(present, values, 0.0)


def concentration_ranges(settings: dict, metabolites: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end for every metabolite, two arrays (metabolite,)."""
    ranges = settings.get("ranges", {})
    unknown = sorted(set(ranges) - set(metabolites))
    if unknown:
        raise InputError(f"a range is given for `{unknown[0]}`, which the basis lacks", where="config: concentrations.ranges",
                         cure=f"Known are {', '.join(metabolites)}")  # fmt: skip
    absent = sorted(set(settings.get("always", [])) - set(metabolites))
    if absent:
        raise InputError(f"`{absent[0]}` shall always be there, but the basis lacks it", where="config: concentrations.always",
                         cure=f"Known are {', '.join(metabolites)}")  # fmt: skip
    low, high = np.array([ranges.get(name, (0.0, 1.0)) for name in metabolites], float).T
    for name, a, b in zip(metabolites, low, high):
        if not 0 <= a <= b < np.inf or b == 0:
            raise InputError(f"the range of {name} must be 0 <= low <= high with high > 0, but is [{a:g}, {b:g}]",
                             where="config: concentrations.ranges")  # fmt: skip
    return low, high


def _scrambled_sobol(items: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
    from scipy.stats.qmc import Sobol  # takes half a second to load, and every training job imports this module

    sequence = Sobol(dimensions, scramble=True, bits=53, rng=generator)
    return sequence.random_base2(math.ceil(math.log2(max(items, 2))))[:items]


def _study_sobol(items: int, dimensions: int, _) -> np.ndarray:
    return study_sobol(items, dimensions)


def _uniform(items: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
    return generator.random((items, dimensions))


def _dirichlet(items: int, dimensions: int, generator: np.random.Generator) -> np.ndarray:
    return generator.dirichlet(np.ones(dimensions), items)


_SAMPLERS = {"sobol": _scrambled_sobol, "sobol_study": _study_sobol, "uniform": _uniform, "dirichlet": _dirichlet}
SAMPLERS = tuple(_SAMPLERS)

# The study's Sobol sequence, bit for bit: direction numbers of Bratley and Fox (ACM Trans Math Softw 14:88, 1988), after Sobol
# (1976), which from the third dimension on differ from the Joe-Kuo numbers of SciPy. Gray-code recursion of Antonov and Saleev
# (1979), unscrambled, the point at zero left out.
_BITS = 30
_POLYNOMIALS = (1, 3, 7, 11, 13)  # bit-coded primitive polynomials, one per dimension
_FIRST = ((1,), (1,), (1, 1), (1, 3, 7), (1, 1, 5))  # first odd numbers of each dimension


def study_sobol(items: int, dimensions: int) -> np.ndarray:
    """Points as the study draws them, (item, dimension), in (0, 1).

    Row r is point skip + 1 + r of the sequence, skip = floor(log2(items * dimensions)). Raises `InputError` for more than
    five dimensions, where the study's code has no counterpart.
    """
    if dimensions > len(_POLYNOMIALS):
        raise InputError(
            f"the study's Sobol sequence has {len(_POLYNOMIALS)} dimensions, but the basis has {dimensions} metabolites",
            where="config: concentrations.sampler",
            cure="Use `sobol`",
        )
    skip = math.floor(math.log2(items * dimensions))
    directions = np.stack([_directions(dimension) for dimension in range(dimensions)], axis=-1)  # (bit, dimension)
    index = np.arange(skip + 1, skip + 1 + items, dtype=np.int64)
    gray = index ^ (index >> 1)  # point n is the exclusive-or of the directions at the set bits of n's Gray code
    points = np.zeros((items, dimensions), np.int64)
    for bit in range(_BITS):
        points ^= np.where(((gray >> bit) & 1)[:, None] == 1, directions[bit], 0)
    return points / 2.0**_BITS


def _directions(dimension: int) -> np.ndarray:
    """Direction integers v_i = m_i 2^(bits - 1 - i), (bit,), from the recursion of the dimension's polynomial."""
    numbers = list(_FIRST[dimension]) if dimension else [1] * _BITS
    polynomial = _POLYNOMIALS[dimension]
    degree = polynomial.bit_length() - 1
    for i in range(len(numbers), _BITS):
        value = numbers[i - degree]
        for k in range(1, degree + 1):
            if (polynomial >> (degree - k)) & 1:
                value ^= numbers[i - k] << k
        numbers.append(value)
    return np.array([number << (_BITS - 1 - i) for i, number in enumerate(numbers)], np.int64)
