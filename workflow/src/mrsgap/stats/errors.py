"""Errors per spectrum, per experiment, overall and by a property of the spectrum, with the intervals that series allow.

A method without bounds of its own is judged against the data's: one fit's Cramer-Rao bounds stand beside every method's errors.
A root mean square error below the bound means that apparent precision is bias (Rizzo et al., Magn Reson Med 2023;89:1707).
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from mrsgap.quantities.table import COPY, LABEL_KEYS, pick
from mrsgap.stats.bootstrap import batches, cluster_interval
from mrsgap.stats.judge import TEST_MEAN, skill

SUMMARY_NUMBERS = (
    "n_items", "n_failed", "n_series", "mae", "sem", "normal_low", "normal_high", "cluster_low", "cluster_high",
    "median_abs_error", "bias", "precision_sd", "rmse", "crlb", "rmse_over_crlb", "fit_crlb",
    "rmse_over_fit_crlb", "n_zero_truth", "mae_zero_truth",
    "mae_nonzero_truth",
)  # fmt: skip
SPECTRUM = ["dataset", "item", "metabolite"]
OVERALL = "Overall"  # the mean over the study's metabolites, spectrum by spectrum
SUMMARY_KEYS = ["label", *LABEL_KEYS, "oracle", "dataset", "origin", "metabolite"]
ITEM_KEYS = ["label", *LABEL_KEYS, "oracle", "dataset", "origin", "series", "item", "metabolite"]
GROUP_KEYS = ["label", "dataset", "metabolite", "group"]
GROUP_COLUMNS = [
    *GROUP_KEYS,
    "covariate",
    "low",
    "high",
    "n_items",
    "mae",
    "bias",
    "rmse",
    "rmse_over_crlb",
    "rmse_over_fit_crlb",
]


def item_errors(normalised: pd.DataFrame, overall: list[str], bound: str, basis: str) -> pd.DataFrame:
    """One row per method, spectrum and metabolite: the errors of a network's copies are averaged, never its answers.

    Adds rows named `Overall`, the mean over the metabolites in `overall`, where all of them have an error. Columns beside the
    keys: error, abs_error, square_error, truth, estimate (means over copies), crlb, n_copies, and fit_crlb, the bound of the
    fit `bound` with `basis` on the same spectrum.
    """
    table = normalised.assign(square_error=normalised["error"] ** 2, known=np.isfinite(normalised["error"]).astype(int))
    grouped = table.groupby(ITEM_KEYS, sort=False)
    means = ["error", "abs_error", "square_error", "truth", "estimate", "crlb"]
    items = grouped[means].mean().assign(n_copies=grouped["known"].sum()).reset_index()
    chosen = items[items["metabolite"].isin(overall)]
    grouped = chosen.groupby([key for key in ITEM_KEYS if key != "metabolite"], sort=False)
    whole = grouped[means].mean()
    complete = grouped["abs_error"].count() == len(overall)
    whole.loc[~complete, :] = np.nan
    whole = whole.assign(n_copies=grouped["n_copies"].min(), metabolite=OVERALL).reset_index()
    whole = whole[whole["label"].isin(_complete_methods(chosen, overall))]
    return with_reference_bound(pd.concat([items, whole[items.columns]], ignore_index=True), bound, basis)


def with_reference_bound(items: pd.DataFrame, method: str, basis: str) -> pd.DataFrame:
    """`items` (`item_errors`) with `fit_crlb`: the bound of the fit `method` on the same spectrum and metabolite.

    NaN where that fit has none. `basis` decides between fits with several bases.
    """
    bounds = pick(items, method, "", basis).drop_duplicates(SPECTRUM).set_index(SPECTRUM)["crlb"]
    wanted = pd.MultiIndex.from_frame(items[SPECTRUM])
    return items.assign(fit_crlb=bounds.reindex(wanted).to_numpy(float))


def series_errors(items: pd.DataFrame) -> pd.DataFrame:
    """Experiment-level MAE: mean over the spectra of a series, per method and metabolite, with n and the failed ones."""
    grouped = items[items["series"] != ""].groupby([key for key in ITEM_KEYS if key != "item"], sort=False)
    means = grouped[["abs_error", "error"]].mean().rename(columns={"abs_error": "mae", "error": "bias"})
    n_items = grouped["abs_error"].count()
    return means.assign(
        sd=grouped["abs_error"].std(), n_items=n_items, n_failed=grouped["abs_error"].size() - n_items
    ).reset_index()


def overall_errors(items: pd.DataFrame, normalised: pd.DataFrame, level: float, draws: int, generator_for) -> pd.DataFrame:
    """One row per method, data set and metabolite: MAE, its uncertainty, its parts, and the skill over a constant.

    `mae` is the mean over spectra with `sem` = SD/sqrt(n) and the normal interval; `cluster_low`, `cluster_high` bound it from
    a bootstrap over batches of phantoms, the honest interval where spectra share phantoms. `copies_sd` is the spread of the MAE
    between trained copies. Zero truths count in every mean and are also told apart, since no relative error exists there.
    `generator_for(dataset)` gives the random generator of a data set, so that all its methods see the same resamples.
    """
    copies = _spread_between_copies(normalised)
    rows = []
    for keys, part in items.groupby(SUMMARY_KEYS, sort=False):
        named = dict(zip(SUMMARY_KEYS, keys))
        values = _describe(part, level, draws, generator_for(named["dataset"]))
        spread = copies.get((named["label"], named["dataset"], named["metabolite"]), np.nan)
        rows.append(named | values | {"copies_sd": spread})
    return add_skill(pd.DataFrame(rows, columns=[*SUMMARY_KEYS, *SUMMARY_NUMBERS, "copies_sd"]))


def _describe(part, level, draws, generator):
    """Every number about the errors of one method on one metabolite of one data set; `part` has a row per spectrum."""
    known = part[np.isfinite(part["abs_error"])]
    known = known.assign(square_crlb=known["crlb"] ** 2, square_fit_crlb=known["fit_crlb"] ** 2)
    errors = known["abs_error"].to_numpy()
    n, zero = len(known), (known["truth"] == 0).to_numpy()
    mae = errors.mean() if n else np.nan
    sem = errors.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
    half = ndtri((1 + level) / 2) * sem
    low, high = cluster_interval(errors, batches(known["series"]), level, draws, generator)
    rmse, bound, fit_bound = (_root_mean(known[name]) for name in ("square_error", "square_crlb", "square_fit_crlb"))
    bias = known["error"].mean() if n else np.nan
    median = np.median(errors) if n else np.nan
    spread = np.sqrt(max(rmse**2 - bias**2, 0.0)) if n else np.nan
    at_zero = errors[zero].mean() if zero.any() else np.nan
    above_zero = errors[~zero].mean() if (~zero).any() else np.nan
    n_series = known.loc[known["series"] != "", "series"].nunique()
    values = (n, len(part) - n, n_series, mae, sem, mae - half, mae + half, low, high, median, bias, spread, rmse, bound,
              rmse / bound if bound > 0 else np.nan, fit_bound, rmse / fit_bound if fit_bound > 0 else np.nan,
              int(zero.sum()), at_zero, above_zero)  # fmt: skip
    return dict(zip(SUMMARY_NUMBERS, values, strict=True))


def equal_groups(values, groups: int) -> pd.Series:
    """Group number 0 ... `groups` - 1 of each value by quantiles; fewer where values repeat, -1 where unknown."""
    values = np.asarray(values, float)
    known = np.isfinite(values)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, groups + 1))) if known.any() else np.array([])
    inner = edges[1:-1]
    return pd.Series(np.where(known, np.searchsorted(inner, values, side="right"), -1))


def errors_by_group(items: pd.DataFrame, covariate: pd.Series, name: str, groups: int) -> pd.DataFrame:
    """MAE, bias and RMSE per method, metabolite and group of `covariate` (indexed by item), with the group's limits and size.

    `items` has the columns of `item_errors`.
    """
    value = covariate.astype(float)
    group = pd.Series(equal_groups(value, groups).to_numpy(), index=value.index)
    table = items.assign(value=items["item"].map(value), group=items["item"].map(group))
    table = table[(table["group"] >= 0) & np.isfinite(table["abs_error"])]
    rows = []
    for keys, part in table.groupby(GROUP_KEYS, sort=False):
        rmse = np.sqrt(part["square_error"].mean())
        bound, fit_bound = (_root_mean(part[name] ** 2) for name in ("crlb", "fit_crlb"))
        rows.append(dict(zip(GROUP_KEYS, keys)) | {
            "covariate": name, "low": part["value"].min(), "high": part["value"].max(), "n_items": len(part),
            "mae": part["abs_error"].mean(), "bias": part["error"].mean(), "rmse": rmse,
            "rmse_over_crlb": rmse / bound if bound > 0 else np.nan,
            "rmse_over_fit_crlb": rmse / fit_bound if fit_bound > 0 else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=GROUP_COLUMNS).sort_values(GROUP_KEYS, ignore_index=True)


def add_skill(summary: pd.DataFrame) -> pd.DataFrame:
    """Add `mae_constant` and `skill` against the test set's mean composition, per data set and metabolite."""
    constant = summary[summary["method"] == TEST_MEAN].set_index(["dataset", "metabolite"])["mae"]
    known = [constant.get(keys, np.nan) for keys in zip(summary["dataset"], summary["metabolite"])]
    return summary.assign(mae_constant=known, skill=[skill(*pair) for pair in zip(summary["mae"], known)])


def _complete_methods(chosen, overall):
    """Methods that quantify every metabolite of the overall mean; for the others it would mean something else."""
    found = chosen.groupby("label")["metabolite"].nunique()
    return found[found == len(overall)].index


def _spread_between_copies(normalised):
    copies = normalised[normalised["member"] == COPY]
    per_copy = copies.groupby(["label", "dataset", "metabolite", "fold", "seed"], sort=False)["abs_error"].mean()
    return per_copy.groupby(level=[0, 1, 2]).std().to_dict()


def _root_mean(squares):
    known = squares[np.isfinite(squares)]
    return float(np.sqrt(known.mean())) if len(known) else float("nan")
