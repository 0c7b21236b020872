"""Which spectra of a data set a method fits."""

import numpy as np
import xarray as xr

from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, EDIT, EDIT_STATES, ITEM, OFF, ON, TIME

JOINT = "joint"
CHANNELS = {JOINT: (OFF, ON), OFF: (OFF,), DIFF: (DIFF,)}
RECORDED_DIFFERENCE = "fid_diff"  # of items whose difference came without its states


def channel_fids(spectra: xr.Dataset, kind: str) -> np.ndarray:
    """FIDs complex128 (item, channel, time) for a `joint`, `off` or `diff` fit; NaN where an item lacks a state.

    diff is on - off wherever both are there, else the difference as it was recorded.
    """
    if kind not in CHANNELS:
        raise InputError(f"unknown kind of fit `{kind}`", where="config: fit", cure=f"Use one of {', '.join(CHANNELS)}")
    fid = spectra["fid"].transpose(ITEM, EDIT, TIME).sel({EDIT: list(EDIT_STATES)}).values.astype(np.complex128)
    if kind != DIFF:
        return fid[:, : len(CHANNELS[kind])]
    difference = fid[:, 1] - fid[:, 0]
    if RECORDED_DIFFERENCE in spectra:
        known = np.isfinite(difference).all(axis=-1, keepdims=True)
        difference = np.where(known, difference, spectra[RECORDED_DIFFERENCE].transpose(ITEM, TIME).values)
    return difference[:, None]


def channel_basis(basis: np.ndarray, kind: str) -> np.ndarray:
    """Basis (metabolite, edit, time) as a `kind` of fit needs it: (metabolite, channel, time)."""
    if kind == JOINT:
        return basis
    return basis[:, :1] if kind == OFF else basis[:, 1:] - basis[:, :1]
