"""A regularised spline baseline, marginalised once for a whole data set.

A cubic B-spline with a penalty on second differences (Eilers and Marx, Statistical Science 11 (1996) 89) whose stiffness is
given as effective degrees of freedom per ppm (Wilson, Magn Reson Med 85 (2021) 13). For any residual r the best baseline
leaves r'(I - Q)r, so the baseline never enters the fit but through the smoother Q = U U'.
"""

import numpy as np
from scipy.interpolate import BSpline
from scipy.optimize import brentq

KNOTS_PER_PPM = 8.0
DEGREE = 3
NEGLIGIBLE = 1e-5  # eigenvalues of Q below this are noise of the eigen-decomposition


def spline_basis(ppm: np.ndarray) -> np.ndarray:
    """Cubic B-splines (bin, spline) on evenly spaced knots over the range of `ppm` (bin,)."""
    low, high = float(ppm.min()), float(ppm.max())
    pieces = max(2, round((high - low) * KNOTS_PER_PPM))
    step = (high - low) / pieces
    knots = low + step * np.arange(-DEGREE, pieces + DEGREE + 1)
    knots[DEGREE + pieces] = max(knots[DEGREE + pieces], high)  # rounding must not push the last bin out
    return BSpline.design_matrix(np.clip(ppm, low, high), knots, DEGREE).toarray()


def smoother(ppm: np.ndarray, per_ppm: float) -> tuple[np.ndarray, float]:
    """Factor U (bin, rank) of the smoother Q = U U' with `per_ppm` effective degrees of freedom per ppm, and their number.

    Two degrees (a straight line) are the least a second-difference penalty leaves; `per_ppm` of zero gives no baseline.
    """
    if per_ppm == 0:
        return np.zeros((len(ppm), 0)), 0.0
    splines = spline_basis(ppm)
    wanted = max(2.05, per_ppm * float(np.ptp(ppm)))
    orthogonal, triangle = np.linalg.qr(splines)
    inverse = np.linalg.pinv(triangle)
    penalty = np.diff(np.eye(splines.shape[1]), 2, axis=0) @ inverse
    stiffness, directions = np.linalg.eigh(penalty.T @ penalty)  # Demmler-Reinsch basis
    stiffness = np.clip(stiffness, 0, None)
    wanted = min(wanted, 0.9 * len(stiffness))
    exponent = brentq(lambda power: (1 / (1 + 10.0**power * stiffness)).sum() - wanted, -12, 14)
    weights = 1 / (1 + 10.0**exponent * stiffness)
    kept = weights > NEGLIGIBLE
    return orthogonal @ directions[:, kept] * np.sqrt(weights[kept]), float(weights[kept].sum())
