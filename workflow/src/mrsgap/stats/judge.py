"""From quantities to judged quantities: normalised, named, and beside them the predictors that ignore the spectrum."""

import numpy as np
import pandas as pd

from mrsgap.stats.baseline import constant_predictors
from mrsgap.stats.methods import add_labels
from mrsgap.stats.normalise import MAX, REFERENCE, normalise_quantities


def judge(quantities: pd.DataFrame, norm: str, compositions: dict[str, pd.Series], generating: dict[str, str]) -> pd.DataFrame:
    """Normalised quantities with constant predictors, labels and oracle marks; the one input of every statistic."""
    normalised = normalise_quantities(quantities, norm)
    constants = constant_predictors(normalised, compositions)
    return add_labels(pd.concat([normalised, constants], ignore_index=True) if len(constants) else normalised, generating)


def mean_composition(concentrations, metabolites, norm: str) -> pd.Series:
    """Mean composition of a training set, (item, metabolite) concentrations, on the scale of `norm`.

    `max`: the mean of the max-normalised compositions. `naa_ratio`: the ratio of the mean composition to its NAA, since a mean
    of ratios is ruled by the items that have almost no NAA; NaN where there is no NAA.
    """
    concentrations = np.asarray(concentrations, float)
    largest = concentrations.max(axis=1, keepdims=True)
    mean = (concentrations / np.where(largest > 0, largest, np.nan)).mean(axis=0)
    if norm != MAX:
        place = list(metabolites).index(REFERENCE) if REFERENCE in metabolites else None
        mean = mean / mean[place] if place is not None and mean[place] > 0 else np.full(len(metabolites), np.nan)
    return pd.Series(mean, index=list(metabolites))


def read_compositions(path, norm: str) -> dict[str, pd.Series]:
    """Mean compositions on the scale of `norm`, by training set, as `gather_quantities` wrote them."""
    table = pd.read_csv(path)
    mine = table[table["norm"] == norm]
    return {str(name): rows.set_index("metabolite")["mean"] for name, rows in mine.groupby("training_set", sort=False)}
