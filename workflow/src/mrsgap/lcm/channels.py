"""What a method fits: the channels of data and basis, and broad signals as further members of the basis."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition, resample
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, EDIT, EDIT_STATES, ITEM, METABOLITE, OFF, ON, TIME
from mrsgap.core.signal import gaussian, rotation

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


def resample_basis(basis: xr.Dataset, data: Acquisition, points: int) -> np.ndarray:
    """Basis FIDs complex128 (metabolite, edit, time) at the first `points` samples of `data`, in its sense and carrier."""
    fid = basis["fid"].sel(edit=list(EDIT_STATES)).values.astype(np.complex128)
    return resample(fid, Acquisition.from_attributes(basis.attrs), replace(data, points=points))


def channel_basis(basis: np.ndarray, kind: str) -> np.ndarray:
    """Basis (metabolite, edit, time) as a `kind` of fit needs it: (metabolite, channel, time)."""
    if kind == JOINT:
        return basis
    return basis[:, :1] if kind == OFF else basis[:, 1:] - basis[:, :1]


def with_components(basis: xr.Dataset, components: Mapping[str, list[Mapping]]) -> xr.Dataset:
    """`basis` (metabolite, edit, time) and after it one member per component: Gaussian lines at fixed places.

    A component is a list of lines, each with `ppm`, `fwhm_ppm` and its amplitude in edit-off and edit-on (`"off"`, `"on"`).
    Raises `InputError` where a name is taken.
    """
    if not components:
        return basis
    taken = {str(name) for name in basis[METABOLITE].values} & set(components)
    if taken:
        raise InputError(
            f"the basis has a metabolite `{min(taken)}` already", where="config: fit.sets", cure="Rename the component"
        )
    acquisition = Acquisition.from_attributes(basis.attrs)
    time_s = acquisition.time_s
    fid = np.zeros((len(components), len(EDIT_STATES), acquisition.points), np.complex128)
    for place, lines in enumerate(components.values()):
        for line in lines:
            wave = rotation(time_s, acquisition.frequency_hz(line["ppm"]))
            wave *= gaussian(time_s, line["fwhm_ppm"] * acquisition.larmor_mhz)
            fid[place] += np.array([line[state] for state in EDIT_STATES])[:, None] * wave
    whole = np.concatenate([basis["fid"].sel(edit=list(EDIT_STATES)).values, fid])
    names = [str(name) for name in basis[METABOLITE].values] + list(components)
    coords = {METABOLITE: names, "edit": list(EDIT_STATES), "time": time_s}
    return xr.Dataset({"fid": ((METABOLITE, "edit", "time"), whole)}, coords=coords, attrs=basis.attrs)
