"""Average of transients after spectral registration: each is turned and shifted onto the mean of the others.

Least squares in the time domain (Near et al., Magn. Reson. Med. 2015, 73, 44) over a limited range of chemical shift. For one
frequency and one phase the least-squares frequency maximises |sum s(t) conj(r(t)) exp(2 pi i f t)|, so it is found as the peak
of a Fourier transform; the phase follows in closed form. No start value, no local minimum.
"""

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.signal import inverse_spectrum, inverse_transform, native_hz, spectrum

LOW_PPM, HIGH_PPM = 1.6, 4.2  # without water, whose own drift and phase differ
REACH_HZ = 25.0
USED_S = 0.25  # later samples are mostly noise
PASSES = 3


def average_transients(fid: np.ndarray, acquisition: Acquisition) -> tuple[np.ndarray, np.ndarray]:
    """Mean FID (time,) of transients (transient, time) after registration, and each one's own frequency in Hz (transient,).

    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=4.65, spectral_width_hz=2000.0, points=2048)
    >>> line = np.exp(2j * np.pi * scan.frequency_hz(2.01) * scan.time_s - 9 * scan.time_s)
    >>> drifting = np.stack([line * np.exp(2j * np.pi * drift_hz * scan.time_s) for drift_hz in (-2.0, 0.0, 2.0)])
    >>> mean, drift_hz = average_transients(drifting, scan)
    >>> drift_hz.round(1) + 0.0
    array([-2.,  0.,  2.])
    """
    if fid.shape[0] == 1:
        return fid[0], np.zeros(1)
    limited = _limit(fid, acquisition)
    time_s = acquisition.time_s
    used = max(16, min(acquisition.points, int(USED_S * acquisition.spectral_width_hz)))
    shift_hz, phase = np.zeros(fid.shape[0]), np.zeros(fid.shape[0])
    for _ in range(PASSES):
        turned = limited * _turn(shift_hz, phase, time_s)
        reference = np.median(turned.real, axis=0) + 1j * np.median(turned.imag, axis=0)  # robust against single bad transients
        step_hz, phase = _register(limited * _turn(shift_hz, 0 * phase, time_s), reference, used, acquisition)
        shift_hz = shift_hz + step_hz
    shift_hz, phase = shift_hz - shift_hz.mean(), phase - np.angle(np.exp(1j * phase).mean())
    return (fid * _turn(shift_hz, phase, time_s)).mean(axis=0), -shift_hz


def _register(moving, reference, used: int, acquisition: Acquisition) -> tuple[np.ndarray, np.ndarray]:
    """Frequency (Hz) and phase (rad) that bring each of `moving` (transient, time) onto `reference` (time,)."""
    product = moving[:, :used] * reference[:used].conj()
    points = 16 * used
    correlation = inverse_transform(product, points=points)  # exp(+2 pi i f t), the sign of the correction
    frequency_hz = native_hz(points, acquisition.dwell_s)
    score = np.where(abs(frequency_hz) <= REACH_HZ, abs(correlation), -1.0)
    best = np.argmax(score, axis=-1)
    index = np.arange(moving.shape[0])
    left, middle, right = (abs(correlation[index, (best + k) % points]) for k in (-1, 0, 1))
    curvature = left - 2 * middle + right
    offset = np.where(curvature < 0, 0.5 * (left - right) / np.where(curvature < 0, curvature, -1.0), 0.0)
    shift_hz = frequency_hz[best] + np.clip(offset, -0.5, 0.5) / (points * acquisition.dwell_s)
    overlap = (product * np.exp(2j * np.pi * shift_hz[:, None] * acquisition.time_s[:used])).sum(axis=-1)
    return shift_hz, -np.angle(overlap)


def _turn(shift_hz, phase, time_s) -> np.ndarray:
    return np.exp(1j * (2 * np.pi * shift_hz[:, None] * time_s + phase[:, None]))


def _limit(fid, acquisition: Acquisition) -> np.ndarray:
    """The part of `fid` between the two chemical shifts, with smooth edges of 0.1 ppm."""
    ppm = acquisition.ppm
    edge = 0.1
    rise, fall = np.clip((ppm - LOW_PPM) / edge, 0, 1), np.clip((HIGH_PPM - ppm) / edge, 0, 1)
    window = np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2
    return inverse_spectrum(spectrum(fid) * window)
