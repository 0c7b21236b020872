"""How far bases differ: distance per metabolite and edit state, amplitudes relative to NAA, the NAA edit-on feature."""

import itertools

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import DIFF, METABOLITE, OFF, ON
from mrsgap.core.signal import lorentzian, spectrum

FEATURE_PPM = (2.35, 2.75)  # aspartyl CH2 of NAA in edit-on, which the paper finds in simulation only (section 6.3.3)


def broadened_states(basis: xr.Dataset, linewidth_hz: float) -> dict[str, np.ndarray]:
    """FIDs (metabolite, time) by state off, on, diff, with Lorentzian broadening."""
    acquisition = Acquisition.from_attributes(basis.attrs)
    off, on = (
        basis["fid"].sel(edit=e).values.astype(complex) * lorentzian(acquisition.time_s, linewidth_hz) for e in (OFF, ON)
    )
    return {OFF: off, ON: on, DIFF: on - off}


def compare_bases(bases: dict[str, xr.Dataset], linewidth_hz: float) -> pd.DataFrame:
    """Rows (metabolite, edit, first, second, distance, amplitude_ratio) for every pair of bases.

    `distance` is the relative L2 norm of the difference after the best common scale; `amplitude_ratio` is that scale (second
    over first) relative to the scale of NAA in edit-off, so it is the factor by which a concentration ratio to NAA would come
    out wrong; NaN without NAA.
    """
    rows = []
    for (first, a), (second, b) in itertools.combinations(bases.items(), 2):
        states_a, states_b = broadened_states(a, linewidth_hz), broadened_states(b, linewidth_hz)
        names_a, names_b = list(a[METABOLITE].values), list(b[METABOLITE].values)
        shared = [name for name in names_a if name in names_b]
        naa = np.nan
        if "NAA" in shared:
            naa = _best_scale(states_a[OFF][names_a.index("NAA")], states_b[OFF][names_b.index("NAA")])
        for name, edit in itertools.product(shared, (OFF, ON, DIFF)):
            x, y = states_a[edit][names_a.index(name)], states_b[edit][names_b.index(name)]
            scale = _best_scale(x, y)
            distance = np.linalg.norm(y - scale * x) / np.linalg.norm(y)
            rows.append((name, edit, first, second, distance, scale / naa))
    return pd.DataFrame(rows, columns=["metabolite", "edit", "first", "second", "distance", "amplitude_ratio"])


def feature_height(basis: xr.Dataset, linewidth_hz: float) -> float:
    """Largest magnitude of NAA edit-on within `FEATURE_PPM`, relative to the NAA edit-off maximum; NaN without NAA."""
    if "NAA" not in basis[METABOLITE].values:
        return float("nan")
    ppm = Acquisition.from_attributes(basis.attrs).ppm
    states = broadened_states(basis.sel(metabolite=["NAA"]), linewidth_hz)
    band = (ppm >= FEATURE_PPM[0]) & (ppm <= FEATURE_PPM[1])
    return float(abs(spectrum(states[ON][0]))[band].max() / abs(spectrum(states[OFF][0])).max())


def feature_verdict(heights: dict[str, float]) -> str:
    """One sentence: does the NAA edit-on feature of the first basis survive in the second?"""
    (first, before), (second, after) = list(heights.items())[:2]
    if not (np.isfinite(before) and np.isfinite(after)):
        return "A basis without NAA has no NAA edit-on feature to judge."
    kept = after / before
    word = "survives" if kept >= 0.5 else "shrinks" if kept >= 0.1 else "vanishes"
    return (f"The NAA edit-on feature at {FEATURE_PPM[0]:g}-{FEATURE_PPM[1]:g} ppm {word} in `{second}`: "
            f"{100 * after:.1f} % of the NAA edit-off peak, against {100 * before:.1f} % in `{first}`.")  # fmt: skip


def _best_scale(x: np.ndarray, y: np.ndarray) -> float:
    """Real factor that brings x nearest to y in the least-squares sense."""
    return float(np.vdot(x, y).real / np.vdot(x, x).real)
