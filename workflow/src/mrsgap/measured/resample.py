"""A basis at another sampling rate and carrier."""

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.spline import interpolate


def resample(fid: np.ndarray, source: Acquisition, target: Acquisition) -> np.ndarray:
    """FIDs `fid` (..., time) of `source`, undamped or not, as `target` would have sampled them, (..., time).

    Splines through the samples (`core.spline`), never a cut spectrum. The two Larmor frequencies must agree.
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
        sampled = interpolate(fid, source.time_s, target.time_s)
    return sampled * np.exp(2j * np.pi * target.frequency_hz(source.carrier_ppm) * target.time_s)
