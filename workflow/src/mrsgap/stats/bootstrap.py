"""Intervals for means of spectra that come in batches of phantoms: whole batches are drawn, as their items share phantoms."""

import re

import numpy as np


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

    (Davison and Hinkley, Bootstrap Methods and their Application, 1997, 2.4 and 3.8: clusters with replacement, all their items
    kept; each resample is measured in its own standard error, without which ten clusters give too short an interval.)
    NaN values are left out. With fewer than three clusters nothing is known about their spread: (NaN, NaN).
    """
    values, clusters = np.asarray(values, float), np.asarray(clusters)
    known = np.isfinite(values)
    names, index = np.unique(clusters[known], return_inverse=True)
    if len(names) < 3:
        return np.nan, np.nan
    sums = np.bincount(index, weights=values[known])  # (cluster,)
    sizes = np.bincount(index)
    mean, error = (float(one[0]) for one in _mean_and_error(np.ones((1, len(names))), sums, sizes))
    means, errors = _mean_and_error(draw_counts(len(names), draws, generator), sums, sizes)
    usable = errors > 1e-6 * error  # a resample of one cluster alone has no spread
    if not usable.any():
        return mean, mean
    tail = (1 - level) / 2
    low, high = np.quantile((means - mean)[usable] / errors[usable], [tail, 1 - tail])
    return mean - max(high, 0.0) * error, mean - min(low, 0.0) * error


def _mean_and_error(counts, sums, sizes):
    """Mean over the items of drawn clusters, and its standard error between clusters, (draw,) each."""
    total = counts @ sizes
    means = (counts @ sums) / total
    squares = (counts * (sums - means[:, None] * sizes) ** 2).sum(axis=1)
    drawn = counts.shape[1]
    return means, np.sqrt(squares * drawn / (drawn - 1)) / total
