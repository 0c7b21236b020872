"""A basis as the data would have recorded it: same dwell time, carrier and duration."""

import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import EDIT_STATES
from mrsgap.core.spline import interpolate

LARGEST_FIELD_DIFFERENCE = 0.05  # as LCModel, which warns from 5 % on
NOTED_FIELD_DIFFERENCE = 0.005


def field_difference(basis: Acquisition, data: Acquisition) -> float:
    """Relative difference of the Larmor frequencies, data against basis."""
    return data.larmor_mhz / basis.larmor_mhz - 1


def resample_basis(basis: xr.Dataset, data: Acquisition, points: int) -> np.ndarray:
    """Basis FIDs complex128 (metabolite, edit, time) at the first `points` samples of `data`, in its sense and carrier.

    The ppm axis is kept where Larmor frequencies differ. ASSUME: up to 5 % couplings may be scaled with it, as LCModel does.
    Interpolation is by splines through the demodulated samples (`core.spline`). Raises `InputError` for a field more than
    5 % away and for a basis shorter than the fit.
    """
    source = Acquisition.from_attributes(basis.attrs)
    fid = basis["fid"].sel(edit=list(EDIT_STATES)).values.astype(np.complex128)
    if abs(field_difference(source, data)) > LARGEST_FIELD_DIFFERENCE:
        raise InputError(
            f"the basis was made for {source.larmor_mhz:g} MHz, but the data are from {data.larmor_mhz:g} MHz",
            cure="Add a basis at the data's `larmor_mhz` to `bases` in the config",
        )
    wanted_s = data.time_s[:points] * (data.larmor_mhz / source.larmor_mhz)
    if wanted_s[-1] > source.time_s[-1] + 1e-9:
        raise InputError(
            f"the basis is {source.time_s[-1]:.3f} s long, but the fit needs {wanted_s[-1]:.3f} s",
            cure="Give the basis more `points` or the fit a shorter `duration_s`",
        )
    turn = np.exp(2j * np.pi * data.larmor_mhz * (data.carrier_ppm - source.carrier_ppm) * data.time_s[:points])
    same = points <= source.points and np.allclose(wanted_s, source.time_s[:points], rtol=0, atol=1e-12)
    if same:
        return fid[..., :points] * turn
    return interpolate(fid, source.time_s, wanted_s) * turn  # (metabolite, edit, time)
