"""Where a peak is: the maximum of the exact discrete-time Fourier transform's magnitude, to a fraction of a bin.

The start is the largest bin of a zero-filled transform within the search range. From there Newton's method climbs |X(f)|^2,
whose derivatives come from moments of the demodulated FID: X is a polynomial in f to single precision that close to a bin.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.signal import BLOCK, bins_hz, block_phasor, transform

_TERMS = 16  # (pi / 2)^16 / 16! = 7e-11: the first neglected term one zero-filled bin away
_NEWTON_STEPS = 6


def exact_peak(fid, acquisition: Acquisition, centre_ppm: float, search_ppm: float):
    """Position (ppm) and height of the largest peak of each spectrum within `centre_ppm` +- `search_ppm`.

    `fid` (item, time) -> two arrays (item,). An all-zero or NaN FID gives a NaN position. Raises `InputError` when the range
    lies outside the spectral width.
    """
    length = 1 << math.ceil(math.log2(2 * acquisition.points))
    bins = _bins_within(acquisition, length, centre_ppm, search_ppm)
    power = _power(transform(fid, jnp, length)[:, bins])
    best = jnp.asarray(bins)[jnp.argmax(power, axis=-1)]  # (item,)
    series = _taylor(fid * _bin_phasor(-best, length, acquisition.points))  # (item, term)
    offset, height = _climb(series)  # in units of 1 / FID duration
    signed = jnp.where(best > length // 2, best - length, best)
    frequency_hz = (signed / length + offset / acquisition.points) * acquisition.spectral_width_hz
    position_ppm = acquisition.shift_ppm(frequency_hz)
    position_ppm = jnp.clip(position_ppm, centre_ppm - search_ppm, centre_ppm + search_ppm)
    return jnp.where(height > 0, position_ppm, jnp.nan), height


def jain_peak(fid, acquisition: Acquisition, centre_ppm: float, search_ppm: float):
    """As `exact_peak`, by Jain's interpolation between the two largest bins of the native transform, as the study does.

    With y the magnitude at the maximum and its larger neighbour, the peak lies a / (1 + a) of a bin from the left one,
    a = right / left (Jain, Collins and Davis, IEEE Trans Instrum Meas 28:113, 1979). Off by up to 0.002 ppm for decaying
    signals. The returned height is that of the largest bin (the study's code may return its left neighbour).
    """
    points = acquisition.points
    bins = _bins_within(acquisition, points, centre_ppm, search_ppm)
    magnitude = jnp.abs(transform(fid, jnp))
    best = jnp.asarray(bins)[jnp.argmax(magnitude[:, bins], axis=-1)]
    left, top, right = (jnp.take_along_axis(magnitude, ((best + k) % points)[:, None], axis=-1)[:, 0] for k in (-1, 0, 1))
    ratio = jnp.where(left > right, top / left, right / top)
    offset = jnp.where(left > right, -1.0, 0.0) + ratio / (1 + ratio)
    signed = jnp.where(best > points // 2, best - points, best)
    return acquisition.shift_ppm((signed + offset) / points * acquisition.spectral_width_hz), top


PEAK_FINDERS = {"exact": exact_peak, "jain": jain_peak}


def _bins_within(acquisition: Acquisition, length: int, centre_ppm: float, search_ppm: float) -> np.ndarray:
    """Bins of a transform of `length` whose shift is within the range, in ascending frequency."""
    if acquisition.folds(centre_ppm - search_ppm) or acquisition.folds(centre_ppm + search_ppm):
        raise InputError(
            f"the search range {centre_ppm:g} +- {search_ppm:g} ppm lies outside the spectral width",
            where=f"carrier {acquisition.carrier_ppm:g} ppm, {acquisition.spectral_width_hz:g} Hz",
            cure="Narrow `window.search_ppm`, or record a wider band",
        )
    frequency_hz = bins_hz(length, acquisition.dwell_s)
    order = np.fft.fftshift(np.arange(length))
    return order[np.abs(acquisition.shift_ppm(frequency_hz) - centre_ppm) <= search_ppm]


def _power(values):
    return values.real**2 + values.imag**2


def _bin_phasor(bins, length: int, samples: int):
    """exp(2 pi i n bin / length), (item, time), with whole-number phases so that single precision loses nothing."""
    blocks = jnp.arange(-(-samples // BLOCK))
    between = blocks * ((bins * BLOCK) % length)[:, None] % length
    within = jnp.arange(BLOCK) * bins[:, None] % length
    return block_phasor((between / length).astype(jnp.float32), (within / length).astype(jnp.float32), samples, jnp)


def _taylor(demodulated):
    """Coefficients of X(x) = sum_m c_m x^m, (item, term); x the offset in units of 1 / duration, time from the FID's middle.

    Moments within blocks, which are short, then moments of the blocks: (T + tau)^m = sum_p binomial(m, p) T^(m - p) tau^p.
    """
    # With x the offset in units of 1 / duration, exp(-2 pi i x t) = sum_m (-2 pi i x t)^m / m!, so c_m is a moment of the FID
    # over time. Offsets stay below half a unit, |x| <= 1/2, so the series is as good as exact after `_TERMS`.
    samples, real = demodulated.shape[-1], demodulated.real.dtype
    count = -(-samples // BLOCK)
    blocks = jnp.pad(demodulated, ((0, 0), (0, count * BLOCK - samples))).reshape(-1, count, BLOCK)
    tau = (np.arange(BLOCK) - BLOCK / 2) / samples
    centre = (np.arange(count) * BLOCK + BLOCK / 2 - samples / 2) / samples
    phase = np.pi / 2 * BLOCK / samples  # the largest within a block
    # Within a block time runs over so little that a few powers of tau do; the rest of the sum is over blocks.
    terms = next(p for p in range(2, _TERMS + 1) if phase**p / math.factorial(p) < 1e-7 or p == _TERMS)
    within = np.stack([tau**p for p in range(terms)], axis=-1).astype(real)
    between = np.zeros((count, terms, _TERMS))
    for m in range(_TERMS):
        for p in range(min(m + 1, terms)):
            between[:, p, m] = math.comb(m, p) * centre ** (m - p) * 2.0**m
    between = between.reshape(count * terms, _TERMS).astype(real)
    factors = np.array([(-1j * np.pi) ** m / math.factorial(m) for m in range(_TERMS)]).astype(demodulated.dtype)

    def moments(part):
        inner = jnp.matmul(part.reshape(-1, BLOCK), within, precision=jax.lax.Precision.HIGHEST)
        return jnp.matmul(inner.reshape(part.shape[0], -1), between, precision=jax.lax.Precision.HIGHEST)

    return jax.lax.complex(moments(blocks.real), moments(blocks.imag)) * factors


def _climb(series):
    """Newton's method on |X|^2 within one zero-filled bin (half a unit) of the start; offset and height, (item,)."""
    # X, X' and X'' are polynomials with one set of powers; P = |X|^2 has P' / 2 = Re(conj(X) X') and
    # P'' / 2 = |X'|^2 + Re(conj(X) X''), so the halves cancel in Newton's step -P' / P''.
    order = np.arange(_TERMS)
    first = series[:, 1:] * order[1:]
    second = first[:, 1:] * order[1:-1]
    coefficients = jnp.stack([jnp.pad(part, ((0, 0), (0, k))) for k, part in enumerate((series, first, second))], axis=1)

    def evaluate(x):
        powers = jnp.cumprod(jnp.where(order == 0, 1, x[:, None]), axis=-1)  # (item, term), exact at zero
        return jnp.moveaxis(jnp.sum(coefficients * powers[:, None], axis=-1), 1, 0)

    def climb(_, x):
        value, slope, bend = evaluate(x)
        rise = (jnp.conj(value) * slope).real
        curvature = _power(slope) + (jnp.conj(value) * bend).real
        newton = -rise / jnp.where(curvature < 0, curvature, -jnp.inf)
        step = jnp.where(curvature < 0, newton, 0.1 * jnp.sign(rise))  # uphill where |X|^2 is not yet concave
        return jnp.clip(x + jnp.clip(step, -0.25, 0.25), -0.5, 0.5)

    start = jnp.zeros(series.shape[0], series.real.dtype)
    x = jax.lax.fori_loop(0, _NEWTON_STEPS, climb, start)
    return x, jnp.abs(evaluate(x)[0])
