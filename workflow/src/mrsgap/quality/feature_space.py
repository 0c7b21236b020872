"""Distance of a spectrum from a network's training set, in the network's own feature space."""

import numpy as np


class FeatureSpace:
    """Mahalanobis distance to training features (Lee et al., Adv. Neural Inf. Process. Syst. 31 (2018) 7167).

    Built from training features (item, feature). Features are scaled by their spread, and their correlations are shrunk towards
    zero as Schafer and Strimmer do (Stat. Appl. Genet. Mol. Biol. 4 (2005) 32). `limit` is a quantile of the distances of the
    half of the items that was not used to build the space.
    """

    def __init__(self, features: np.ndarray, quantile: float = 0.99):
        build, check = features[::2].astype(float), features[1::2].astype(float)
        self.mean, spread = build.mean(axis=0), build.std(axis=0)
        self.alive = spread > 1e-6 * max(spread.max(), 1e-12)  # a feature that never changes says nothing
        self.spread = spread[self.alive]
        scaled = (build - self.mean)[:, self.alive] / self.spread
        correlation = scaled.T @ scaled / len(scaled)
        self.shrinkage = _shrinkage(scaled, correlation)
        shrunk = (1 - self.shrinkage) * correlation + self.shrinkage * np.eye(len(correlation))
        self.whitening = np.linalg.cholesky(np.linalg.inv(shrunk))
        self.limit = float(np.quantile(self.distance(check), quantile))

    def distance(self, features: np.ndarray) -> np.ndarray:
        """Distance of every item of `features` (item, feature), (item,), per root of the number of features."""
        scaled = (features.astype(float) - self.mean)[:, self.alive] / self.spread
        return np.linalg.norm(scaled @ self.whitening, axis=1) / np.sqrt(self.alive.sum())


def _shrinkage(scaled: np.ndarray, correlation: np.ndarray) -> float:
    """Summed variance of the off-diagonal correlations over their summed squares, between 0 and 1."""
    beside = ~np.eye(len(correlation), dtype=bool)
    variance = ((scaled**2).T @ scaled**2 / len(scaled) - correlation**2) / max(len(scaled) - 1, 1)
    squares = (correlation**2)[beside].sum()
    return float(np.clip(variance[beside].sum() / squares, 1e-3, 1.0)) if squares > 0 else 1.0
