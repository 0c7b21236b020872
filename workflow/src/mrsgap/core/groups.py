"""Spectra of several acquisitions in one store, handed out one acquisition at a time."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import ITEM, TIME

ACQUISITION_NAMES = ("larmor_mhz", "carrier_ppm", "spectral_width_hz", "points")


# Scanners set their frequency anew for every scan, by up to a kilohertz. Taking one for the other misplaces a line 3 ppm from
# the carrier by less than 1e-4 ppm, so such recordings count as one acquisition.
LARMOR_TOLERANCE = 2e-5


def same_acquisition(first: Acquisition, second: Acquisition) -> bool:
    """Whether two acquisitions agree but for the scanner's frequency adjustment."""
    exact = ("carrier_ppm", "spectral_width_hz", "points")
    near = abs(first.larmor_mhz - second.larmor_mhz) <= LARMOR_TOLERANCE * first.larmor_mhz
    return near and all(getattr(first, name) == getattr(second, name) for name in exact)


def by_acquisition(dataset: xr.Dataset) -> Iterator[tuple[Acquisition, xr.Dataset]]:
    """Yield each acquisition of a data set with its items, in the order of the first item of each.

    `dataset` holds `fid` (item, edit, time) and the four numbers of `Acquisition`, either as attributes (one acquisition) or as
    variables over `item` (several; shorter signals are padded with NaN at the end). What is yielded always has one acquisition,
    its numbers as attributes, no padding, and sample times in s as the coordinate `time`. Raises `InputError` if the numbers
    are absent.
    """
    if all(name in dataset.attrs for name in ACQUISITION_NAMES):
        acquisition = Acquisition.from_attributes(dataset.attrs)
        yield acquisition, dataset.assign_coords({TIME: (TIME, acquisition.time_s, {"units": "s"})})
        return
    missing = [name for name in ACQUISITION_NAMES if name not in dataset]
    if missing:
        raise InputError(f"a set of spectra does not say its `{missing[0]}`", cure="Delete the store and run again")
    numbers = np.stack([dataset[name].values.astype(float) for name in ACQUISITION_NAMES], axis=1)  # (item, number)
    first = sorted(np.unique(numbers, axis=0, return_index=True)[1])
    for row in numbers[first]:
        larmor_mhz, carrier_ppm, spectral_width_hz, points = row.tolist()
        acquisition = Acquisition(larmor_mhz, carrier_ppm, spectral_width_hz, int(points))
        part = dataset.isel({ITEM: np.flatnonzero((numbers == row).all(axis=1)), TIME: slice(0, acquisition.points)})
        part = part.assign_coords({TIME: (TIME, acquisition.time_s, {"units": "s"})})
        part.attrs.update(acquisition.as_attributes())
        yield acquisition, part
