"""Bases of many scanners side by side, whatever their fields, on one grid of samples: the pool of a family.

A pool has one acquisition. Members at other fields are put onto its axis of chemical shifts, where what differs is how far
apart a coupling pulls the lines: that is how a recording of such a field looks to a network that reads chemical shifts.
"""

from dataclasses import replace

import numpy as np

from mrsgap.core.acquisition import Acquisition, resample
from mrsgap.spectra.mix import Pool

_BEYOND = 32  # samples after the last wanted one, on which its spline leans


def pool_of_members(
    fids: np.ndarray, names: tuple[str, ...], metabolites: tuple[str, ...], acquisitions: list[Acquisition], grid: Acquisition
) -> Pool:
    """Pool of the bases `fids` (member, metabolite, edit, time), each recorded with its own acquisition, on the grid `grid`.

    Every member is divided by its own largest |FID|, as in `mix.make_pool`. Raises `InputError` for a field more than 5 % from
    that of `grid`, and where `grid` lasts longer than a member.
    """
    rows = [_on_grid(fid, acquisition, grid) for fid, acquisition in zip(fids, acquisitions, strict=True)]
    scaled = [(fid / np.max(np.abs(fid))).astype(np.complex64) for fid in rows]
    return Pool(np.stack(scaled), tuple(names), tuple(metabolites), grid)


def _on_grid(fid: np.ndarray, acquisition: Acquisition, grid: Acquisition) -> np.ndarray:
    """`resample`, of no more samples than it takes."""
    last_s = grid.time_s[-1] * grid.larmor_mhz / acquisition.larmor_mhz
    points = min(acquisition.points, int(np.ceil(last_s / acquisition.dwell_s)) + _BEYOND)
    return resample(fid[..., :points], replace(acquisition, points=points), grid)
