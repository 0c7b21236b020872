"""The signal and its spectrum: decay, frequency, phase and the one discrete Fourier transform of the package.

Sense: NIfTI-MRS and LCModel (Levitt, Spin Dynamics, 2008). A resonance at delta ppm is
exp(+2 pi i (carrier_ppm - delta) larmor_mhz t), so bin frequencies rise while ppm falls: `Acquisition.ppm` descends.

Widths are full widths at half maximum of the absorption line; those of a Voigt line's parts add in the exponent. Functions take
NumPy or JAX arrays; where they call a function on them, `xp` is the module of that name.
"""

import functools

import numpy as np
import scipy.fft

BLOCK = 64  # samples per block of a phasor; its square is near the usual number of samples
GAUSSIAN_DECAY = np.pi**2 / (4 * np.log(2))  # exp(-GAUSSIAN_DECAY width^2 t^2) has full width at half maximum `width`


# ---- decay ----
def lorentzian_exponent(time_s, linewidth_hz):
    """-pi linewidth t, the logarithm of `lorentzian`."""
    return -np.pi * linewidth_hz * time_s


def gaussian_exponent(time_s, linewidth_hz):
    """-(pi linewidth t)^2 / (4 ln 2), the logarithm of `gaussian`."""
    return -((np.pi * linewidth_hz * time_s) ** 2) / (4 * np.log(2))


def lorentzian(time_s, linewidth_hz, xp=np):
    """exp(-pi linewidth t): a Lorentzian line of full width `linewidth_hz` at half maximum (Levitt, 2008, section 5.8).

    >>> round(float(lorentzian(0.1, 2.0)), 4)
    0.5335
    """
    return xp.exp(lorentzian_exponent(time_s, linewidth_hz))


def gaussian(time_s, linewidth_hz, xp=np):
    """exp(-(pi linewidth t)^2 / (4 ln 2)): a Gaussian line of full width `linewidth_hz` at half maximum.

    The transform of a Gaussian is a Gaussian (Bracewell, The Fourier Transform, chapter 6).

    >>> round(float(gaussian(0.1, 2.0)), 4)
    0.8673
    """
    return xp.exp(gaussian_exponent(time_s, linewidth_hz))


def voigt(time_s, lorentzian_hz, gaussian_hz, xp=np):
    """Product of `lorentzian` and `gaussian` decay: a Voigt line."""
    return xp.exp(lorentzian_exponent(time_s, lorentzian_hz) + gaussian_exponent(time_s, gaussian_hz))


def voigt_width_hz(lorentzian_hz, gaussian_hz, xp=np):
    """Full width at half maximum of a Voigt line, to 2e-4 (Olivero and Longbothum, J Quant Spectrosc Radiat Transf 17:233,
    1977).

    >>> round(float(voigt_width_hz(2.0, 0.0)), 2), round(float(voigt_width_hz(0.0, 2.0)), 2)
    (2.0, 2.0)
    """
    return 0.5346 * lorentzian_hz + xp.sqrt(0.2166 * lorentzian_hz**2 + gaussian_hz**2)


def gaussian_part_hz(linewidth_hz, lorentzian_hz) -> np.ndarray:
    """Gaussian width of the Voigt line with full width `linewidth_hz` and Lorentzian width `lorentzian_hz`; zero if none fits.

    Olivero and Longbothum (J Quant Spectrosc Radiat Transf 17:233, 1977), solved for the Gaussian width.
    """
    return np.sqrt(np.maximum((linewidth_hz - 0.5346 * lorentzian_hz) ** 2 - 0.2166 * lorentzian_hz**2, 0))


# ---- frequency and phase ----
def rotation(time_s, frequency_hz, xp=np):
    """exp(2 pi i frequency t): a resonance at `frequency_hz`, or the factor that moves one there."""
    return xp.exp(2j * np.pi * frequency_hz * time_s)


def phase_factor(phase_deg, xp=np):
    """exp(i phase) of an angle in degrees."""
    return xp.exp(1j * xp.deg2rad(phase_deg))


def phasor(cycles_per_sample, samples: int, xp=np):
    """exp(2 pi i n cycles_per_sample), n = 0 ... samples - 1, as a new last axis; any leading shape, same precision.

    `rotation` on evenly spaced times, for many frequencies at once; frequency_hz * dwell_s are cycles per sample.
    """
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


# ---- FID and spectrum ----
def spectrum(fid, xp=np, points: int | None = None):
    """Spectrum of a FID along the last axis, bins in the order of `Acquisition.ppm`; any length, any leading shape.

    Zero-filled to `points` where given.

    >>> from mrsgap.core.acquisition import Acquisition
    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=2000.0, points=4096)
    >>> fid = rotation(scan.time_s, scan.frequency_hz(2.01)) * lorentzian(scan.time_s, 2.0)
    >>> print(f"{scan.ppm[abs(spectrum(fid)).argmax()]:.2f} ppm")
    2.01 ppm
    """
    return xp.fft.fftshift(transform(fid, xp, points), axes=-1)  # (..., bin)


def inverse_spectrum(values, xp=np):
    """FID of a spectrum along the last axis: the exact inverse of `spectrum` for even and odd lengths."""
    return inverse_transform(xp.fft.ifftshift(values, axes=-1), xp)  # (..., time)


def transform(fid, xp=np, points: int | None = None):
    """As `spectrum`, in the order of the transform: frequencies from zero up, then the negative ones (`native_hz`)."""
    return xp.fft.fft(fid, n=points, axis=-1)  # (..., bin)


def inverse_transform(values, xp=np, points: int | None = None, norm: str | None = None):
    """The inverse of `transform`; `norm="ortho"` keeps the noise's SD of a sample that of a bin."""
    return xp.fft.ifft(values, n=points, axis=-1, norm=norm)  # (..., time)


def multiply_bins(fid, factor, xp=np):
    """FID whose transform is multiplied by `factor` (..., bin in the order of `transform`), as first-order phase does."""
    return inverse_transform(transform(fid, xp) * factor, xp)


def native_hz(points: int, dwell_s: float) -> np.ndarray:
    """Frequency of every bin of `transform`, (bin,)."""
    return np.fft.fftfreq(points, dwell_s)


def bins_hz(points: int, dwell_s: float) -> np.ndarray:
    """Frequency of every bin of `spectrum`, (bin,), ascending."""
    return np.fft.fftshift(native_hz(points, dwell_s))


# ---- the transform on any grid ----
def chirp_z(signal, start, step, points: int, xp=np):
    """X_k = sum_n signal_n exp(-2 pi i n (start + k step)), k = 0 ... points - 1, along the last axis.

    The exact transform on any evenly spaced grid of frequencies, by the chirp-z transform (Bluestein, IEEE Trans Audio
    Electroacoust 18:451, 1970; Rabiner, Schafer and Rader, Bell Syst Tech J 48:1249, 1969): with
    n k = (n^2 + k^2 - (k - n)^2) / 2 it becomes one convolution, done by FFT, whatever the grid.

    `start` and `step` are in cycles per sample (frequency_hz * dwell_s) and plain numbers; a start of each item's own is a
    phasor (`phasor`) multiplied into the signal beforehand. Same precision out as in. (..., time) -> (..., points)
    """
    before, kernel, after = _chirp_factors(signal.shape[-1], points, float(start), float(step), str(np.dtype(signal.dtype)))
    spread = xp.fft.fft(signal * before, n=kernel.shape[-1], axis=-1)
    return xp.fft.ifft(spread * kernel, axis=-1)[..., :points] * after


@functools.lru_cache(maxsize=32)
def _chirp_factors(samples: int, points: int, start: float, step: float, dtype: str):
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
