"""Is one method better than another? Paired tests on experiment-level errors, with the family-wise error in hand."""

import numpy as np
from scipy import stats


def paired_test(better, worse) -> dict:
    """One-tailed Wilcoxon signed-rank test that `better` has the smaller errors, one pair per experiment.

    Pairs with a NaN are left out; equal pairs are dropped from the ranks (Wilcoxon 1945) but count in n. Returns p (SciPy:
    exact without ties up to 50 pairs), the share of experiments in which `better` is smaller, the mean difference (better -
    worse) and n. Without a pair that differs there is no evidence: p = 1, and `note` says so; without any pair p is NaN.
    """
    better, worse = np.asarray(better, float), np.asarray(worse, float)
    known = np.isfinite(better) & np.isfinite(worse)
    difference = (better - worse)[known]
    n = len(difference)
    if n == 0:
        return {
            "p": np.nan,
            "wins": np.nan,
            "win_proportion": np.nan,
            "mean_difference": np.nan,
            "n": 0,
            "note": "no common experiment",
        }
    wins, note = int((difference < 0).sum()), ""
    if not np.any(difference):
        p, note = 1.0, "all differences are zero"
    else:
        p = float(stats.wilcoxon(difference, alternative="less", zero_method="wilcox").pvalue)
        if n < 5:
            note = f"{n} experiments: p cannot fall below {0.5**n:.3g}"
    return {"p": p, "wins": wins, "win_proportion": wins / n, "mean_difference": float(difference.mean()), "n": n, "note": note}


def holm(p_values) -> np.ndarray:
    """Holm's step-down adjusted p values (Scand. J. Statist. 1979); NaN stays NaN and does not count in the family."""
    p_values = np.asarray(p_values, float)
    known = np.flatnonzero(np.isfinite(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    steps = p_values[order] * np.arange(len(order), 0, -1)
    adjusted = np.full(p_values.shape, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
