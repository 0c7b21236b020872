"""Noise of one recording from regions without signal, in the unit in which the study draws it."""

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.axes import spectrum


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
