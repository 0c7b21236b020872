"""Stored spectra as network input and targets, a chunk at a time: what training and quantification read."""

from collections.abc import Callable
from dataclasses import asdict
from typing import NamedTuple

import jax
import numpy as np
import xarray as xr

from mrsgap.core.acquisition import PROTOCOL, Acquisition, by_acquisition
from mrsgap.core.names import EDIT, EDIT_STATES, ITEM, METABOLITE, TIME
from mrsgap.core.signal import lorentzian
from mrsgap.quantities.normalise import normalise_concentrations
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.mix import Pool, make_pool
from mrsgap.spectra.render import make_renderer
from mrsgap.spectra.simulate import clean_items
from mrsgap.spectra.window import Window, band_spectra, make_window, network_input

CHUNK = 256


class Arrays(NamedTuple):
    """Network input (item, channel, bin), normalised concentrations (item, metabolite), clean input or None; float32."""

    inputs: np.ndarray
    concentrations: np.ndarray
    clean: np.ndarray | None


def training_arrays(
    spectra: xr.Dataset, pool: Pool, window: Window, channels: tuple[str, ...], normalisation: str, *, clean: bool
) -> Arrays:
    """All items of a simulated data set. The clean twin shares its item's shift and scale; rendered again if not stored."""

    def twin(items):
        if "fid_clean" in spectra:
            return spectra["fid_clean"].isel({ITEM: items}).values
        return clean_items(spectra, pool, items)

    inputs = spectra_inputs(spectra, window, channels)
    cleaned = spectra_inputs(spectra, window, channels, twin) if clean else None
    concentrations = normalise_concentrations(spectra["truth"].values, normalisation).astype(np.float32)
    return Arrays(inputs, concentrations, cleaned)


def spectra_inputs(spectra: xr.Dataset, window: Window, channels: tuple[str, ...], twin: Callable | None = None) -> np.ndarray:
    """Network input of every item, (item, channel, bin), in the order of the data set; NaN where a state is absent.

    `spectra` holds `fid` (item, edit, time) of one acquisition or several. `twin(items)` gives FIDs that take the place of the
    items' own and share their shift and scale.
    """
    numbered = spectra.assign(place=(ITEM, np.arange(spectra.sizes[ITEM])))
    result = np.empty((spectra.sizes[ITEM], len(channels), window.points), np.float32)
    for acquisition, part in by_acquisition(numbered):
        places = part["place"].values
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


class Prepared(NamedTuple):
    """Arrays to learn from, what the network must know of them (`networks.Inputs`' fields), and how they came to be."""

    arrays: Arrays
    inputs: dict
    about: dict


def prepare_training(
    spectra: xr.Dataset, bases: dict[str, xr.Dataset], settings: dict, *, clean: bool, basis: bool
) -> Prepared:
    """Everything a training job takes from its data set and bases, by `settings` (window, channels, normalisation).

    `clean` asks for the noise-free twin, `basis` for the first basis through the window.
    """
    pool, first = make_pool(bases), next(iter(bases.values()))
    window, channels = make_window(settings["window"], first), tuple(settings["channels"])
    acquisition = Acquisition.from_attributes(first.attrs)
    inputs = {
        "channels": channels,
        "points": window.points,
        "metabolites": pool.metabolites,
        "normalisation": settings["normalisation"],
        "bin_hz": window.step_ppm * acquisition.larmor_mhz,
        "basis": windowed_basis(first, window, settings["window"]["reference_linewidth_hz"]) if basis else None,
    }
    protocol = {name: float(first.attrs[name]) for name in PROTOCOL if name in first.attrs}
    about = {"basis": "+".join(bases), "window": asdict(window), "acquisition": acquisition.as_attributes() | protocol}
    return Prepared(training_arrays(spectra, pool, window, channels, settings["normalisation"], clean=clean), inputs, about)


def fresh_examples(bases: dict[str, xr.Dataset], settings: dict, dataset: dict, collect: Callable, *, clean: bool) -> Callable:
    """`render(key, n)` for training on items never seen twice, drawn as the data set `dataset` (its imperfections written out).

    Each batch is `collect(inputs, concentrations, clean)`.
    """
    window = make_window(settings["window"], next(iter(bases.values())))
    recipe = read_recipe(dataset["imperfections"], "config: imperfections")
    render = make_renderer(
        make_pool(bases), recipe, dataset["concentrations"], window, tuple(settings["channels"]), settings["normalisation"],
        clean=clean,
    )  # fmt: skip

    def examples(key, count: int):
        batch = render(key, count)
        return collect(batch.spectra, batch.concentrations, batch.clean)

    return examples


def inputs_by_window(spectra: xr.Dataset, window: dict, channels: tuple[str, ...]) -> np.ndarray:
    """`spectra_inputs` through the window that a trained network recorded as plain values."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in window.items()}
    return spectra_inputs(spectra, Window(**values), channels)
