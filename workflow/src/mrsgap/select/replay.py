"""Search again on a finished grid: how many trials would each strategy have needed? Nothing is trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.core.job import track
from mrsgap.select.ranking import optimum_set
from mrsgap.select.search import EXPECTED_IMPROVEMENT, RANDOM, THOMPSON, Search
from mrsgap.select.space import Space

STRATEGIES = {
    "expected improvement": (EXPECTED_IMPROVEMENT,),
    "Thompson": (THOMPSON,),
    "alternating": (EXPECTED_IMPROVEMENT, THOMPSON),
    "random": (RANDOM,),
}


@dataclass(frozen=True)
class Plan:
    """Repeats, the longest search, and the size of the initial design (random search has none)."""

    repeats: int
    iterations: int
    initial: int


def replay(
    space: Space,
    errors: Mapping[int, np.ndarray],
    backend: str,
    fit: Callable,
    strategies: Sequence[str],
    plan: Plan,
    seed: int,
) -> pd.DataFrame:
    """Best-so-far curves of repeated searches over the table `errors` (configuration -> fold MAEs; all of the space).

    One row per iteration: backend, strategy, repeat, iteration (from 1), configuration, mae, best_mae, in_optimum. A search
    ends when it has found the best mean, or after `plan.iterations`.
    """
    missing = [number for number in range(space.size) if number not in errors]
    if missing:
        raise InputError(f"{len(missing)} of {space.size} configurations have no score, so searches cannot be replayed on them",
                         cure="Replay needs a finished grid study without failed trials")  # fmt: skip
    means = np.array([errors[number].mean() for number in range(space.size)])
    optimum = optimum_set(dict(errors))
    work = [(strategy, repeat) for strategy in strategies for repeat in range(plan.repeats)]
    rows = []
    for strategy, repeat in track(work, f"replay {backend}", len(work)):
        initial = 0 if strategy == "random" else plan.initial
        search = Search(space, STRATEGIES[strategy], initial, seed, f"replay {backend} {strategy} {repeat}", fit)
        best = np.inf
        for iteration in range(1, min(plan.iterations, space.size) + 1):
            number = search.ask().configuration
            search.tell(number, float(means[number]))
            best = min(best, means[number])
            rows.append((backend, strategy, repeat, iteration, number, means[number], best, number in optimum))
            if best == means.min():
                break
    columns = ["backend", "strategy", "repeat", "iteration", "configuration", "mae", "best_mae", "in_optimum"]
    return pd.DataFrame(rows, columns=columns)


def summarise_replay(runs: pd.DataFrame, size: int) -> pd.DataFrame:
    """Iterations to the optimum by backend and strategy: median and quartiles over repeats.

    `goal` is `optimum` (any configuration not separable from the best by its folds) or `best mean`. A repeat that did not get
    there counts as infinity in the quantiles, which are empty where that is their value; `found` counts those that did.
    `share` is the median's share of the space.
    """
    lowest = runs["best_mae"].min()
    rows = []
    for (backend, strategy), group in runs.groupby(["backend", "strategy"], sort=False):
        repeats = group["repeat"].nunique()
        for goal, hit in (("optimum", group["in_optimum"]), ("best mean", group["mae"] == lowest)):
            first = group[hit].groupby("repeat")["iteration"].min()
            needed = np.concatenate([first.to_numpy(float), np.full(repeats - len(first), np.inf)])
            lower, median, upper = np.quantile(needed, [0.25, 0.5, 0.75], method="inverted_cdf")
            rows.append(
                {"backend": backend, "strategy": strategy, "goal": goal, "repeats": repeats, "found": len(first),
                 "median": median, "lower_quartile": lower, "upper_quartile": upper, "share": median / size}
            )  # fmt: skip
    return pd.DataFrame(rows).replace(np.inf, np.nan)
