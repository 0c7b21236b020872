"""Ask and tell: which configuration to try next, given what is known; by name, the backends that fit a model to it.

One loop for every strategy and backend. The first trials are a Sobol design; after them the strategies take turns. A search has
no memory but what it was told, and every draw is keyed by the trial's number: a search that is told its past goes on as if it
had never stopped. Successive halving is a loop of its own, asked and told alike: it spends epochs where they promise most.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_generator
from mrsgap.select import gaussian_process, gpyopt_backend
from mrsgap.select.space import Space
from mrsgap.select.study import EXPECTED_IMPROVEMENT, GRID, HALVING, RANDOM, THOMPSON, Study, rung_epochs, rung_sizes

DESIGN = "sobol"
BACKENDS = {"mrsgap": gaussian_process.fit, "gpyopt": gpyopt_backend.fit}
STRATEGIES = (GRID, RANDOM, EXPECTED_IMPROVEMENT, THOMPSON)
JITTER = 0.01  # study.md 7.4; here in standard deviations of the objective seen so far


@dataclass(frozen=True)
class Proposal:
    """A configuration to try, the strategy that chose it, and its epochs where they are not the study's."""

    configuration: int
    strategy: str
    epochs: int | None = None


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
        _require_objective(objective, configuration)
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


class Halving:
    """Successive halving, asked and told like a `Search`: many configurations trained a little, the better part of them longer.

    Karnin, Koren and Somekh, ICML 2013; with epochs as the resource Jamieson and Talwalkar, AISTATS 2016. A rung is a round of
    the study: one in `keep` configurations goes on, with `keep` times the epochs; `epochs` are those of the last rung.
    ASSUME: who is better after few epochs tends to be better after many; a configuration that starts slowly is lost.

    The first rung is a Sobol design of `initial` configurations (all of them where that is the space). Told its past in the
    order of the trials, it goes on as if it had never stopped.
    """

    def __init__(self, space: Space, initial: int, keep: int, rungs: int, epochs: int, seed: int, name: str):
        self.sizes = rung_sizes(initial, keep, rungs)
        self.epochs = rung_epochs(epochs, keep, len(self.sizes))
        whole = initial == space.size
        generator = named_generator(seed, "select", name, "design")
        self.first, self.design = (
            (GRID, list(range(space.size))) if whole else (DESIGN, sobol_design(space, initial, generator))
        )
        self.outcomes: list[tuple[int, float | None]] = []
        self.asked = 0

    def tell(self, configuration: int, objective: float | None) -> None:
        """Record the next finished trial; `objective` is None where it failed, which counts as the worst."""
        _require_objective(objective, configuration)
        self.outcomes.append((configuration, objective))
        self.asked = max(self.asked, len(self.outcomes))

    def ask(self) -> Proposal | None:
        """The next configuration with its epochs; None after the last rung, and while the rung before is not told whole."""
        rung, place = self._place(self.asked)
        if rung == len(self.sizes):
            return None
        members = self.design if rung == 0 else self._survivors(rung)
        if members is None:
            return None
        self.asked += 1
        return Proposal(members[place], HALVING if rung else self.first, self.epochs[rung])

    def _place(self, number: int) -> tuple[int, int]:
        """Rung and place in it of a trial by its number."""
        for rung, size in enumerate(self.sizes):
            if number < size:
                return rung, number
            number -= size
        return len(self.sizes), 0

    def _survivors(self, rung: int) -> list[int] | None:
        """The best of the rung before, best first; ties go to the lower number."""
        first = sum(self.sizes[: rung - 1])
        before = self.outcomes[first : first + self.sizes[rung - 1]]
        if len(before) < self.sizes[rung - 1]:
            return None
        ranked = sorted(before, key=lambda pair: (np.inf if pair[1] is None else pair[1], pair[0]))
        return [configuration for configuration, _ in ranked[: self.sizes[rung]]]


def searcher(study: Study, settings: Mapping, seed: int) -> Search | Halving:
    """The search of a study by its `settings` (strategies, initial, backend; rounds and keep of a halving)."""
    if HALVING in settings["strategies"]:
        epochs = study.fixed["training"]["epochs"]
        return Halving(study.space, settings["initial"], settings["keep"], settings["rounds"], epochs, seed, study.name)
    return Search(study.space, settings["strategies"], settings["initial"], seed, study.name, BACKENDS[settings["backend"]])


def _require_objective(objective: float | None, configuration: int) -> None:
    if objective is not None and not (np.isfinite(objective) and objective > 0):
        raise InputError(f"an objective must be finite and > 0, but is {objective!r}", where=f"configuration {configuration}")


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
