"""A basis cut into groups of resonances, so that each group can have a shift and a weight of its own.

pH, temperature and relaxation move and weigh the multiplets of one metabolite differently; a basis holds them at fixed places.
The cuts lie where the metabolites have no signal, and the groups add up to the basis exactly.
"""

from dataclasses import replace

import numpy as np
from scipy.special import erf

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.signal import inverse_spectrum, spectrum
from mrsgap.spectra.imperfections import PER_RESONANCE
from mrsgap.spectra.mix import Pool

BELL_CENTRE_S, BELL_WIDTH_S = 0.12, 0.05  # of the FID in which signals are looked for: lines 10 Hz wide
SIGNAL = 0.05  # of a metabolite's largest magnitude: what is above is signal
GAP_PPM = 0.08  # between groups, at least
EDGE_PPM = 0.015  # over which one group gives way to the next
BAND_PPM = (0.5, 4.6)  # where groups are told apart; what lies outside goes with the nearest


def split_where_drawn(pool: Pool, names) -> Pool:
    """`pool` with its metabolites split into groups of resonances if any of `names` (of laws or draws) concerns a group."""
    return split_resonances(pool) if any(name in names for name in PER_RESONANCE) else pool


def split_resonances(pool: Pool) -> Pool:
    """`pool` whose `fid` has a row for every group of resonances of every metabolite, and whose `rows` say of which.

    The cuts of a metabolite are the same for all bases. # ASSUME: strongly coupled multiplets closer than `GAP_PPM` move
    together.
    """
    if pool.rows is not None:
        return pool
    parts, rows = [], []
    for index in range(len(pool.metabolites)):
        fid = pool.fid[:, index]  # (basis, edit, time)
        groups = _split(fid, pool.acquisition, group_cuts_ppm(fid, pool.acquisition))
        parts += groups
        rows += [index] * len(groups)
    return replace(pool, fid=np.stack(parts, axis=1), rows=tuple(rows))


def group_cuts_ppm(fid: np.ndarray, acquisition: Acquisition) -> list[float]:
    """Chemical shifts, descending, at which the resonances of FIDs (..., time) of one metabolite are cut into groups."""
    # A bell well inside the FID leaves lines without the long tails that the start of an FID gives them.
    bell = np.exp(-(((acquisition.time_s - BELL_CENTRE_S) / BELL_WIDTH_S) ** 2))
    size = np.abs(spectrum(fid * bell)).reshape(-1, acquisition.points).max(axis=0)  # (bin,)
    ppm = acquisition.ppm
    inside = (ppm > BAND_PPM[0]) & (ppm < BAND_PPM[1])
    signal = ppm[inside & (size > SIGNAL * size[inside].max())]
    ends = np.flatnonzero(-np.diff(signal) > GAP_PPM)
    return [float(signal[end] + signal[end + 1]) / 2 for end in ends]


def _split(fid: np.ndarray, acquisition: Acquisition, cuts_ppm: list[float]) -> list[np.ndarray]:
    """Parts of `fid` (basis, edit, time) above, between and below the cuts; their sum is `fid`."""
    values, parts, upper = spectrum(fid), [], 0.0
    for cut_ppm in cuts_ppm:
        above = 0.5 * (1 + erf((acquisition.ppm - cut_ppm) / EDGE_PPM))
        parts.append(inverse_spectrum(values * (above - upper)).astype(np.complex64))
        upper = above
    return [*parts, (fid - sum(parts)).astype(np.complex64)]
