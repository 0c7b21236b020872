"""Intervals from spectra that come in batches of phantoms: whole batches are drawn, as their items share phantoms."""

import re

import numpy as np

FEWEST = 3  # batches below which nothing is known of their spread


def batches(series) -> np.ndarray:
    """Batch of phantoms of each series.

    ASSUME: a letter after a number marks another measurement of the same phantoms (E4a to E4d, E9a and E9b of the study).

    >>> batches(["E4a", "E4b", "E11"]).tolist()
    ['E4', 'E4', 'E11']
    """
    return np.array([re.sub(r"(?<=\d)[a-z]$", "", name) for name in series], str)


def draw_counts(clusters: int, draws: int, generator: np.random.Generator) -> np.ndarray:
    """How often each of `clusters` is drawn in each of `draws` resamples with replacement, (draw, cluster)."""
    return generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws)


def cluster_interval(values, clusters, level: float, draws: int, generator: np.random.Generator) -> tuple[float, float]:
    """Studentised interval of the mean of `values` at `level` from a bootstrap over clusters.

    Clusters are drawn with replacement, all their items kept (Davison and Hinkley, Bootstrap Methods and their Application,
    1997, 3.8). NaN values are left out. With fewer than three clusters nothing is known about their spread: (NaN, NaN).
    """
    values, clusters = np.asarray(values, float), np.asarray(clusters)
    known = np.isfinite(values)
    names, index = np.unique(clusters[known], return_inverse=True)
    if len(names) < FEWEST:
        return np.nan, np.nan
    sums = np.bincount(index, weights=values[known])  # (cluster,)
    sizes = np.bincount(index)
    mean, error = (float(one[0]) for one in _mean_and_error(np.ones((1, len(names))), sums, sizes))
    means, errors = _mean_and_error(draw_counts(len(names), draws, generator), sums, sizes)
    return studentised_interval(mean, error, means, errors, level)


def studentised_interval(value: float, error: float, values, errors, level: float) -> tuple[float, float]:
    """Interval at `level` of a statistic with its standard `error`, from those of its resamples, (draw,) each.

    (Davison and Hinkley 1997, 2.4: each resample is measured in its own standard error, without which ten clusters give too
    short an interval.)
    """
    ratios = _studentised(value, error, values, errors)
    if not len(ratios):  # nothing varies
        return value, value
    tail = (1 - level) / 2
    low, high = np.quantile(ratios, [tail, 1 - tail])
    return value - max(high, 0.0) * error, value - min(low, 0.0) * error


def symmetric_interval(value: float, error: float, values, errors, level: float) -> tuple[float, float]:
    """As `studentised_interval`, reaching as far down as up: it covers more where the errors themselves are badly known."""
    ratios = _studentised(value, error, values, errors)
    half = np.quantile(np.abs(ratios), level) * error if len(ratios) else 0.0
    return value - half, value + half


def studentised_p(value: float, error: float, values, errors) -> float:
    """Two-sided p that the statistic is 0: how often a resample strays as far, in its own standard error (1997, 4.4.1)."""
    ratios = _studentised(value, error, values, errors)
    if not len(ratios) or not error > 0:
        return np.nan
    return float((1 + (np.abs(ratios) >= abs(value) / error).sum()) / (1 + len(ratios)))


def _studentised(value, error, values, errors):
    """Deviations of the resamples in their own standard errors; a resample of one cluster alone has none."""
    usable = np.isfinite(values) & (errors > 1e-6 * error)
    return (values - value)[usable] / errors[usable]


def _mean_and_error(counts, sums, sizes):
    """Mean over the items of drawn clusters, and its standard error between clusters, (draw,) each."""
    total = counts @ sizes
    means = (counts @ sums) / total
    squares = (counts * (sums - means[:, None] * sizes) ** 2).sum(axis=1)
    drawn = counts.shape[1]
    return means, np.sqrt(squares * drawn / (drawn - 1)) / total
