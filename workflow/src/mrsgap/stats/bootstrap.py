"""Intervals for means of spectra that come in series: whole series are drawn, because their items share a composition."""

import numpy as np


def draw_counts(clusters: int, draws: int, generator: np.random.Generator) -> np.ndarray:
    """How often each of `clusters` is drawn in each of `draws` resamples with replacement, (draw, cluster)."""
    return generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws)


def cluster_interval(values, clusters, level: float, draws: int, generator: np.random.Generator) -> tuple[float, float]:
    """Percentile interval of the mean of `values` at `level` from a bootstrap over clusters.

    (Davison and Hinkley, Bootstrap Methods and their Application, 1997, 3.8: clusters with replacement, all their items kept.)
    NaN values are left out. With fewer than two clusters nothing is known about their spread: (NaN, NaN).
    """
    values, clusters = np.asarray(values, float), np.asarray(clusters)
    known = np.isfinite(values)
    names, index = np.unique(clusters[known], return_inverse=True)
    if len(names) < 2:
        return np.nan, np.nan
    sums = np.bincount(index, weights=values[known])  # (cluster,)
    sizes = np.bincount(index)
    counts = draw_counts(len(names), draws, generator)  # (draw, cluster)
    means = (counts @ sums) / (counts @ sizes)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)
