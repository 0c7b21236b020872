"""Folds of a data set, and members: networks trained alike on other items or from another seed, and what each may see."""

from dataclasses import dataclass

import jax
import numpy as np
import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_generator
from mrsgap.spectra.render import Examples


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


@dataclass(frozen=True)
class Member:
    """One network to train: its name (`fold 3`), its key, the items it learns from and those held out to stop it."""

    name: str
    key: jax.Array
    training: np.ndarray
    held_out: np.ndarray


def check_examples(examples: Examples, runs: list[Member], batch_size: int) -> None:
    """Raise `InputError` for examples with NaN, runs without items, or a split in which an item stands on both sides."""
    for name, values in examples._asdict().items():
        if values is not None and not bool(np.isfinite(np.asarray(values)).all()):
            bad = int(np.argmin(np.isfinite(np.asarray(values)).reshape(len(values), -1).all(axis=1)))
            raise InputError(
                f"`{name}` of training item {bad} is not finite", cure="Training sets need both edit states and a truth"
            )
    for run in runs:
        if not len(run.training) or not len(run.held_out):
            raise InputError(
                f"{run.name} has {len(run.training)} items to learn from and {len(run.held_out)} held out",
                cure="Both need at least one: use more items or fewer folds",
            )
        if np.intersect1d(run.training, run.held_out).size:
            raise InputError(
                f"{run.name} would be judged on items it learns from", cure="Its training and held-out items must differ"
            )


def epoch_order(run: Member, epoch: int, steps: int, batch_size: int) -> np.ndarray:
    """Items of every batch, (step, batch): a full permutation of the run's training items, the same for the same key and epoch.

    When the items do not fill the last batch, the permutation's first ones fill it, so that every item is seen and every batch
    is whole.
    """
    words = [int(word) for word in np.asarray(jax.random.key_data(run.key)).ravel()]
    order = np.random.default_rng([*words, epoch]).permutation(run.training)
    return np.resize(order, (steps, batch_size)).astype(np.int32)


def fold_members(fold_of_item: np.ndarray, folds: list[int], held_out_fraction: float, key) -> list[Member]:
    """A run for each of `folds`, whose items it never sees: of the others a fraction is held out to stop by.

    A fold that stopped its own training would be judged on what it chose. `fold_of_item` (item,).
    """
    present = set(np.unique(fold_of_item).tolist())
    absent = [fold for fold in folds if fold not in present]
    if absent:
        raise InputError(f"no item is in fold {absent[0]}; there are folds {sorted(present)}", where="config: folds.count")
    items = np.arange(len(fold_of_item))
    return [
        _member(f"fold {fold}", items[fold_of_item != fold], held_out_fraction, jax.random.fold_in(key, fold)) for fold in folds
    ]


def seed_members(count: int, seeds: list[int], held_out_fraction: float, key) -> list[Member]:
    """A run for each of `seeds`, with its own weights, order and held-out items (a fraction of `count`)."""
    return [_member(f"seed {seed}", np.arange(count), held_out_fraction, jax.random.fold_in(key, seed)) for seed in seeds]


def _member(name, items, held_out_fraction, key):
    """A run that learns from `items` but for a fraction, at least one, which it is stopped by."""
    apart = max(1, round(len(items) * held_out_fraction))
    words = [int(word) for word in np.asarray(jax.random.key_data(key)).ravel()]
    order = np.random.default_rng(words).permutation(items)
    return Member(name, key, np.sort(order[apart:]), np.sort(order[:apart]))
