"""Is one method, or one training set, better than another? Paired tests and distances of distributions of errors."""

import numpy as np
import pandas as pd
from scipy import stats

from mrsgap.quantities.table import COPY, pick
from mrsgap.stats.bootstrap import batches

NOTABLE = 1.0  # a standardised distance above this is called notable in the group's poster
TEST_COLUMNS = ["dataset", "metabolite", "better", "worse", "training_set", "p", "p_holm", "win_proportion", "wins", "n",
                "mean_difference", "note", "p_batches", "n_batches"]  # fmt: skip
DISTANCE_COLUMNS = ["method", "dataset", "series", "metabolite", "reference", "other", "distance", "mae_change", "notable",
                    "p_less", "p_more", "n"]  # fmt: skip


def study_tests(
    series: pd.DataFrame, dataset: str, comparisons: list[dict], training_sets: list[str], basis: str
) -> pd.DataFrame:
    """One-tailed paired tests of the configured pairs on the experiment-level MAEs of `series` (`errors.series_errors`).

    Each comparison names `better`, a list `worse` and the `metabolites`; networks are compared within each training set. The
    Holm adjustment is over all tests of the table. `p_batches` is the same test with one pair for each batch of phantoms. A
    pair that lacks a method keeps its row, with the reason in `note`.
    """
    mine = series[series["dataset"] == dataset]
    rows = []
    for comparison in comparisons:
        for worse in comparison["worse"]:
            for training_set in _training_sets(mine, (comparison["better"], worse), training_sets):
                for metabolite in comparison["metabolites"]:
                    named = {"dataset": dataset, "metabolite": metabolite, "better": comparison["better"], "worse": worse}
                    rows.append(named | {"training_set": training_set} | _test(mine, named, training_set, basis))
    table = pd.DataFrame(rows, columns=[name for name in TEST_COLUMNS if name != "p_holm"])
    return table.assign(p_holm=holm(table["p"]))[TEST_COLUMNS]


def _training_sets(table, methods, training_sets):
    """Training sets in which a pair can be compared: none for two fits."""
    known = table[table["method"].isin(methods) & (table["member"] == COPY)]["training_set"].unique()
    return [name for name in training_sets if name in known] or [""]


def _test(table, named, training_set, basis):
    errors = {}
    for role in ("better", "worse"):
        rows = pick(table[table["metabolite"] == named["metabolite"]], named[role], training_set, basis)
        if rows.empty:
            empty = {"p": np.nan, "win_proportion": np.nan, "wins": np.nan, "n": 0, "mean_difference": np.nan,
                     "p_batches": np.nan, "n_batches": 0}  # fmt: skip
            return empty | {"note": f"no results of {named[role]}"}
        errors[role] = rows.set_index("series")["mae"]
    both = pd.concat(errors, axis=1).dropna()
    whole = both.groupby(batches(both.index)).mean()  # one pair for each batch of phantoms, however often it was measured
    by_batch = paired_test(whole["better"], whole["worse"])
    return paired_test(both["better"], both["worse"]) | {"p_batches": by_batch["p"], "n_batches": by_batch["n"]}


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
        empty = dict.fromkeys(("p", "wins", "win_proportion", "mean_difference"), np.nan)
        return empty | {"n": 0, "note": "no common experiment"}
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


def training_set_distances(items: pd.DataFrame, dataset: str, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """Per network, series and metabolite: how the errors move from training set `reference` to `other`."""
    networks = items[(items["dataset"] == dataset) & (items["member"] == COPY)]
    rows = []
    for reference, other in pairs:
        pair = networks[networks["training_set"].isin([reference, other])]
        for (method, series, metabolite), part in pair.groupby(["method", "series", "metabolite"], sort=False):
            wide = part.pivot_table(index="item", columns="training_set", values="abs_error")
            if {reference, other} <= set(wide.columns):
                row = {"method": method, "dataset": dataset, "series": series, "metabolite": metabolite}
                rows.append(row | {"reference": reference, "other": other} | compare_errors(wide[reference], wide[other]))
    return pd.DataFrame(rows, columns=DISTANCE_COLUMNS)


def standardised_wasserstein(reference, other) -> float:
    """First Wasserstein distance between two samples of errors, in units of the reference's standard deviation.

    NaN where either sample is empty or the reference does not vary.
    """
    # ASSUME: the poster's "normalised errors" are scaled by the SD of the set compared against; it does not say.
    reference, other = (np.asarray(values, float) for values in (reference, other))
    reference, other = reference[np.isfinite(reference)], other[np.isfinite(other)]
    scale = reference.std() if len(reference) else 0.0
    if scale == 0 or not len(other):
        return float("nan")
    return float(stats.wasserstein_distance(reference / scale, other / scale))


def compare_errors(reference, other) -> dict:
    """Distance between two samples of absolute errors of the same items, the change of MAE, and whether it is notable.

    `p_less` and `p_more` are the one-tailed signed-rank tests, over the items, that `other` errs less, or more.
    """
    reference, other = np.asarray(reference, float), np.asarray(other, float)
    both = np.isfinite(reference) & np.isfinite(other)
    distance = standardised_wasserstein(reference[both], other[both])
    change = float((other - reference)[both].mean()) if both.any() else float("nan")
    tests = {"p_less": paired_test(other, reference)["p"], "p_more": paired_test(reference, other)["p"]}
    return {"distance": distance, "mae_change": change, "notable": bool(distance > NOTABLE), **tests, "n": int(both.sum())}
