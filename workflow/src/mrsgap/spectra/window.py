"""From FIDs to network input: the one preprocessing, for simulated and measured spectra alike.

Water treatment, B0 alignment on the larger of the reference peaks in edit-off (one shift for off, on and diff), the exact
transform on a fixed grid of chemical shifts, and division by the largest edit-off magnitude in the band.
"""

import functools
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, EDIT, EDIT_STATES, METABOLITE, OFF, ON, TIME
from mrsgap.core.signal import chirp_z, lorentzian, phasor
from mrsgap.spectra.align import PEAK_FINDERS, exact_peak
from mrsgap.spectra.compact import Compact
from mrsgap.spectra.water import clamp_water, water_taper

_OFF, _ON = EDIT_STATES.index(OFF), EDIT_STATES.index(ON)
_PARTS = {"real": jnp.real, "imaginary": jnp.imag, "magnitude": jnp.abs}
CHANNELS = tuple(f"{state}-{part}" for state in (OFF, ON, DIFF) for part in _PARTS)


@dataclass(frozen=True)
class Window:
    """The band (descending ppm), the alignment with its reference peaks (ppm) and the water treatment; hashable."""

    high_ppm: float
    low_ppm: float
    points: int
    alignment: str  # exact, jain or none
    references_ppm: tuple[float, ...]
    search_ppm: float
    water: str  # taper, clamp or none
    water_from_ppm: float
    water_ppm: float
    water_search_ppm: float

    @property
    def step_ppm(self) -> float:
        """Spacing of the grid."""
        return (self.high_ppm - self.low_ppm) / (self.points - 1)

    @property
    def ppm(self) -> np.ndarray:
        """Chemical shift of every bin, (bin,), descending, both ends included."""
        return np.linspace(self.high_ppm, self.low_ppm, self.points)

    def unfit(self, acquisition: Acquisition) -> str:
        """Why recordings of an acquisition do not hold this input, in words; empty where they do."""
        for edge_ppm in (self.high_ppm, self.low_ppm):
            if acquisition.folds(edge_ppm):
                return f"{edge_ppm:g} ppm lies outside the spectral width of {acquisition.spectral_width_hz:g} Hz"
        return ""

    def scaled(self, fid, acquisition: Acquisition, guide=None):
        """Aligned complex spectra over the largest edit-off magnitude, (item, edit, bin); see `scaled_spectra`."""
        return scaled_spectra(fid, acquisition, self, guide)


def network_input(fid, acquisition: Acquisition, window: Window | Compact, channels: tuple[str, ...], guide=None):
    """Network input of FIDs in the order of `channels` (see `CHANNELS`), through the study's window or the compact one.

    Alignment and scale are measured on `guide`, by default the FIDs themselves; the noise-free twin of an item takes the noisy
    item as its guide, so both share one shift and one scale. (item, edit, time) complex -> (item, channel, bin) float32. A
    missing (NaN) state gives NaN in its channels only, a missing or empty edit-off state everywhere. Raises `InputError` for an
    unknown channel, or a band or search range outside the spectral width.

    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=2000.0, points=1024)
    >>> naa = np.exp(2j * np.pi * scan.frequency_hz(2.04) * scan.time_s) * lorentzian(scan.time_s, 3.0)
    >>> pair = np.stack([naa, 0 * naa])[None].astype(np.complex64)  # one item whose NAA lies 0.03 ppm too high
    >>> window = Window(high_ppm=4.0, low_ppm=1.0, points=301, alignment="exact", references_ppm=(2.01,), search_ppm=0.1,
    ...                 water="none", water_from_ppm=4.2, water_ppm=4.65, water_search_ppm=0.3)
    >>> x = network_input(pair, scan, window, ("off-real", "diff-real"))  # (item, channel, bin)
    >>> x.shape, round(float(window.ppm[x[0, 0].argmax()]), 2), round(float(x[0, 0].max()), 2)
    ((1, 2, 301), 2.01, 1.0)
    """
    _check_channels(channels)
    return pick(window.scaled(fid, acquisition, guide), channels)


@functools.partial(jax.jit, static_argnames=("acquisition", "window"))
def scaled_spectra(fid, acquisition: Acquisition, window: Window, guide=None):
    """Aligned complex spectra over the largest edit-off magnitude, (item, edit, bin); arguments as in `network_input`.

    A program of its own: networks differ in their channels, and what comes before is by far the longer to compile.
    """
    shift_ppm = align(fid if guide is None else guide, acquisition, window)
    spectra = band_spectra(fid, shift_ppm, acquisition, window)
    measured = spectra if guide is None else band_spectra(guide[:, [_OFF]], shift_ppm, acquisition, window)
    scale = jnp.max(jnp.abs(measured[:, _OFF]), axis=-1)  # (item,) of edit-off
    return spectra / jnp.where(scale > 0, scale, jnp.nan)[:, None, None]


@functools.partial(jax.jit, static_argnames="channels")
def pick(spectra, channels: tuple[str, ...]):
    """Real numbers (item, channel, bin) of complex spectra (item, edit, bin), in the order of `channels`."""
    states = {OFF: spectra[:, _OFF], ON: spectra[:, _ON], DIFF: spectra[:, _ON] - spectra[:, _OFF]}
    return jnp.stack([_PARTS[part](states[state]) for state, part in (name.split("-") for name in channels)], axis=1)


def align(fid, acquisition: Acquisition, window: Window):
    """Shift (ppm) to add to every item's axis so that its larger reference peak in edit-off lies at its reference, (item,).

    `fid` (item, edit, time). The height that decides is that of the interpolated peak. Without alignment the shift is zero.
    """
    if window.alignment == "none":
        return jnp.zeros(fid.shape[0], jnp.float32)
    find = PEAK_FINDERS[window.alignment]
    off = fid[:, _OFF] if window.water != "clamp" else _treat_water(fid[:, _OFF], acquisition, window)
    found = [find(off, acquisition, reference, window.search_ppm) for reference in window.references_ppm]
    shifts = jnp.stack([reference - position for reference, (position, _) in zip(window.references_ppm, found)])
    heights = jnp.stack([height for _, height in found])  # (reference, item)
    return jnp.take_along_axis(shifts, jnp.argmax(heights, axis=0)[None], axis=0)[0]


def band_spectra(fid, shift_ppm, acquisition: Acquisition, window: Window):
    """Complex spectra on the window's grid, every item moved by its `shift_ppm`; (item, edit, time) -> (item, edit, bin)."""
    reason = window.unfit(acquisition)
    if reason:
        raise InputError(
            reason, where=f"carrier {acquisition.carrier_ppm:g} ppm at {acquisition.larmor_mhz:g} MHz",
            cure="Narrow the band (config: window.high_ppm, window.low_ppm)",
        )  # fmt: skip
    if window.water == "clamp":
        fid = _treat_water(fid, acquisition, window)
    cycles_per_ppm = acquisition.larmor_mhz / acquisition.spectral_width_hz
    moved = fid * phasor(-shift_ppm * cycles_per_ppm, acquisition.points, jnp)[:, None]
    start = acquisition.frequency_hz(window.high_ppm) / acquisition.spectral_width_hz
    spectra = chirp_z(moved, start, window.step_ppm * cycles_per_ppm, window.points, jnp)
    if window.water == "taper":
        spectra = spectra * water_taper(window.ppm, window.water_from_ppm).astype(np.float32)
    return spectra


def _treat_water(fid, acquisition: Acquisition, window: Window):
    flat = clamp_water(fid.reshape(-1, fid.shape[-1]), acquisition, window.water_ppm, window.water_search_ppm)
    return flat.reshape(fid.shape)


def _check_channels(channels: tuple[str, ...]) -> None:
    unknown = [name for name in channels if name not in CHANNELS]
    if unknown or not channels:
        raise InputError(f"unknown channel `{unknown[0]}`" if unknown else "no channel named", where="config: channels",
                         cure=f"Known are {', '.join(CHANNELS)}")  # fmt: skip


def make_window(settings: dict, basis: xr.Dataset) -> Window:
    """The window that the `window:` section of the config describes, aligned to peaks of `basis`.

    With `reference_positions: basis`, each nominal reference (NAA 2.01, Cr 3.015 ppm) is replaced by the position that peak has
    in the basis's edit-off spectrum at the reference linewidth. Raises `InputError` when the basis has none of the references.
    """
    nominal = {name: shift for name, shift in settings["references_ppm"].items() if name in basis[METABOLITE].values}
    if not nominal:
        raise InputError(
            f"the basis has none of the alignment references {', '.join(settings['references_ppm'])}",
            where="config: window.references_ppm",
            cure=f"Name peaks of {', '.join(basis[METABOLITE].values)}",
        )
    if settings["reference_positions"] == "basis":
        nominal = peak_positions(basis, nominal, settings["search_ppm"], settings["reference_linewidth_hz"])
    if settings["high_ppm"] <= settings["low_ppm"]:
        raise InputError(
            f"`high_ppm` ({settings['high_ppm']}) must exceed `low_ppm` ({settings['low_ppm']})", where="config: window"
        )
    water = settings["water"]
    return Window(
        high_ppm=float(settings["high_ppm"]),
        low_ppm=float(settings["low_ppm"]),
        points=int(settings["points"]),
        alignment=settings["alignment"],
        references_ppm=tuple(float(nominal[name]) for name in sorted(nominal)),
        search_ppm=float(settings["search_ppm"]),
        water=water["treatment"],
        water_from_ppm=float(water["taper_from_ppm"]),
        water_ppm=float(water["clamp_centre_ppm"]),
        water_search_ppm=float(water["clamp_search_ppm"]),
    )


def peak_positions(basis: xr.Dataset, nominal_ppm: dict, search_ppm: float, linewidth_hz: float) -> dict[str, float]:
    """Position (ppm) of each named metabolite's largest edit-off peak near its nominal shift, at `linewidth_hz`."""
    acquisition = Acquisition.from_attributes(basis.attrs)
    fid = basis["fid"].sel({METABOLITE: list(nominal_ppm), EDIT: OFF}).transpose(METABOLITE, TIME).values
    fid = fid * lorentzian(acquisition.time_s, linewidth_hz)
    scaled = (fid / np.abs(fid).max(axis=1, keepdims=True)).astype(np.complex64)

    @jax.jit
    def find(fid):
        return [exact_peak(fid[i : i + 1], acquisition, ppm, search_ppm)[0][0] for i, ppm in enumerate(nominal_ppm.values())]

    return dict(zip(nominal_ppm, map(float, find(scaled))))
