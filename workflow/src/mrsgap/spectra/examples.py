"""Stored spectra as network input and targets, a chunk at a time: what training and quantification read."""

from collections.abc import Callable

import jax
import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition, by_acquisition
from mrsgap.core.names import EDIT, EDIT_STATES, ITEM, METABOLITE, TIME
from mrsgap.core.signal import lorentzian
from mrsgap.quantities.normalise import normalise_concentrations
from mrsgap.spectra.compact import Compact
from mrsgap.spectra.mix import Pool
from mrsgap.spectra.render import Examples
from mrsgap.spectra.simulate import clean_items
from mrsgap.spectra.window import Window, band_spectra, network_input

CHUNK = 256


def training_examples(
    spectra: xr.Dataset, pool: Pool, window: Window, channels: tuple[str, ...], normalisation: str, *, clean: bool
) -> Examples:
    """All items of a simulated data set. The clean twin shares its item's shift and scale; rendered again if not stored."""

    def twin(items):
        if "fid_clean" in spectra:
            return spectra["fid_clean"].isel({ITEM: items}).values
        return clean_items(spectra, pool, items)

    inputs = spectra_inputs(spectra, window, channels)
    cleaned = spectra_inputs(spectra, window, channels, twin) if clean else None
    concentrations = normalise_concentrations(spectra["truth"].values, normalisation).astype(np.float32)
    return Examples(inputs, concentrations, cleaned)


def spectra_inputs(spectra: xr.Dataset, window: Window, channels: tuple[str, ...], twin: Callable | None = None) -> np.ndarray:
    """Network input of every item, (item, channel, bin), in the order of the data set; NaN where a state is absent or unfit.

    `spectra` holds `fid` (item, edit, time) of one acquisition or several. `twin(items)` gives FIDs that take the place of the
    items' own and share their shift and scale.
    """
    numbered = spectra.assign(place=(ITEM, np.arange(spectra.sizes[ITEM])))
    result = np.full((spectra.sizes[ITEM], len(channels), window.points), np.nan, np.float32)
    for acquisition, part in by_acquisition(numbered):
        places = part["place"].values
        if window.unfit(acquisition):
            continue
        for first in range(0, len(places), CHUNK):
            items = slice(first, first + CHUNK)
            fid = _padded(part["fid"].isel({ITEM: items}).values.astype(np.complex64))
            used, guide = (fid, None) if twin is None else (_padded(twin(places[items])), fid)
            windowed = network_input(used, acquisition, window, tuple(channels), guide)
            result[places[items]] = np.asarray(windowed)[: len(places[items])]
    return result


def windowed_basis(basis: xr.Dataset, window: Window, linewidth_hz: float) -> np.ndarray:
    """A basis at `linewidth_hz` through the window, without alignment: complex64 (metabolite, edit, bin)."""
    acquisition = Acquisition.from_attributes(basis.attrs)
    fid = basis["fid"].sel({EDIT: list(EDIT_STATES)}).transpose(METABOLITE, EDIT, TIME).values
    fid = fid / np.abs(fid).max() * lorentzian(acquisition.time_s, linewidth_hz)
    unmoved = np.zeros(len(fid), np.float32)
    banded = jax.jit(band_spectra, static_argnums=(2, 3))(fid.astype(np.complex64), unmoved, acquisition, window)
    return np.asarray(banded, np.complex64)


def _padded(fid: np.ndarray) -> np.ndarray:
    """Whole chunks, so that one compiled program serves all; fewer items become the next power of two."""
    size = min(CHUNK, 1 << max(0, len(fid) - 1).bit_length())
    return np.pad(fid, ((0, size - len(fid)), (0, 0), (0, 0)), mode="edge")


def inputs_by_window(spectra: xr.Dataset, window: dict, channels: tuple[str, ...]) -> np.ndarray:
    """`spectra_inputs` through the window that a trained network recorded as plain values (`window_of`)."""
    return spectra_inputs(spectra, window_of(window), channels)


def window_of(values: dict) -> Window | Compact:
    """The window that a trained network recorded as plain values: the study's or the compact one."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return (Compact if "comb_ppm" in values else Window)(**values)
