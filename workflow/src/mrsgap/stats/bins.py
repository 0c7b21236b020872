"""Errors by a property of the spectrum: groups of equal size, for instance by signal-to-noise ratio."""

import numpy as np
import pandas as pd


def equal_groups(values, groups: int) -> pd.Series:
    """Group number 0 ... `groups` - 1 of each value by quantiles; fewer where values repeat, -1 where unknown."""
    values = np.asarray(values, float)
    known = np.isfinite(values)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, groups + 1))) if known.any() else np.array([])
    inner = edges[1:-1]
    return pd.Series(np.where(known, np.searchsorted(inner, values, side="right"), -1))


def errors_by_group(items: pd.DataFrame, covariate: pd.Series, name: str, groups: int) -> pd.DataFrame:
    """MAE, bias and RMSE per method, metabolite and group of `covariate` (indexed by item), with the group's limits and size.

    `items` has the columns of `errors.item_errors`.
    """
    value = covariate.astype(float)
    group = pd.Series(equal_groups(value, groups).to_numpy(), index=value.index)
    table = items.assign(value=items["item"].map(value), group=items["item"].map(group))
    table = table[(table["group"] >= 0) & np.isfinite(table["abs_error"])]
    rows = []
    for keys, part in table.groupby(["label", "dataset", "metabolite", "group"], sort=False):
        rmse = np.sqrt(part["square_error"].mean())
        bound, fit_bound = (np.sqrt(_mean_square(part[name])) for name in ("crlb", "fit_crlb"))
        rows.append(dict(zip(["label", "dataset", "metabolite", "group"], keys)) | {
            "covariate": name, "low": part["value"].min(), "high": part["value"].max(), "n_items": len(part),
            "mae": part["abs_error"].mean(), "bias": part["error"].mean(), "rmse": rmse,
            "rmse_over_crlb": rmse / bound if bound > 0 else np.nan,
            "rmse_over_fit_crlb": rmse / fit_bound if fit_bound > 0 else np.nan,
        })  # fmt: skip
    columns = [
        "label",
        "dataset",
        "metabolite",
        "group",
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
    return pd.DataFrame(rows, columns=columns).sort_values(["label", "dataset", "metabolite", "group"], ignore_index=True)


def _mean_square(values):
    known = values[np.isfinite(values)]
    return float((known**2).mean()) if len(known) else float("nan")
