"""From quantities to judged quantities: normalised, named, and beside them the predictors that ignore the spectrum.

A method that does not beat a constant has learnt nothing about the metabolite.
"""

import numpy as np
import pandas as pd

from mrsgap.quantities.normalise import MAX, REFERENCE, normalise_concentrations, normalise_quantities
from mrsgap.quantities.table import METHOD_KEYS, add_labels, read_table

TEST_MEAN = "constant (test mean)"  # knows the test set's mean composition: the hardest constant to beat


def judge(quantities: pd.DataFrame, norm: str, compositions: dict[str, pd.Series], generating: dict[str, str]) -> pd.DataFrame:
    """Normalised quantities with constant predictors, labels and oracle marks; the one input of every statistic."""
    normalised = normalise_quantities(quantities, norm)
    constants = constant_predictors(normalised, compositions)
    return add_labels(pd.concat([normalised, constants], ignore_index=True) if len(constants) else normalised, generating)


def set_apart(rows: pd.DataFrame, dataset: str, series: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows (columns dataset, series) of what a study judges, and those of the `series` of one `dataset` that it leaves out."""
    apart = (rows["dataset"] == dataset) & rows["series"].isin(series)
    return rows[~apart], rows[apart]


def mean_composition(concentrations, metabolites, norm: str) -> pd.Series:
    """Mean composition of a training set, (item, metabolite) concentrations, on the scale of `norm`.

    `max`: the mean of the max-normalised compositions. `naa_ratio`: the ratio of the mean composition to its NAA, since a mean
    of ratios is ruled by the items that have almost no NAA; NaN where there is no NAA.
    """
    mean = normalise_concentrations(np.asarray(concentrations, float), "max").mean(axis=0)
    if norm != MAX:
        place = list(metabolites).index(REFERENCE) if REFERENCE in metabolites else None
        mean = mean / mean[place] if place is not None and mean[place] > 0 else np.full(len(metabolites), np.nan)
    return pd.Series(mean, index=list(metabolites))


def read_compositions(path, norm: str) -> dict[str, pd.Series]:
    """Mean compositions on the scale of `norm`, by training set, as `gather_quantities` wrote them."""
    table = read_table(path)
    mine = table[table["norm"] == norm]
    return {name: rows.set_index("metabolite")["mean"] for name, rows in mine.groupby("training_set", sort=False)}


def training_mean(name: str) -> str:
    """Name of the constant predictor that answers with the mean composition of training set `name`."""
    return f"constant ({name} mean)"


def constant_predictors(normalised: pd.DataFrame, compositions: dict[str, pd.Series]) -> pd.DataFrame:
    """Rows of normalised quantities in which the estimate is a mean composition, for every data set.

    Truths are taken from the methods that quantify the most metabolites of a data set, so that a method that lacks some does
    not shrink it. `compositions` maps a training set to its mean normalised composition, indexed by metabolite.
    """
    parts = []
    for _, rows in normalised[np.isfinite(normalised["truth"])].groupby("dataset", sort=False):
        breadth = rows.groupby(METHOD_KEYS)["metabolite"].transform("nunique")
        truths = rows[breadth == breadth.max()].drop_duplicates(["item", "metabolite"])
        means = {TEST_MEAN: truths.groupby("metabolite")["truth"].mean()}
        means |= {training_mean(name): composition for name, composition in compositions.items()}
        parts += [_predict(truths, name, mean) for name, mean in means.items()]
    return pd.concat(parts, ignore_index=True) if parts else normalised.iloc[:0]


def _predict(truths, name, mean):
    blank = dict.fromkeys(["basis", "training_set", "fold", "seed", "reason"], "")
    estimate = truths["metabolite"].map(mean).astype(float)
    error = estimate - truths["truth"]
    absent = {"crlb": np.nan, "sd": np.nan, "status": "ok"}
    numbers = {"estimate": estimate, "error": error, "abs_error": error.abs()}
    excluded = np.where(np.isfinite(error), "", "not in the training set")
    return truths.assign(method=name, **blank, **absent, **numbers, excluded=excluded)


def skill(mae: float, mae_constant: float) -> float:
    """1 - MAE / MAE(constant): 1 is perfect, 0 is no better than a constant; NaN where the constant makes no error."""
    return 1 - mae / mae_constant if mae_constant > 0 else float("nan")
