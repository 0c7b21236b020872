"""Distance of a spectrum from a network's training set, in the network's own feature space."""

import numpy as np

COMPONENTS = 63  # leading directions kept apart; what lies across them counts as one more


class FeatureSpace:
    """Mahalanobis distance to training features (Lee et al., Adv. Neural Inf. Process. Syst. 31 (2018) 7167).

    Built from training features (item, feature). Features are scaled by their spread and turned into leading principal
    components and the length of what those leave over; their correlations are shrunk towards zero as Schafer and Strimmer do
    (Stat. Appl. Genet. Mol. Biol. 4 (2005) 32). `limit` is a quantile of the distances of the half of the items that was not
    used to build the space.
    """

    def __init__(self, features: np.ndarray, quantile: float = 0.99):
        build, check = features[::2].astype(float), features[1::2].astype(float)
        self.mean, spread = build.mean(axis=0), build.std(axis=0)
        self.alive = spread > 1e-6 * max(spread.max(), 1e-12)  # a feature that never changes says nothing
        self.spread = spread[self.alive]
        scaled = self._scaled(build)
        self.components = np.linalg.svd(scaled, full_matrices=False)[2][: min(COMPONENTS, len(build) // 4)]
        scores = self._scores(scaled)
        self.centre, self.width = scores.mean(axis=0), np.maximum(scores.std(axis=0), 1e-9)
        standard = (scores - self.centre) / self.width
        correlation = standard.T @ standard / len(standard)
        self.shrinkage = _shrinkage(standard, correlation)
        shrunk = (1 - self.shrinkage) * correlation + self.shrinkage * np.eye(len(correlation))
        self.whitening = np.linalg.cholesky(np.linalg.inv(shrunk))
        self.limit = float(np.quantile(self.distance(check), quantile))

    def distance(self, features: np.ndarray) -> np.ndarray:
        """Distance of every item of `features` (item, feature), (item,), per root of the number of directions."""
        standard = (self._scores(self._scaled(features.astype(float))) - self.centre) / self.width
        return np.linalg.norm(standard @ self.whitening, axis=1) / np.sqrt(len(self.centre))

    def _scaled(self, features: np.ndarray) -> np.ndarray:
        return (features - self.mean)[:, self.alive] / self.spread

    def _scores(self, scaled: np.ndarray) -> np.ndarray:
        """Principal components and the length of the rest, (item, direction)."""
        along = scaled @ self.components.T
        rest = np.sqrt(np.maximum((scaled**2).sum(axis=1) - (along**2).sum(axis=1), 0.0))
        return np.concatenate([along, rest[:, None]], axis=1)


def _shrinkage(standard: np.ndarray, correlation: np.ndarray) -> float:
    """Summed variance of the off-diagonal correlations over their summed squares, between 0 and 1."""
    beside = ~np.eye(len(correlation), dtype=bool)
    variance = ((standard**2).T @ standard**2 / len(standard) - correlation**2) / max(len(standard) - 1, 1)
    squares = (correlation**2)[beside].sum()
    return float(np.clip(variance[beside].sum() / squares, 1e-3, 1.0)) if squares > 0 else 1.0
