"""Recordings and their simulated twins at known concentrations, through the one preprocessing, on one grid.

A twin is made from what its recording says of itself: the linewidths of NAA and Cr, and the noise.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import xarray as xr
from scipy.optimize import least_squares

from mrsgap.core.acquisition import Acquisition, by_acquisition
from mrsgap.core.names import DIFF, EDIT_STATES, ITEM, METABOLITE, OFF, ON
from mrsgap.core.noise import noise_sigma
from mrsgap.core.peaks import CR_PPM, NAA_PPM, find_offset
from mrsgap.core.signal import lorentzian, spectrum
from mrsgap.spectra.window import Window, align, band_spectra

WIDTHS = ("linewidth_naa_hz", "linewidth_naa_sd_hz", "linewidth_cr_hz", "linewidth_cr_sd_hz", "linewidth_hz", "linewidth_sd_hz")
HALF_BAND_PPM = 0.08  # fitted around the line: wide enough for 8 Hz, narrow enough to leave the neighbours out
NARROWEST_HZ, WIDEST_HZ = 0.2, 30.0


def recording_table(dataset: xr.Dataset, noise_regions_ppm) -> pd.DataFrame:
    """Linewidth of NAA and Cr with standard errors and noise of every item, (item) rows in the order of the set.

    `linewidth_hz` is NAA's, or Cr's where NAA has none, or NaN where neither can be fitted; its SD alike.
    """
    rows = {}
    for acquisition, part in by_acquisition(dataset):
        for index, item in enumerate(part[ITEM].values.tolist()):
            off = part["fid"].values[index, 0]
            offset = find_offset(off, acquisition)
            naa, cr = (lorentzian_linewidth(off, acquisition, place + offset) for place in (NAA_PPM, CR_PPM))
            width, sd = next((pair for pair in (naa, cr) if np.isfinite(pair[0])), (np.nan, np.nan))
            sigma = noise_sigma(off, acquisition, noise_regions_ppm)
            words = {"item": item, **{name: str(part[name].values[index]) for name in ("series", "origin")}}
            rows[item] = words | dict(zip(WIDTHS, (*naa, *cr, width, sd))) | {"noise_sigma": sigma}
    return pd.DataFrame([rows[item] for item in dataset[ITEM].values.tolist()])


def lorentzian_linewidth(fid, acquisition: Acquisition, near_ppm: float, search_ppm: float = 0.1) -> tuple[float, float]:
    """Full width at half maximum (Hz) of the largest line within `search_ppm` of `near_ppm`, and its standard error.

    The line is the exact transform of a decaying FID of this length, a geometric series, so that short recordings are not read
    as broad lines; with a complex constant and slope it is fitted by variable projection: only centre and width are searched,
    the rest is linear (Golub and Pereyra, 1973). A magnitude line would be sqrt(3) wider, an absorption fit needs the phase.
    (NaN, NaN) where the fit ends at its bounds or explains less than half of the variance.
    """
    points = acquisition.points
    padded = np.pad(np.asarray(fid, np.complex128), (0, points))
    values = spectrum(padded)  # (bin,)
    axis = Acquisition(acquisition.larmor_mhz, acquisition.carrier_ppm, acquisition.spectral_width_hz, 2 * points).ppm
    near = np.flatnonzero(np.abs(axis - near_ppm) <= search_ppm)
    if not near.size or not np.isfinite(values[near]).all():
        return np.nan, np.nan
    top = near[np.argmax(np.abs(values[near]))]
    band = np.abs(axis - axis[top]) <= HALF_BAND_PPM
    offset_hz = (axis[top] - axis[band]) * acquisition.larmor_mhz  # rises with frequency
    data = values[band] / np.abs(values[top])
    fit = least_squares(
        lambda p: _residual(p, offset_hz, data, acquisition), (0.0, 2.0), bounds=([-6, NARROWEST_HZ], [6, WIDEST_HZ])
    )
    spread = np.sum(np.abs(data - data.mean()) ** 2)
    width = float(fit.x[1])
    if 2 * fit.cost > 0.5 * spread or not 1.02 * NARROWEST_HZ < width < 0.98 * WIDEST_HZ:
        return np.nan, np.nan
    freedom = max(2 * data.size - 8, 1)
    covariance = np.linalg.pinv(fit.jac.T @ fit.jac) * 2 * fit.cost / freedom
    return width, float(np.sqrt(covariance[1, 1]))


def _residual(parameters, offset_hz, data, acquisition):
    centre, width = parameters
    step = np.exp((2j * np.pi * (centre - offset_hz) - np.pi * width) * acquisition.dwell_s)
    series = (1 - step**acquisition.points) / (1 - step) * acquisition.dwell_s
    design = np.stack([series, np.ones_like(series), offset_hz / 10 + 0j], axis=1)
    left = data - design @ np.linalg.lstsq(design, data, rcond=None)[0]
    return np.concatenate([left.real, left.imag])


STATES = (OFF, ON, DIFF)


@functools.partial(jax.jit, static_argnames=("acquisition", "window"))
def _band(fid, acquisition: Acquisition, window: Window):
    shift_ppm = align(fid, acquisition, window)
    spectra = band_spectra(fid, shift_ppm, acquisition, window)  # (item, edit, bin)
    scale = jnp.max(jnp.abs(spectra[:, EDIT_STATES.index(OFF)]), axis=-1)
    return spectra / scale[:, None, None]


def bands(fid, acquisition: Acquisition, window: Window) -> np.ndarray:
    """Aligned spectra in the window's band over their edit-off maximum; (item, edit, time) -> (item, state, bin) complex."""
    spectra = np.asarray(_band(jnp.asarray(fid, jnp.complex64), acquisition, window))
    off, on = spectra[:, EDIT_STATES.index(OFF)], spectra[:, EDIT_STATES.index(ON)]
    return np.stack([off, on, on - off], axis=1)


def comparable(dataset: xr.Dataset, basis: xr.Dataset) -> xr.Dataset:
    """The items that have both edit states and a known truth for every metabolite of the basis."""
    both = np.isfinite(dataset["fid"].isel(time=0).values).all(axis=1)
    known = np.isfinite(dataset["truth"].sel({METABOLITE: basis[METABOLITE].values}).values).all(axis=1)
    return dataset.isel({ITEM: np.flatnonzero(both & known)})


def measured_bands(dataset: xr.Dataset, window: Window) -> np.ndarray:
    """`bands` of every item of a measured set, whatever its acquisitions, in the order of the set."""
    result = np.empty((dataset.sizes[ITEM], len(STATES), window.points), np.complex64)
    place = {item: index for index, item in enumerate(dataset[ITEM].values.tolist())}
    for acquisition, part in by_acquisition(dataset):
        result[[place[item] for item in part[ITEM].values.tolist()]] = bands(part["fid"].values, acquisition, window)
    return result


def twin_fids(basis: xr.Dataset, truth: np.ndarray, linewidth_hz) -> np.ndarray:
    """Noise-free FIDs (item, edit, time) of concentrations `truth` (item, metabolite) at Lorentzian `linewidth_hz` (item,)."""
    time_s = Acquisition.from_attributes(basis.attrs).time_s
    mixed = np.einsum("im,met->iet", truth, basis["fid"].sel(edit=list(EDIT_STATES)).values)
    decay = lorentzian(time_s, np.asarray(linewidth_hz)[:, None])
    return (mixed * decay[:, None]).astype(np.complex64)


def match_phase(measured: np.ndarray, simulated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measured spectra turned by one angle per item so that they match the simulated best, and that angle in degrees.

    The angle of the inner product over both edit states is the least-squares zero-order phase.
    """
    inner = np.sum(np.conj(measured[:, :2]) * simulated[:, :2], axis=(1, 2))
    angle = np.angle(inner)
    return measured * np.exp(1j * angle)[:, None, None], np.degrees(angle)


def add_noise(fids: np.ndarray, sigma: tuple[float, float], generator: np.random.Generator) -> np.ndarray:
    """Complex Gaussian noise on FIDs (item, edit, time): one sigma ~ U(sigma) per item, of its largest edit-off sample."""
    largest = np.abs(fids[:, 0]).max(axis=-1)
    scale = (generator.uniform(*sigma, len(fids)) * largest)[:, None, None].astype(np.float32)
    noise = generator.standard_normal((*fids.shape, 2), dtype=np.float32)
    return fids + scale * (noise[..., 0] + 1j * noise[..., 1])
