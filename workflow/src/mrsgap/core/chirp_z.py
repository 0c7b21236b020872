"""Exact discrete-time Fourier transform on any evenly spaced grid of frequencies, by the chirp-z transform.

Bluestein (IEEE Trans Audio Electroacoust 18:451, 1970); Rabiner, Schafer and Rader (Bell Syst Tech J 48:1249, 1969): with
n k = (n^2 + k^2 - (k - n)^2) / 2 the transform becomes one convolution, done by FFT, whatever the grid.
"""

import functools

import numpy as np
import scipy.fft


def chirp_z(signal, start, step, points: int, xp=np):
    """X_k = sum_n signal_n exp(-2 pi i n (start + k step)), k = 0 ... points - 1, along the last axis.

    `start` and `step` are in cycles per sample (frequency_hz * dwell_s) and plain numbers; a start of each item's own is a
    phasor (`core.signal`) multiplied into the signal beforehand. Same precision out as in. (..., time) -> (..., points)
    """
    before, kernel, after = _plan(signal.shape[-1], points, float(start), float(step), str(np.dtype(signal.dtype)))
    spread = xp.fft.fft(signal * before, n=kernel.shape[-1], axis=-1)
    return xp.fft.ifft(spread * kernel, axis=-1)[..., :points] * after


@functools.lru_cache(maxsize=32)
def _plan(samples: int, points: int, start: float, step: float, dtype: str):
    """The factors before and after the convolution and its transformed kernel, computed in double precision."""
    length = scipy.fft.next_fast_len(samples + points - 1)
    n = np.arange(samples, dtype=np.float64)
    k = np.arange(points, dtype=np.float64)
    before = np.exp(-2j * np.pi * ((n * start) % 1.0 + (n * n * step / 2) % 1.0))
    after = np.exp(-2j * np.pi * ((k * k * step / 2) % 1.0))
    chirp = np.zeros(length, complex)
    chirp[:points] = np.conj(after)
    past = np.arange(1, samples, dtype=np.float64)
    chirp[length - samples + 1 :] = np.exp(2j * np.pi * ((past * past * step / 2) % 1.0))[::-1]
    return tuple(part.astype(dtype) for part in (before, np.fft.fft(chirp), after))
