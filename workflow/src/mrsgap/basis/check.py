"""Does a basis look as physics says it must? One row per check: what, value, expectation, verdict."""

import numpy as np
import pandas as pd
import xarray as xr
from scipy.optimize import minimize_scalar

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import DIFF, METABOLITE, OFF, ON
from mrsgap.core.peaks import CR_PPM, NAA_PPM
from mrsgap.core.signal import lorentzian, spectrum

LINEWIDTH_HZ = 2.0  # broadening under which positions and signs are judged
SINGLETS_PPM = {"NAA": NAA_PPM, "Cr": CR_PPM}
POSITION_TOLERANCE_PPM = 2e-3
DIFF_SIGN = {"NAA": (NAA_PPM, -1), "GABA": (3.01, +1)}  # where the difference spectrum is read, and its sign there
EQUALITY_TOLERANCE = 0.01  # creatine feels neither editing frequency


def check_basis(basis: xr.Dataset, protons: dict[str, int]) -> pd.DataFrame:
    """Rows (metabolite, check, value, expected, passed) for the metabolites that are present.

    `protons` is the number of observed protons by metabolite. Signal per proton is reported without a verdict (NaN
    expectation).
    """
    acquisition = Acquisition.from_attributes(basis.attrs)
    rows = []
    for metabolite in basis[METABOLITE].values:
        off, on = (basis["fid"].sel(metabolite=metabolite, edit=edit).values.astype(complex) for edit in (OFF, ON))
        states = {OFF: off, ON: on, DIFF: on - off}
        for edit in (OFF, ON):
            rows.append((metabolite, f"signal per proton, {edit}", abs(states[edit][0]) / protons[metabolite], np.nan, True))
        if metabolite in SINGLETS_PPM:
            expected = SINGLETS_PPM[metabolite]
            position = peak_ppm(off, acquisition, expected)
            passed = abs(position - expected) <= POSITION_TOLERANCE_PPM
            rows.append((metabolite, "singlet position, off, ppm", position, expected, passed))
        if metabolite in DIFF_SIGN:
            place, sign = DIFF_SIGN[metabolite]
            area = band_area(states[DIFF], acquisition, place)
            rows.append((metabolite, "sign of diff", float(np.sign(area)), float(sign), np.sign(area) == sign))
        if metabolite == "Cr":
            difference = float(np.linalg.norm(states[DIFF]) / np.linalg.norm(off))
            rows.append((metabolite, "on equals off, relative", difference, 0.0, difference <= EQUALITY_TOLERANCE))
    return pd.DataFrame(rows, columns=["metabolite", "check", "value", "expected", "passed"])


def peak_ppm(fid: np.ndarray, acquisition: Acquisition, near_ppm: float, within_ppm: float = 0.1) -> float:
    """Position of the largest magnitude of the exact Fourier transform near `near_ppm`, broadened by `LINEWIDTH_HZ`.

    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=2000.0, points=4096)
    >>> print(f"{peak_ppm(np.exp(2j * np.pi * scan.frequency_hz(3.027) * scan.time_s), scan, near_ppm=3.0):.3f}")
    3.027
    """
    damped = fid * lorentzian(acquisition.time_s, LINEWIDTH_HZ)

    def minus_height(ppm):
        return -abs(np.exp(-2j * np.pi * acquisition.frequency_hz(ppm) * acquisition.time_s) @ damped)

    grid = np.linspace(near_ppm - within_ppm, near_ppm + within_ppm, 401)
    start = grid[np.argmin([minus_height(ppm) for ppm in grid])]
    step = grid[1] - grid[0]
    return float(
        minimize_scalar(minus_height, bounds=(start - step, start + step), method="bounded", options={"xatol": 1e-7}).x
    )


def band_area(fid: np.ndarray, acquisition: Acquisition, centre_ppm: float, width_ppm: float = 0.3) -> float:
    """Real part of the spectrum summed over a band, broadened by `LINEWIDTH_HZ`: its sign is the sign of the peak."""
    values = spectrum(fid * lorentzian(acquisition.time_s, LINEWIDTH_HZ))
    return float(values.real[abs(acquisition.ppm - centre_ppm) <= width_ppm / 2].sum())
