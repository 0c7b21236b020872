"""Acquisition function: how much a configuration is expected to improve on the best."""

import numpy as np
from scipy.special import ndtr


def expected_improvement(mean, standard_deviation, best: float, jitter: float) -> np.ndarray:
    """E[max(best - jitter - f, 0)] for f ~ N(mean, sd^2), minimisation; same shape as `mean`.

    Mockus, Tiesis and Zilinskas 1978; Jones, Schonlau and Welch, J. Global Optim. 13 (1998) 455, eq. 15. `jitter` (in units of
    the objective as modelled) rewards exploration. Where sd is zero the improvement is certain.
    """
    mean, standard_deviation = np.asarray(mean, float), np.asarray(standard_deviation, float)
    gain = best - jitter - mean
    safe = np.where(standard_deviation > 0, standard_deviation, 1.0)
    z = gain / safe
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return np.where(standard_deviation > 0, gain * ndtr(z) + safe * density, np.maximum(gain, 0.0))
