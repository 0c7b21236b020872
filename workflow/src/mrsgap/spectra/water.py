"""Treatment of residual water, the same for simulated and measured spectra."""

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.signal import inverse_spectrum, spectrum

_PATIENCE = 10  # bins at or below the median after which the study's clamp stops on that side


def water_taper(ppm: np.ndarray, from_ppm: float) -> np.ndarray:
    """Weights (bin,) that fall as half a cosine from 1 at `from_ppm` to 0 at the top of the band; 1 below."""
    top = float(np.max(ppm))
    if from_ppm >= top:
        return np.ones_like(ppm)
    depth = np.clip((ppm - from_ppm) / (top - from_ppm), 0, 1)
    return 0.5 * (1 + np.cos(np.pi * depth))


def clamp_water(fid, acquisition: Acquisition, centre_ppm: float, search_ppm: float):
    """FIDs with the water line pressed down to the spectrum's median magnitude, as the study treats its phantoms.

    The line is the largest bin within `centre_ppm` +- `search_ppm`. Bins within half of `search_ppm` of it that exceed the
    median keep their phase and take the median's magnitude; on either side the clamp ends after more than ten bins in a row
    that do not exceed it. A range outside the spectral width is left alone. (item, time) -> (item, time)
    """
    values = spectrum(fid, jnp)
    ppm = acquisition.ppm
    near = np.flatnonzero(np.abs(ppm - centre_ppm) <= search_ppm)
    if near.size == 0:
        return fid
    magnitude = jnp.abs(values)
    limit = _median(magnitude)[:, None]
    peak = near[0] + jnp.argmax(magnitude[:, near[0] : near[-1] + 1], axis=-1)
    reach = int(0.5 * search_ppm * acquisition.larmor_mhz * acquisition.points / acquisition.spectral_width_hz)
    clamped = jnp.zeros(magnitude.shape, bool)
    for side in (1, -1):
        bins = peak[:, None] + side * jnp.arange(reach + 1)  # (item, distance)
        inside = (bins >= 0) & (bins < acquisition.points)
        bins = jnp.clip(bins, 0, acquisition.points - 1)
        over = jnp.take_along_axis(magnitude, bins, axis=-1) > limit
        quiet = jnp.cumsum(~over.at[:, 0].set(True), axis=-1)
        before = jnp.pad(quiet, ((0, 0), (_PATIENCE + 1, 0)))[:, : reach + 1]
        ended = jnp.cumsum(quiet - before > _PATIENCE, axis=-1) > 0
        clamped = jax.vmap(lambda mask, place, hit: mask.at[place].max(hit))(clamped, bins, over & inside & ~ended)
    pressed = jnp.where(clamped, values * (limit / jnp.where(magnitude > 0, magnitude, 1)), values)
    return inverse_spectrum(pressed, jnp)


def _median(values):
    """Median of non-negative values along the last axis in single precision, by bisection on their bits: no sort."""
    bits = jax.lax.bitcast_convert_type(values.astype(jnp.float32), jnp.int32)  # ordered as the values are
    half = (values.shape[-1] + 1) // 2

    def narrow(_, bounds):
        low, high = bounds
        middle = low + (high - low) // 2
        enough = jnp.sum(bits <= middle[:, None], axis=-1) >= half
        return jnp.where(enough, low, middle + 1), jnp.where(enough, middle, high)

    rows = values.shape[0]
    start = jnp.zeros(rows, jnp.int32), jnp.full(rows, np.int32(0x7F800000))
    lower = jax.lax.fori_loop(0, 32, narrow, start)[1][:, None]
    if values.shape[-1] % 2:
        upper = lower
    else:
        above = jnp.min(jnp.where(bits > lower, bits, np.int32(0x7F800000)), axis=-1, keepdims=True)
        upper = jnp.where(jnp.sum(bits <= lower, axis=-1, keepdims=True) > half, lower, above)
    pair = jax.lax.bitcast_convert_type(jnp.concatenate([lower, upper], axis=-1), jnp.float32)
    return jnp.mean(pair, axis=-1)
