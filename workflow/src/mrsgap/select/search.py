"""Ask and tell: which configuration to try next, given what is known; by name, the backends that fit a model to it.

One loop for every strategy and backend. The first trials are a Sobol design; after them the strategies take turns. A search has
no memory but what it was told, and every draw is keyed by the trial's number: a search that is told its past goes on as if it
had never stopped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_generator
from mrsgap.select import gaussian_process, gpyopt_backend
from mrsgap.select.space import Space

DESIGN, GRID, RANDOM = "sobol", "grid", "random"
EXPECTED_IMPROVEMENT, THOMPSON = "expected_improvement", "thompson"
BACKENDS = {"mrsgap": gaussian_process.fit, "gpyopt": gpyopt_backend.fit}
STRATEGIES = (GRID, RANDOM, EXPECTED_IMPROVEMENT, THOMPSON)
JITTER = 0.01  # study.md 7.4; here in standard deviations of the objective seen so far


@dataclass(frozen=True)
class Proposal:
    """A configuration to try and the strategy that chose it."""

    configuration: int
    strategy: str


class Search:
    """A search over `space`.

    `strategies` take turns after `initial` trials of Sobol design; `fit(space, observed, values, generator)` is the backend and
    returns an object with `expected_improvement(pending, jitter)` and `draw(generator)`. `seed` and `name` key every draw.
    """

    def __init__(self, space: Space, strategies: Sequence[str], initial: int, seed: int, name: str, fit: Callable):
        unknown = [strategy for strategy in strategies if strategy not in STRATEGIES]
        if unknown or not strategies:
            raise InputError(f"unknown strategy `{unknown[0]}`" if unknown else "no strategy named", where="config: strategies",
                             cure=f"Known are {', '.join(STRATEGIES)}")  # fmt: skip
        self.space, self.strategies, self.fit = space, tuple(strategies), fit
        self.seed, self.name = seed, name
        self.design = sobol_design(space, initial, named_generator(seed, "select", name, "design"))
        self.outcomes: dict[int, float | None] = {}
        self.pending: dict[int, None] = {}
        self._posterior = None

    def tell(self, configuration: int, objective: float | None) -> None:
        """Record a finished trial; `objective` (smaller is better, above zero) is None where the trial failed."""
        if objective is not None and not (np.isfinite(objective) and objective > 0):
            raise InputError(
                f"an objective must be finite and > 0, but is {objective!r}", where=f"configuration {configuration}"
            )
        self.outcomes[configuration] = objective
        self.pending.pop(configuration, None)
        self._posterior = None

    def ask(self) -> Proposal | None:
        """The next configuration to try, never one told or asked for before; None when the space is used up."""
        number = len(self.outcomes) + len(self.pending)
        free = np.ones(self.space.size, bool)
        free[[*self.outcomes, *self.pending]] = False
        if not free.any():
            return None
        strategy, configuration = self._choose(number, free)
        self.pending[configuration] = None
        return Proposal(configuration, strategy)

    def _choose(self, number: int, free: np.ndarray) -> tuple[str, int]:
        if number < len(self.design):
            untried = [configuration for configuration in self.design if free[configuration]]
            if untried:
                return DESIGN, untried[0]
        generator = named_generator(self.seed, "select", self.name, "trial", number)
        strategy = self.strategies[(number - len(self.design)) % len(self.strategies)]
        if strategy == GRID:
            return GRID, int(np.flatnonzero(free)[0])
        known = sum(objective is not None for objective in self.outcomes.values())
        if strategy == RANDOM or known < 2:
            return RANDOM, int(generator.choice(np.flatnonzero(free)))
        if self._posterior is None:
            observed, values = modelled(self.outcomes)
            fitting = named_generator(self.seed, "select", self.name, "fit", len(self.outcomes))
            self._posterior = self.fit(self.space, observed, values, fitting)
        if strategy == EXPECTED_IMPROVEMENT:
            gain = self._posterior.expected_improvement(tuple(self.pending), JITTER)
            return strategy, int(np.argmax(np.where(free, gain, -np.inf)))
        # Thompson: the best of one joint draw of the objective.
        return strategy, int(np.argmin(np.where(free, self._posterior.draw(generator), np.inf)))


def modelled(told: Mapping[int, float | None]) -> tuple[np.ndarray, np.ndarray]:
    """What the process is fitted to: configurations and the standardised logarithm of their objective, (observation,) each.

    ASSUME: errors of good and bad networks differ by factors, so their logarithm is modelled. ASSUME: a failed trial counts as
    the worst seen, so that a search leaves the region where trainings fail.
    """
    known = [objective for objective in told.values() if objective is not None]
    values = np.log([max(known) if objective is None else objective for objective in told.values()])
    spread = values.std()
    return np.array(list(told), int), (values - values.mean()) / (spread if spread > 0 else 1.0)


def sobol_design(space: Space, count: int, generator: np.random.Generator) -> list[int]:
    """`count` different configurations from a scrambled Sobol sequence (Owen 1998), fewer where the space is smaller.

    Coordinate i in [0, 1) becomes value floor(n_i u); configurations met before are passed over.
    """
    count = min(count, space.size)
    sampler = qmc.Sobol(len(space.options), scramble=True, rng=generator)
    points = sampler.random_base2(int(np.ceil(np.log2(4 * max(count, 4)))))  # (point, option)
    codes = np.minimum((points * space.shape).astype(int), np.array(space.shape) - 1)
    numbers = np.ravel_multi_index(codes.T, space.shape)
    others = generator.permutation(space.size)  # enough in the rare case of too many repeats
    return list(dict.fromkeys(map(int, [*numbers, *others])))[:count]
