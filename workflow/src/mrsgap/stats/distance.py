"""How far apart two distributions of errors are: the heat map that compares training sets."""

import numpy as np
from scipy import stats

NOTABLE = 1.0  # a standardised distance above this is called notable in the group's poster


def standardised_wasserstein(reference, other) -> float:
    """First Wasserstein distance between two samples of errors, in units of the reference's standard deviation.

    NaN where either sample is empty or the reference does not vary.
    """
    # ASSUME: the poster's "normalised errors" are scaled by the SD of the set compared against; it does not say.
    reference, other = (np.asarray(values, float) for values in (reference, other))
    reference, other = reference[np.isfinite(reference)], other[np.isfinite(other)]
    scale = reference.std() if len(reference) else 0.0
    if scale == 0 or not len(other):
        return float("nan")
    return float(stats.wasserstein_distance(reference / scale, other / scale))


def compare_errors(reference, other) -> dict:
    """Distance between two samples of absolute errors of the same items, the change of MAE, and whether it is notable."""
    reference, other = np.asarray(reference, float), np.asarray(other, float)
    both = np.isfinite(reference) & np.isfinite(other)
    distance = standardised_wasserstein(reference[both], other[both])
    change = float((other - reference)[both].mean()) if both.any() else float("nan")
    return {"distance": distance, "mae_change": change, "notable": bool(distance > NOTABLE), "n": int(both.sum())}
