"""Folds: a partition of the items."""

import numpy as np
import pytest

from mrsgap.core.errors import InputError
from mrsgap.learn.members import split_folds


@pytest.mark.parametrize(("items", "folds"), [(10, 2), (103, 5), (5, 5)])
def test_every_item_is_in_exactly_one_fold_of_equal_size(items, folds):
    table = split_folds(items, folds, 1, "train")
    assert sorted(table.item) == list(range(items))
    sizes = np.bincount(table.fold, minlength=folds)
    assert sizes.sum() == items
    assert sizes.max() - sizes.min() <= 1


def test_folds_are_shuffled_repeatable_and_named():
    table = split_folds(1000, 5, 1, "train")
    assert split_folds(1000, 5, 1, "train").equals(table)
    assert not split_folds(1000, 5, 1, "test").equals(table)
    assert abs(np.corrcoef(table.item, table.fold)[0, 1]) < 0.1


@pytest.mark.parametrize(("items", "folds"), [(4, 5), (10, 1), (0, 2)])
def test_impossible_splits_are_refused(items, folds):
    with pytest.raises(InputError, match=f"{items} items cannot be split into {folds} folds"):
        split_folds(items, folds, 1, "train")
