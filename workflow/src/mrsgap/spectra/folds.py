"""Folds of a data set for cross-validation: every item in exactly one."""

import numpy as np
import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_generator


def split_folds(items: int, folds: int, seed: int, dataset: str) -> pd.DataFrame:
    """Table (item, fold), folds counted from 0, shuffled and of equal size to within one item.

    Shuffled because a Sobol sequence is ordered. Raises `InputError` for fewer items than folds, or fewer than two folds.

    >>> split_folds(items=10, folds=3, seed=1, dataset="train")["fold"].value_counts().sort_index().tolist()
    [4, 3, 3]
    """
    if not 2 <= folds <= items:
        raise InputError(f"{items} items cannot be split into {folds} folds", where="config: folds.count",
                         cure="Use at least two folds and at least one item in each")  # fmt: skip
    fold = np.empty(items, int)
    fold[named_generator(seed, "folds", dataset).permutation(items)] = np.arange(items) % folds
    return pd.DataFrame({"item": np.arange(items), "fold": fold})
