"""Noise of recordings from regions without signal: three questions, one home.

`spectrum_noise_sd` is what a signal-to-noise ratio divides by, in the unit of a spectrum; `fid_noise_sd` is what a fit's
residual is compared with, robust against a spurious line; `noise_sigma` is the unit in which training sets draw their noise.
"""

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.signal import spectrum

# Shares of the spectral width at either end taken as free of resonances; the wider one for a median,
# which a line does not move.
EDGE, ROBUST_EDGE = 0.06, 0.1
NORMAL = 1.4826  # standard deviation of a normal variable over its median absolute deviation


def spectrum_noise_sd(fid, acquisition: Acquisition) -> np.ndarray:
    """Standard deviation of the noise in the real part of the unfilled spectrum of `fid` (..., time), (...).

    From the outer 6 % of the spectral width on both sides, as half the mean square of differences of neighbouring bins, so
    that a slowly varying tail of the water line does not count.
    """
    values = spectrum(fid)
    count = max(8, int(EDGE * acquisition.points))
    steps = np.concatenate([np.diff(values[..., :count], axis=-1), np.diff(values[..., -count:], axis=-1)], axis=-1)
    return np.sqrt(np.mean(steps.real**2 + steps.imag**2, axis=-1) / 4)


def fid_noise_sd(fid) -> np.ndarray:
    """Noise standard deviation per quadrature of each FID (..., time), in the FID's own unit: (...).

    From differences of neighbouring bins at both ends of the spectrum, which tails of strong lines hardly enter; the median
    shrugs off a spurious line. For white noise only.
    """
    bins = spectrum(np.asarray(fid)) / np.sqrt(np.shape(fid)[-1])
    edge = max(8, round(ROBUST_EDGE * bins.shape[-1]))
    steps = np.concatenate([np.diff(bins[..., :edge]), np.diff(bins[..., -edge:])], axis=-1)
    both = np.concatenate([steps.real, steps.imag], axis=-1)
    return NORMAL * np.median(np.abs(both), axis=-1) / np.sqrt(2)


def noise_sigma(fid, acquisition: Acquisition, regions_ppm) -> float:
    """SD of the noise per quadrature and sample over the largest sample of the FID (time,).

    The SD is taken from the bins inside `regions_ppm` (list of [low, high]) after a straight line is removed from each region,
    and divided by sqrt(points), which turns bins of an unnormalised transform into samples (Parseval).
    NaN where no region lies in the spectral width or the FID is empty.
    """
    fid = np.asarray(fid, np.complex128)
    largest = np.max(np.abs(fid), initial=0.0)
    if not (np.isfinite(fid).all() and largest > 0):
        return float("nan")
    values, axis = spectrum(fid), acquisition.ppm
    residuals, lost = [], 0
    for low, high in regions_ppm:
        inside = values[(axis >= low) & (axis <= high)]
        if inside.size > 8:
            place = np.linspace(-1, 1, inside.size)
            line = np.stack([np.ones_like(place), place], axis=1)
            for part in (inside.real, inside.imag):
                residuals.append(part - line @ np.linalg.lstsq(line, part, rcond=None)[0])
                lost += 2
    if not residuals:
        return float("nan")
    whole = np.concatenate(residuals)
    return float(np.sqrt(np.sum(whole**2) / (whole.size - lost) / acquisition.points) / largest)
