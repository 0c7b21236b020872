"""Where known singlets are in a spectrum, by the magnitude of its exact Fourier transform."""

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.signal import bins_hz, spectrum

# Methyl and methylene singlets (Govindaraju et al., NMR Biomed. 2000, 13, 129) that every edited phantom study aligns on.
NAA_PPM, CR_PPM = 2.008, 3.027


def fine_spectrum(fid, acquisition: Acquisition, factor: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Zero-filled spectrum (..., bin) of `fid` (..., time) and its chemical shifts (bin,), descending, in ppm."""
    points = factor * fid.shape[-1]
    return acquisition.shift_ppm(bins_hz(points, acquisition.dwell_s)), spectrum(fid, points=points)


def band(ppm: np.ndarray, centre_ppm: float, half_width_ppm: float) -> np.ndarray:
    """Which bins lie within `half_width_ppm` of `centre_ppm`, (bin,)."""
    return abs(ppm - centre_ppm) <= half_width_ppm


def find_offset(fid, acquisition: Acquisition, reach_ppm: float = 0.25) -> float:
    """Shift in ppm that moves the pattern of the NAA and Cr singlets onto the edit-off spectrum of `fid` (time,).

    The shift within `reach_ppm` at which the sum of the magnitudes at both places is largest; one of the two lines is enough.

    >>> from mrsgap.core.signal import lorentzian, rotation
    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=2000.0, points=4096)
    >>> lines = [rotation(scan.time_s, scan.frequency_hz(ppm + 0.05)) for ppm in (NAA_PPM, CR_PPM)]
    >>> print(f"{find_offset(sum(lines) * lorentzian(scan.time_s, 3.0), scan):.2f} ppm")
    0.05 ppm
    """
    ppm, values = fine_spectrum(fid, acquisition, 8)
    magnitude = abs(values)[::-1]
    rising = ppm[::-1]
    step_ppm = rising[1] - rising[0]
    shifts = np.arange(-reach_ppm, reach_ppm + step_ppm / 2, step_ppm)
    score = np.interp(NAA_PPM + shifts, rising, magnitude) + np.interp(CR_PPM + shifts, rising, magnitude)
    return float(shifts[np.argmax(score)])


def absorption_factor(values: np.ndarray, top: int) -> complex:
    """Factor of magnitude 1 that makes the line whose top is the bin `top` of `values` (bin,) absorptive.

    For a Lorentzian the complex values lie on a circle through the origin whose far point is the top, so the mean of the two
    points at equal distances on either side has the phase of the top; averaged over distances up to half height.
    """
    reach = 1
    half = abs(values[top]) / 2
    while reach < 200 and min(abs(values[top - reach]), abs(values[(top + reach) % values.size])) > half:
        reach += 1
    distances = np.arange(reach + 1)
    both = values[top - distances] + values[(top + distances) % values.size]
    total = both.sum()
    return np.conj(total) / abs(total)
