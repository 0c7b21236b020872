"""The predictor that ignores the spectrum: a method that does not beat it has learnt nothing about the metabolite."""

import numpy as np
import pandas as pd

from mrsgap.stats.quantities import METHOD_KEYS

TEST_MEAN = "constant (test mean)"  # knows the test set's mean composition: the hardest constant to beat


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
