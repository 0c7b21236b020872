"""Measured spectra and their simulated twins at known concentrations, through the one preprocessing, on one grid."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition, by_acquisition
from mrsgap.core.names import DIFF, EDIT_STATES, ITEM, METABOLITE, OFF, ON
from mrsgap.core.signal import lorentzian
from mrsgap.spectra.window import Window, align, band_spectra

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
