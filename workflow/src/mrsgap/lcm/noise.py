"""Noise of recorded FIDs from bins where no signal is."""

import numpy as np

from mrsgap.core.signal import spectrum

EDGE = 0.1  # share of the spectral width at either end that is taken for free of resonances
NORMAL = 1.4826  # standard deviation of a normal variable over its median absolute deviation


def noise_sd(fid) -> np.ndarray:
    """Noise standard deviation per quadrature of each FID (..., time), in the FID's own unit: (...).

    From differences of neighbouring bins at both ends of the spectrum, which tails of strong lines hardly enter; the median
    shrugs off a spurious line. For white noise only.
    """
    bins = spectrum(np.asarray(fid)) / np.sqrt(np.shape(fid)[-1])
    edge = max(8, round(EDGE * bins.shape[-1]))
    steps = np.concatenate([np.diff(bins[..., :edge]), np.diff(bins[..., -edge:])], axis=-1)
    both = np.concatenate([steps.real, steps.imag], axis=-1)
    return NORMAL * np.median(np.abs(both), axis=-1) / np.sqrt(2)
