"""Uncertainty of a quotient of two estimates of one fit, whose errors are anything but independent."""

import numpy as np


def correlation_text(covariance: np.ndarray, names, place: int) -> str:
    """Correlations of the estimate at `place` with the others of its fit, as one word of the table: `Cr=0.83 NAA=0.9`.

    `covariance` is (metabolite, metabolite), in the order of `names`. What has no variance is left out.
    """
    sd = np.sqrt(np.diag(covariance))
    known = [other for other in range(len(names)) if other != place and sd[other] > 0 and sd[place] > 0]
    return " ".join(f"{names[other]}={covariance[place, other] / (sd[place] * sd[other]):.6g}" for other in known)


def correlation_with(texts, names) -> np.ndarray:
    """Correlation that each of `texts` (`correlation_text`) states with the metabolite in `names` beside it, or NaN."""
    stated = (dict(pair.split("=") for pair in text.split()) if text else {} for text in texts)
    return np.array([float(one.get(name, np.nan)) for one, name in zip(stated, names)], float)


def quotient_sd(ratio, sd, reference, reference_sd, correlation) -> np.ndarray:
    """Standard deviation of `ratio` = m / r of two estimates, to first order; all arguments broadcast.

    With absolute `sd` of m and r: sd^2(m/r) = (sd_m^2 + (m/r)^2 sd_r^2 - 2 (m/r) rho sd_m sd_r) / r^2, which is the textbook's
    (m/r)^2 (p_m^2 + p_r^2 - 2 C_mr/(m r)) for relative p, and defined where m = 0. NaN where an sd is unknown.

    >>> float(quotient_sd(0.5, 0.1, 2.0, 0.2, 1.0))  # an error that both share cancels
    0.0
    """
    # ASSUME: independent errors where a method states no correlation (LCModel's table and a network's copies have none).
    rho = np.where(np.isfinite(correlation), correlation, 0.0)
    variance = sd**2 + (ratio * reference_sd) ** 2 - 2 * ratio * rho * sd * reference_sd
    return np.sqrt(np.maximum(variance, 0.0)) / reference
