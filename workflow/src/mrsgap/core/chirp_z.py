"""Exact discrete-time Fourier transform on any evenly spaced grid of frequencies, by the chirp-z transform.

Bluestein (IEEE Trans Audio Electroacoust 18:451, 1970); Rabiner, Schafer and Rader (Bell Syst Tech J 48:1249, 1969): with
n k = (n^2 + k^2 - (k - n)^2) / 2 the transform becomes one convolution, done by FFT, whatever the grid.
"""

import functools

import numpy as np
import scipy.fft

BLOCK = 64  # samples per block of a phasor; its square is near the usual number of samples


def chirp_z(signal, start, step, points: int, xp=np):
    """X_k = sum_n signal_n exp(-2 pi i n (start + k step)), k = 0 ... points - 1, along the last axis.

    `start` and `step` are in cycles per sample (frequency_hz * dwell_s) and plain numbers; a start of each item's own is a
    phasor multiplied into the signal beforehand (`phasor`). Complex in, the same precision out. (..., time) -> (..., points)
    """
    before, kernel, after = _plan(signal.shape[-1], points, float(start), float(step), str(np.dtype(signal.dtype)))
    spread = xp.fft.fft(signal * before, n=kernel.shape[-1], axis=-1)
    return xp.fft.ifft(spread * kernel, axis=-1)[..., :points] * after


def phasor(cycles_per_sample, samples: int, xp=np):
    """exp(2 pi i n cycles_per_sample), n = 0 ... samples - 1, as a new last axis; any leading shape, same precision."""
    cycles = xp.asarray(cycles_per_sample)[..., None]
    blocks = xp.arange(-(-samples // BLOCK), dtype=cycles.dtype)
    return block_phasor(((cycles * BLOCK) % 1.0) * blocks, cycles * xp.arange(BLOCK, dtype=cycles.dtype), samples, xp)


def block_phasor(between, within, samples: int, xp=np):
    """Phasor of angles in cycles, `between` (..., block) plus `within` (..., BLOCK), flattened to (..., samples).

    Angle addition, cos(a + b) = cos a cos b - sin a sin b, written as a product of matrices: 128 sines and cosines make 4096
    samples, and XLA, which would evaluate them anew for every sample, cannot fuse through a product.
    """
    a, b = 2 * np.pi * between, 2 * np.pi * within
    right = xp.stack([xp.cos(b), xp.sin(b)], axis=-2)  # (..., 2, within)
    exact = {} if xp is np else {"precision": "highest"}
    real = xp.matmul(xp.stack([xp.cos(a), -xp.sin(a)], axis=-1), right, **exact)
    imaginary = xp.matmul(xp.stack([xp.sin(a), xp.cos(a)], axis=-1), right, **exact)
    whole = real + 1j * imaginary  # (..., block, within)
    return whole.reshape((*whole.shape[:-2], whole.shape[-2] * BLOCK))[..., :samples]


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
