"""A basis at another sampling rate and carrier."""

import numpy as np
from scipy.interpolate import make_interp_spline

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError

DEGREE = 11  # from 2000 to 1250 Hz: within 1e-5 of exact between 1.0 and 4.5 ppm, 5e-3 (r.m.s.) at the amide of NAA


def resample(fid: np.ndarray, source: Acquisition, target: Acquisition) -> np.ndarray:
    """FIDs `fid` (..., time) of `source`, undamped or not, as `target` would have sampled them, (..., time).

    A spline through the samples, of a degree at which it is as good as exact for signals far from the edge of the spectral
    width; the spectrum of a FID is never cut, so no ringing arises at its start. The two Larmor frequencies must agree.
    `InputError` if `target` lasts longer than `source`.
    """
    if abs(source.larmor_mhz - target.larmor_mhz) > 1e-9 * source.larmor_mhz:
        raise InputError(f"a basis of {source.larmor_mhz} MHz cannot stand for {target.larmor_mhz} MHz")
    if target.time_s[-1] > source.time_s[-1]:
        raise InputError(f"the basis lasts {source.time_s[-1]:.3f} s, but {target.time_s[-1]:.3f} s are asked for",
                         cure="Raise `points` of the basis, or lower `phantoms.points`")  # fmt: skip
    if target.spectral_width_hz == source.spectral_width_hz:
        sampled = fid[..., : target.points]
    else:
        sampled = make_interp_spline(source.time_s, fid, k=DEGREE, axis=-1)(target.time_s)
    return sampled * np.exp(2j * np.pi * target.frequency_hz(source.carrier_ppm) * target.time_s)
