"""A compact network input, for recordings of any field, dwell time and length: few numbers, and as little nuisance as can be.

The FID is cut where the grid's spacing is its resolution, so that noise is white over the bins; the spectrum is moved and
phased
so that a comb of singlets (NAA, and both of Cr) stands upright at its place, and divided by the norm of edit-off in the band.
The grid is one of chemical shifts: what differs with the field is left to be learnt.
"""

import functools
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import EDIT_STATES, OFF
from mrsgap.core.signal import chirp_z, lorentzian, phasor

_OFF = EDIT_STATES.index(OFF)
_SEARCH_LINEWIDTH_HZ = 2.0  # added while the comb is sought, so that its score is smooth over the bins of the search
_PHASED_BINS = 2  # on either side of a singlet, by which the spectrum is phased


@dataclass(frozen=True)
class Compact:
    """The band (descending ppm, both ends included), the singlets of the comb and how far it is sought (ppm); hashable."""

    high_ppm: float
    low_ppm: float
    points: int
    comb_ppm: tuple[float, ...]
    search_ppm: float

    @property
    def step_ppm(self) -> float:
        """Spacing of the grid."""
        return (self.high_ppm - self.low_ppm) / (self.points - 1)

    @property
    def ppm(self) -> np.ndarray:
        """Chemical shift of every bin, (bin,), descending."""
        return np.linspace(self.high_ppm, self.low_ppm, self.points)

    def duration_s(self, larmor_mhz: float) -> float:
        """Length of the FID that is used."""
        return 1 / (self.step_ppm * larmor_mhz)

    def samples(self, acquisition: Acquisition) -> int:
        """Samples of an FID that are used."""
        return round(self.duration_s(acquisition.larmor_mhz) * acquisition.spectral_width_hz)

    def unfit(self, acquisition: Acquisition) -> str:
        """Why recordings of an acquisition do not hold this input, in words; empty where they do."""
        if self.samples(acquisition) > acquisition.points:
            lasts_s, used_s = acquisition.points * acquisition.dwell_s, self.duration_s(acquisition.larmor_mhz)
            return f"the FID lasts {lasts_s:.3f} s, but the network reads {used_s:.3f} s of it"
        for edge_ppm in (self.high_ppm + self.search_ppm, self.low_ppm - self.search_ppm):
            if acquisition.folds(edge_ppm):
                return f"{edge_ppm:g} ppm lies outside the spectral width of {acquisition.spectral_width_hz:g} Hz"
        return ""

    def scaled(self, fid, acquisition: Acquisition, guide=None):
        """Aligned, phased and scaled complex spectra, as `Window.scaled`: (item, edit, time) -> (item, edit, bin)."""
        aligned = compact_spectra(fid, acquisition, self, guide)
        like = aligned if guide is None else compact_spectra(guide, acquisition, self)
        return settle(aligned, self, like)


def make_compact(settings: dict) -> Compact:
    """The compact input that the `compact:` section of the config describes; `InputError` for a band that is none."""
    if settings["high_ppm"] <= settings["low_ppm"]:
        raise InputError(
            f"`high_ppm` ({settings['high_ppm']}) must exceed `low_ppm` ({settings['low_ppm']})", where="config: compact"
        )
    comb, search = tuple(float(ppm) for ppm in settings["comb_ppm"]), float(settings["search_ppm"])
    if min(comb) < settings["low_ppm"] or max(comb) > settings["high_ppm"]:
        raise InputError(f"a singlet of `comb_ppm` ({list(comb)}) lies outside the band", where="config: compact")
    return Compact(float(settings["high_ppm"]), float(settings["low_ppm"]), int(settings["points"]), comb, search)


@functools.partial(jax.jit, static_argnames=("acquisition", "compact"))
def compact_spectra(fid, acquisition: Acquisition, compact: Compact, guide=None):
    """Complex spectra on the grid, moved so that the comb of `guide` (the FIDs themselves) is in its place; as yet unphased.

    (item, edit, time) -> (item, edit, bin). Raises `InputError` for a FID too short or a spectral width too narrow.
    """
    samples = _samples(acquisition, compact)
    cut = _cut(fid, samples)
    shift_ppm = comb_shift(cut if guide is None else _cut(guide, samples), acquisition, compact)
    cycles_per_ppm = acquisition.larmor_mhz / acquisition.spectral_width_hz
    moved = cut * phasor(-shift_ppm * cycles_per_ppm, samples, jnp)[:, None]
    start = acquisition.frequency_hz(compact.high_ppm) / acquisition.spectral_width_hz
    return chirp_z(moved, start, compact.step_ppm * cycles_per_ppm, compact.points, jnp)


def comb_shift(cut, acquisition: Acquisition, compact: Compact):
    """Shift (ppm) to add to every item's axis so that the comb of edit-off is in its place, (item,).

    Where the power at the comb's singlets, summed, is largest within `search_ppm`, to a fraction of a bin by a parabola.
    """
    samples, step_ppm = cut.shape[-1], compact.step_ppm / 2
    reach = round(compact.search_ppm / step_ppm)
    cycles_per_ppm = acquisition.larmor_mhz / acquisition.spectral_width_hz
    high_ppm = max(compact.comb_ppm) + (reach + 1) * step_ppm
    count = int(np.ceil((high_ppm - min(compact.comb_ppm)) / step_ppm)) + reach + 3
    decay = lorentzian(np.arange(samples) * acquisition.dwell_s, _SEARCH_LINEWIDTH_HZ).astype(np.float32)
    start = acquisition.frequency_hz(high_ppm) / acquisition.spectral_width_hz
    spectra = chirp_z(cut[:, _OFF] * decay, start, step_ppm * cycles_per_ppm, count, jnp)
    power = spectra.real**2 + spectra.imag**2  # (item, bin), descending ppm
    score = 0.0
    for singlet_ppm in compact.comb_ppm:
        place = (high_ppm - singlet_ppm) / step_ppm - reach  # of the first of 2 reach + 1 bins, not a whole number
        first, part = int(place), place - int(place)
        width = 2 * reach + 1
        score = score + (1 - part) * power[:, first : first + width] + part * power[:, first + 1 : first + 1 + width]
    best = jnp.clip(jnp.argmax(score, axis=-1), 1, 2 * reach - 1)[:, None]
    left, top, right = (jnp.take_along_axis(score, best + k, axis=-1)[:, 0] for k in (-1, 0, 1))
    bend = left - 2 * top + right
    offset = jnp.where(bend < 0, 0.5 * (left - right) / jnp.where(bend < 0, bend, -1.0), 0.0)
    return (best[:, 0] - reach + jnp.clip(offset, -1, 1)) * step_ppm  # a comb found below its place moves up


def settle(spectra, compact: Compact, like=None):
    """Spectra (item, edit, bin) turned so that the comb of `like` stands upright, over the norm of its edit-off.

    Settled spectra stay as they are, so noise may be added to settled ones and the sum settled again. An empty edit-off gives
    NaN.
    """
    off = (spectra if like is None else like)[:, _OFF]  # (item, bin)
    near = off * jnp.asarray(_comb_mask(compact))
    weighted = jnp.sum(near * jnp.abs(near), axis=-1)
    size = jnp.sqrt(jnp.sum(off.real**2 + off.imag**2, axis=-1))
    turn = jnp.conj(weighted) / jnp.where(jnp.abs(weighted) > 0, jnp.abs(weighted), 1.0)
    return spectra * (turn / jnp.where(size > 0, size, jnp.nan) * np.float32(np.sqrt(compact.points)))[:, None, None]


def compact_noise_sd(sigma, acquisition: Acquisition, compact: Compact):
    """SD per quadrature of a bin of `compact_spectra` whose FID has noise of SD `sigma` per quadrature and sample."""
    return sigma * np.sqrt(_samples(acquisition, compact))


def _comb_mask(compact: Compact) -> np.ndarray:
    away = np.abs(compact.ppm[:, None] - np.array(compact.comb_ppm)) / compact.step_ppm
    return (away.min(axis=-1) <= _PHASED_BINS + 0.5).astype(np.float32)


def _samples(acquisition: Acquisition, compact: Compact) -> int:
    reason = compact.unfit(acquisition)
    if reason:
        raise InputError(reason, where=f"carrier {acquisition.carrier_ppm:g} ppm at {acquisition.larmor_mhz:g} MHz",
                         cure="Record longer or a wider band, or use networks with the study's window")  # fmt: skip
    return compact.samples(acquisition)


def _cut(fid, samples: int):
    """The used part, its first sample halved: the trapezoidal rule, without which every line stands on an offset."""
    weight = np.ones(samples, np.float32)
    weight[0] = 0.5
    return fid[..., :samples] * weight
