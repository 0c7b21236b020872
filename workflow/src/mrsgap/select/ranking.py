"""Rank the configurations of a study by their validation error and choose; search again on a finished grid.

Folds say which neighbours can be told apart. A replay asks how many trials each strategy would have needed; nothing is trained.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from mrsgap.core.errors import InputError
from mrsgap.core.job import track
from mrsgap.select.search import EXPECTED_IMPROVEMENT, RANDOM, THOMPSON, Search
from mrsgap.select.space import Space
from mrsgap.select.trials import finished, last_trials

ALPHA = 0.05
FEWEST_FOLDS = 5  # below, the exact two-sided test can hardly reach ALPHA, so no significance is claimed


def fold_errors(scores: pd.DataFrame) -> dict[int, np.ndarray]:
    """Configuration -> its fold MAEs, (fold,), of the trials that ended well; `InputError` if there are none.

    Of several trials of a configuration (successive halving) the last counts.
    """
    good = last_trials(scores) if "status" in scores else scores
    if good.empty:
        failed = f" ({len(scores)} trial(s) failed: {scores['reason'].iloc[0]})" if len(scores) else ""
        raise InputError(
            f"the study has no finished trial{failed}", cure="Look at the logs of train_trials, mend and run again"
        )
    return {int(number): rows["mae"].to_numpy(float) for number, rows in good.groupby("configuration")}


def rank(scores: pd.DataFrame, space: Space) -> pd.DataFrame:
    """Configurations from best to worst mean MAE, one row each.

    Columns: rank, configuration, one per option, mae_mean, mae_sd (over folds, n - 1), folds, p_next (two-sided Mann-Whitney U
    against the next rank, as the study plots it), separated (p_next < 0.05), p_best (against the first). The p values are NaN
    below five folds. They test single pairs and carry no correction for their number.

    By successive halving, configurations that went on stand before those that did not, and a column `trials` says how often
    each was trained; p values are only of configurations trained equally long.
    """
    errors = fold_errors(scores)
    reached = finished(scores).groupby("configuration")["trial"].nunique() if "trial" in scores else pd.Series(1, list(errors))
    order = sorted(errors, key=lambda number: (-reached[number], errors[number].mean(), number))
    alike = lambda one, other: reached[one] == reached[other]  # noqa: E731
    rows = []
    for position, number in enumerate(order):
        mae = errors[number]
        following = errors[order[position + 1]] if position + 1 < len(order) else None
        p_next = mann_whitney_p(mae, following) if following is not None and alike(number, order[position + 1]) else np.nan
        p_best = mann_whitney_p(errors[order[0]], mae) if alike(number, order[0]) else np.nan
        rows.append(
            {"rank": position + 1, "configuration": number, **space.names(number), "mae_mean": mae.mean(),
             "mae_sd": mae.std(ddof=1) if len(mae) > 1 else np.nan, "folds": len(mae), "p_next": p_next,
             "separated": bool(p_next < ALPHA), "p_best": p_best if position else 1.0, "trials": int(reached[number])}
        )  # fmt: skip
    table = pd.DataFrame(rows)
    return table.drop(columns="trials") if (table["trials"] == 1).all() else table


def mann_whitney_p(first: np.ndarray, second: np.ndarray) -> float:
    """Two-sided p of the Mann-Whitney U test (Ann. Math. Stat. 18 (1947) 50), exact without ties; NaN below five folds."""
    if min(len(first), len(second)) < FEWEST_FOLDS:
        return float("nan")
    return float(mannwhitneyu(first, second, alternative="two-sided").pvalue)


def optimum_set(errors: dict[int, np.ndarray]) -> set[int]:
    """The configurations that their folds do not tell apart from the best; the best alone below five folds."""
    best = min(errors, key=lambda number: (errors[number].mean(), number))
    return {number for number, mae in errors.items() if number == best or mann_whitney_p(errors[best], mae) >= ALPHA}


def choice(study: str, ranking: pd.DataFrame, settings: dict, options: list[str]) -> dict:
    """The selected hyper-parameters with their evidence, as plain data for `choice.json`; `settings` are those of the first."""
    best = ranking.iloc[0]
    tied = ranking.loc[(ranking["p_best"] >= ALPHA) | (ranking["rank"] == 1)]
    return {
        "study": study,
        "configuration": int(best["configuration"]),
        "options": {name: best[name] for name in options},
        "settings": settings,
        "mae_mean": float(best["mae_mean"]),
        "mae_sd": _number(best["mae_sd"]),
        "folds": int(best["folds"]),
        "trials": len(ranking),
        "p_next": _number(best["p_next"]),
        "not_separable_from_best": len(tied) if best["folds"] >= FEWEST_FOLDS else None,
    }


def _number(value) -> float | None:
    return float(value) if np.isfinite(value) else None


STRATEGIES = {
    "expected improvement": (EXPECTED_IMPROVEMENT,),
    "Thompson": (THOMPSON,),
    "alternating": (EXPECTED_IMPROVEMENT, THOMPSON),
    "random": (RANDOM,),
}


@dataclass(frozen=True)
class ReplaySize:
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
    size: ReplaySize,
    seed: int,
) -> pd.DataFrame:
    """Best-so-far curves of repeated searches over the table `errors` (configuration -> fold MAEs; all of the space).

    One row per iteration: backend, strategy, repeat, iteration (from 1), configuration, mae, best_mae, in_optimum. A search
    ends when it has found the best mean, or after `size.iterations`.
    """
    missing = [number for number in range(space.size) if number not in errors]
    if missing:
        raise InputError(f"{len(missing)} of {space.size} configurations have no score, so searches cannot be replayed on them",
                         cure="Replay needs a finished grid study without failed trials")  # fmt: skip
    means = np.array([errors[number].mean() for number in range(space.size)])
    optimum = optimum_set(dict(errors))
    work = [(strategy, repeat) for strategy in strategies for repeat in range(size.repeats)]
    rows = []
    for strategy, repeat in track(work, f"replay {backend}", len(work)):
        initial = 0 if strategy == "random" else size.initial
        search = Search(space, STRATEGIES[strategy], initial, seed, f"replay {backend} {strategy} {repeat}", fit)
        best = np.inf
        for iteration in range(1, min(size.iterations, space.size) + 1):
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
