"""FIDs at other times, another carrier or another duration than they were simulated with."""

from dataclasses import replace

import numpy as np
from scipy.interpolate import make_interp_spline

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.constants import LARGEST_FITTED_FIELD_DIFFERENCE
from mrsgap.core.errors import InputError
from mrsgap.core.signal import rotation

DEGREE = 11  # from 2000 to 1250 Hz: within 1e-5 of exact between 1.0 and 4.5 ppm, 5e-3 (r.m.s.) at the amide of NAA


def resample(fid: np.ndarray, source: Acquisition, target: Acquisition) -> np.ndarray:
    """FIDs `fid` (..., time) of `source`, undamped or not, as `target` would have recorded them, complex (..., time).

    The ppm axis is kept where Larmor frequencies differ. ASSUME: up to 5 % couplings may be scaled with it, as LCModel does.
    Splines through the demodulated samples, never a cut spectrum. Raises `InputError` for a field more than 5 % away and where
    `target` lasts longer than `source`.

    >>> basis = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=2000.0, points=4096)
    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=4.65, spectral_width_hz=1250.0, points=2048)
    >>> naa = [np.exp(2j * np.pi * one.frequency_hz(2.01) * one.time_s) for one in (basis, scan)]
    >>> bool(abs(resample(naa[0], basis, scan) - naa[1]).max() < 1e-2)
    True
    """
    if abs(field_difference(source, target)) > LARGEST_FITTED_FIELD_DIFFERENCE:
        raise InputError(
            f"the basis was made for {source.larmor_mhz:g} MHz, but the data are from {target.larmor_mhz:g} MHz",
            cure="Add a basis at the data's `larmor_mhz` to `bases` in the config",
        )
    wanted_s = target.time_s * (target.larmor_mhz / source.larmor_mhz)
    if wanted_s[-1] > source.time_s[-1] + 1e-9:
        raise InputError(
            f"the basis lasts {source.time_s[-1]:.3f} s, but {wanted_s[-1]:.3f} s are asked for",
            cure="Raise `points` of the basis, or ask for less: `fit.settings.duration_s`, `phantoms.points`",
        )
    same = target.points <= source.points and np.allclose(wanted_s, source.time_s[: target.points], rtol=0, atol=1e-12)
    sampled = fid[..., : target.points] if same else interpolate(fid, source.time_s, wanted_s)
    return recentre(sampled, replace(target, carrier_ppm=source.carrier_ppm), target.carrier_ppm)


def recentre(fid, acquisition: Acquisition, carrier_ppm: float) -> np.ndarray:
    """`fid` (..., time) of `acquisition` with its 0 Hz moved to `carrier_ppm`."""
    return fid * rotation(acquisition.time_s, acquisition.larmor_mhz * (carrier_ppm - acquisition.carrier_ppm))


def field_difference(source: Acquisition, target: Acquisition) -> float:
    """Relative difference of the Larmor frequencies, target against source."""
    return target.larmor_mhz / source.larmor_mhz - 1


def interpolate(fid: np.ndarray, sampled_s: np.ndarray, wanted_s: np.ndarray) -> np.ndarray:
    """FIDs `fid` (..., time), demodulated and sampled at `sampled_s`, at `wanted_s` (wanted time), complex (..., wanted time).

    A spline of a degree at which it is as good as exact for signals far from the edge of the spectral width. It is one-sided
    at the first point, where a band-limited interpolation would ring. `wanted_s` must lie within `sampled_s`.
    """
    return make_interp_spline(sampled_s, fid, k=DEGREE, axis=-1)(wanted_s)
