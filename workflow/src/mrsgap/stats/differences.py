"""How much one method errs more than another on the same spectra, with an interval over batches of phantoms and trainings.

Two methods see the same phantoms, so that most of what moves their errors moves both: intervals of the two errors say little
about the difference, and that they overlap says nothing.
"""

from itertools import combinations

import numpy as np
import pandas as pd

from mrsgap.quantities.table import COPY, ENSEMBLE
from mrsgap.stats.bootstrap import FEWEST, batches, draw_counts, symmetric_interval
from mrsgap.stats.errors import OVERALL

COLUMNS = ["dataset", "metabolite", "first", "second", "difference", "low", "high", "n_items", "n_batches", "note"]
COPY_KEYS = ["label", "fold", "seed"]
ITEM_KEYS = ["series", "item"]


def paired_differences(
    judged: pd.DataFrame, dataset: str, overall: list[str], level: float, draws: int, generator_for
) -> pd.DataFrame:
    """MAE of `first` minus that of `second` on the spectra that both quantify, for every pair of methods of one data set.

    `judged` are normalised, labelled quantities with single copies of networks; ensembles are left out. Rows named `Overall`
    are of the mean over the metabolites in `overall`, spectrum by spectrum. `low` and `high` bound the difference at `level`:
    a studentised bootstrap draws batches of phantoms and, of each network, its trained copies. At ten batches and two to five
    copies a 95 % interval covers 93 to 97 %. `note` names what the interval leaves out: with a single copy the spread between
    trainings. `generator_for(metabolite)` gives a random generator.
    """
    mine = judged[(judged["dataset"] == dataset) & (judged["member"] != ENSEMBLE)]
    trained = mine[mine["member"] == COPY].drop_duplicates(COPY_KEYS).groupby("label").size().to_dict()
    rows = []
    for metabolite, part in _with_overall(mine, overall):
        errors = part.pivot_table(index=ITEM_KEYS, columns=COPY_KEYS, values="abs_error", sort=False)
        methods = {label: one.to_numpy() for label, one in errors.T.groupby(level="label", sort=False)}  # (copy, item)
        series = errors.index.get_level_values("series")
        for pair in combinations(methods, 2):
            numbers = _difference(*(methods[label] for label in pair), series, level, draws, generator_for(metabolite))
            notes = [numbers.pop("note"), *(f"one training of {label}" for label in pair if trained.get(label) == 1)]
            named = {"dataset": dataset, "metabolite": metabolite, "first": pair[0], "second": pair[1]}
            rows.append(named | numbers | {"note": "; ".join(filter(None, notes))})
    return pd.DataFrame(rows, columns=COLUMNS)


def difference_between(differences: pd.DataFrame, metabolite: str, first: str, second: str) -> pd.Series | None:
    """The row of `first` minus `second` (labels), turned round where the table has them the other way; None without one."""
    here = differences[differences["metabolite"] == metabolite]
    for one, other, sign in ((first, second, 1), (second, first, -1)):
        row = here[(here["first"] == one) & (here["second"] == other)]
        if len(row):
            ends = sorted(sign * row[["low", "high"]].iloc[0].to_numpy(float))
            value, note = sign * row["difference"].iloc[0], row["note"].fillna("").iloc[0]
            return pd.Series({"difference": value, "low": ends[0], "high": ends[1], "note": note})
    return None


def _with_overall(judged, overall):
    """(metabolite, rows) of each metabolite, and of the mean over `overall` of the methods that quantify all of them."""
    yield from judged.groupby("metabolite", sort=False)
    chosen = judged[judged["metabolite"].isin(overall)]
    grouped = chosen.groupby([*COPY_KEYS, *ITEM_KEYS], sort=False)["abs_error"]
    means = grouped.mean().where(grouped.count() == len(overall)).reset_index()
    complete = chosen.groupby("label")["metabolite"].nunique() == len(overall)
    yield OVERALL, means[means["label"].isin(complete.index[complete])]


def _difference(first, second, series, level, draws, generator):
    """Difference of two methods' errors (copy, item), its interval, and on how much it rests."""
    known = np.isfinite(first).all(axis=0) & np.isfinite(second).all(axis=0)
    names, place = np.unique(batches(series[known]), return_inverse=True)
    numbers = {"difference": np.nan, "low": np.nan, "high": np.nan, "n_items": int(known.sum()), "n_batches": len(names)}
    if not known.any():
        return numbers | {"note": "no common spectrum"}
    numbers["difference"] = float(first[:, known].mean() - second[:, known].mean())
    if len(names) < FEWEST:
        return numbers | {"note": f"{len(names)} batches, {FEWEST} needed"}
    sizes = np.bincount(place)
    sums = [np.stack([np.bincount(place, weights=copy[known]) for copy in errors]) for errors in (first, second)]
    value, error = (
        one[0] for one in _value_and_error(sums, sizes, np.ones((1, len(names))), [np.ones((1, len(s))) for s in sums])
    )
    drawn = draw_counts(len(names), draws, generator)
    values, errors = _value_and_error(sums, sizes, drawn, [draw_counts(len(one), draws, generator) for one in sums])
    low, high = symmetric_interval(value, error, values, errors, level)
    return numbers | {"low": low, "high": high, "note": ""}


def _value_and_error(sums, sizes, counts, copies):
    """Difference of two mean errors and its standard error, (draw,), of batches drawn `counts` and copies `copies` times.

    `sums` are each method's summed errors (copy, batch). The variance is that between batches, of the difference of the mean
    over copies, and that between the copies of either method.
    """
    total, drawn = counts @ sizes, counts.shape[1]
    means, by_batch, variance = [], [], 0.0
    for own, times in zip(sums, copies, strict=True):
        weights = times / len(own)  # (draw, copy)
        each = counts @ own.T / total[:, None]
        mean = (weights * each).sum(axis=1)
        if len(own) > 1:
            variance = variance + (weights * (each - mean[:, None]) ** 2).sum(axis=1) / (len(own) - 1)
        means.append(mean)
        by_batch.append(weights @ own)
    value = means[0] - means[1]
    residual = by_batch[0] - by_batch[1] - value[:, None] * sizes
    variance = variance + (counts * residual**2).sum(axis=1) * drawn / (drawn - 1) / total**2
    return value, np.sqrt(variance)
