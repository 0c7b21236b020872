"""Which spectra of a data set a method fits, and how they were sampled."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, EDIT, ITEM, OFF, ON

JOINT = "joint"
CHANNELS = {JOINT: (OFF, ON), OFF: (OFF,), DIFF: (DIFF,)}


def channel_fids(spectra: xr.Dataset, kind: str) -> np.ndarray:
    """FIDs complex128 (item, channel, time) for a `joint`, `off` or `diff` fit; NaN where an item lacks a state.

    diff is on - off wherever both are there, else what the store holds under `diff`.
    """
    if kind not in CHANNELS:
        raise InputError(f"unknown kind of fit `{kind}`", where="config: fit", cure=f"Use one of {', '.join(CHANNELS)}")
    fid = spectra["fid"].transpose(ITEM, EDIT, "time")
    stored = [str(state) for state in fid[EDIT].values]
    absent = np.full((fid.sizes[ITEM], fid.sizes["time"]), np.nan, np.complex128)

    def state(name):
        return fid.sel({EDIT: name}).values.astype(np.complex128) if name in stored else absent

    if kind != DIFF:
        return np.stack([state(name) for name in CHANNELS[kind]], axis=1)
    difference = state(ON) - state(OFF)
    recorded = spectra["fid_diff"].values.astype(np.complex128) if "fid_diff" in spectra else state(DIFF)
    known = np.isfinite(difference[..., :1])  # shorter signals are padded with NaN at their end
    return np.where(known, difference, recorded)[:, None]


def channel_basis(basis: np.ndarray, kind: str) -> np.ndarray:
    """Basis (metabolite, edit, time) as a `kind` of fit needs it: (metabolite, channel, time)."""
    if kind == JOINT:
        return basis
    return basis[:, :1] if kind == OFF else basis[:, 1:] - basis[:, :1]


def acquisitions(spectra: xr.Dataset) -> Iterator[tuple[Acquisition, np.ndarray]]:
    """Every acquisition in the store with the places of its items: an item's own numbers, else those of the store."""
    keys = ("larmor_mhz", "carrier_ppm", "spectral_width_hz", "points")
    count = spectra.sizes[ITEM]
    columns = []
    for key in keys:
        if key in spectra and spectra[key].dims == (ITEM,):
            columns.append(spectra[key].values.astype(float))
        else:
            columns.append(np.full(count, spectra.attrs.get(key, spectra.sizes["time"] if key == "points" else np.nan)))
    table = np.stack(columns, axis=1)
    if not np.isfinite(table).all():
        missing = keys[int(np.flatnonzero(~np.isfinite(table).all(axis=0))[0])]
        raise InputError(f"attribute `{missing}` is missing", cure="The store was not written by mrsgap")
    for row in np.unique(table, axis=0):
        larmor_mhz, carrier_ppm, width_hz, points = map(float, row)
        yield Acquisition(larmor_mhz, carrier_ppm, width_hz, int(points)), np.flatnonzero((table == row).all(axis=1))
