"""Concentrations of a simulated data set: Sobol (scrambled, or the study's), uniform or Dirichlet; with zeros if asked."""

import math

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_generator
from mrsgap.spectra.sobol import study_sobol


def sample_concentrations(settings: dict, items: int, metabolites: list[str], seed: int, dataset: str) -> np.ndarray:
    """Concentrations, (item, metabolite), float64, in the order of `metabolites`.

    `settings` names the `sampler` (`sobol`: SciPy's with Owen scrambling keyed by data set, so that no two sets share a
    composition; `sobol_study`: the study's sequence; `uniform`; `dirichlet`: flat over compositions that sum to 1), the
    `ranges` [low, high] by metabolite onto which unit draws are mapped (default [0, 1]), and `absent_fraction`, the
    probability with which each metabolite is absent (one at least stays). Raises `InputError` for unknown names and bad ranges.
    """
    generator = named_generator(seed, "concentrations", dataset)
    unit = _SAMPLERS[settings["sampler"]](items, len(metabolites), generator)
    low, high = concentration_ranges(settings, metabolites)
    present = _present(unit, settings.get("absent_fraction", 0.0), named_generator(seed, "absent", dataset))
    return np.where(present, low + (high - low) * unit, 0.0)


def concentration_ranges(settings: dict, metabolites: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end for every metabolite, two arrays (metabolite,)."""
    ranges = settings.get("ranges", {})
    unknown = sorted(set(ranges) - set(metabolites))
    if unknown:
        raise InputError(f"a range is given for `{unknown[0]}`, which the basis lacks", where="config: concentrations.ranges",
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


def _present(unit: np.ndarray, absent_fraction: float, generator: np.random.Generator) -> np.ndarray:
    """Which metabolites are present; where all were to be absent, the one drawn largest stays."""
    if not absent_fraction:
        return np.ones(unit.shape, bool)
    present = generator.random(unit.shape) >= absent_fraction
    empty = np.flatnonzero(~present.any(axis=1))
    present[empty, np.argmax(unit[empty], axis=1)] = True
    return present
