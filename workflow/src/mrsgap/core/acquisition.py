"""How spectra were acquired: how they were sampled and what the sequence did, for one acquisition or several in one store.

And FIDs as another acquisition would have recorded them: at other times, another carrier or another duration.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import xarray as xr

from mrsgap.core.constants import LARGEST_FITTED_FIELD_DIFFERENCE
from mrsgap.core.errors import InputError, require_positive
from mrsgap.core.names import ITEM, TIME
from mrsgap.core.signal import bins_hz, rotation

ACQUISITION_NAMES = ("larmor_mhz", "carrier_ppm", "spectral_width_hz", "points")
# Scanners set their frequency anew for every scan, by up to a kilohertz. Taking one for the other misplaces a line 3 ppm from
# the carrier by less than 1e-4 ppm, so such recordings count as one acquisition.
LARMOR_TOLERANCE = 2e-5


@dataclass(frozen=True)
class Acquisition:
    """Larmor frequency (MHz), carrier (ppm at 0 Hz), spectral width (Hz) and number of complex points.

    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=2000.0, points=4096)
    >>> round(scan.frequency_hz(2.01), 1)  # NAA lies 122 Hz from the carrier
    122.0
    >>> [round(float(ppm), 2) for ppm in scan.ppm[[0, -1]]]
    [11.11, -5.11]
    """

    larmor_mhz: float
    carrier_ppm: float
    spectral_width_hz: float
    points: int

    def __post_init__(self):
        require_positive("larmor_mhz", self.larmor_mhz)
        require_positive("spectral_width_hz", self.spectral_width_hz)
        require_positive("points", self.points)
        if int(self.points) != self.points:
            raise InputError(f"`points` must be a whole number, but is {self.points!r}")
        if not np.isfinite(self.carrier_ppm):
            raise InputError(f"`carrier_ppm` must be finite, but is {self.carrier_ppm!r}")

    @property
    def dwell_s(self) -> float:
        """Time between samples."""
        return 1.0 / self.spectral_width_hz

    @property
    def time_s(self) -> np.ndarray:
        """Sample times, (time,), from zero."""
        return np.arange(self.points) / self.spectral_width_hz

    @property
    def ppm(self) -> np.ndarray:
        """Chemical shift of every bin of `signal.spectrum`, (bin,), descending."""
        return self.shift_ppm(bins_hz(self.points, self.dwell_s))

    def frequency_hz(self, shift_ppm):
        """Frequency at which a resonance at `shift_ppm` appears: exp(+2 pi i frequency t)."""
        return (self.carrier_ppm - shift_ppm) * self.larmor_mhz

    def shift_ppm(self, frequency_hz):
        """Chemical shift of a line at `frequency_hz`; the inverse of `frequency_hz`."""
        return self.carrier_ppm - frequency_hz / self.larmor_mhz

    def folds(self, shift_ppm) -> bool:
        """Whether a resonance at `shift_ppm` lies outside the spectral width and would fold back into it."""
        return abs(self.frequency_hz(shift_ppm)) >= self.spectral_width_hz / 2

    def as_attributes(self) -> dict:
        """The four numbers as store attributes."""
        return {
            "larmor_mhz": float(self.larmor_mhz),
            "carrier_ppm": float(self.carrier_ppm),
            "spectral_width_hz": float(self.spectral_width_hz),
            "points": int(self.points),
        }

    @classmethod
    def from_attributes(cls, attributes: dict) -> "Acquisition":
        """Read back what `as_attributes` wrote; `InputError` names a missing attribute."""
        missing = [name for name in ACQUISITION_NAMES if name not in attributes]
        if missing:
            raise InputError(f"attribute `{missing[0]}` is missing", cure="The store was not written by mrsgap")
        return cls(*(attributes[name] for name in ACQUISITION_NAMES))


def same_acquisition(first: Acquisition, second: Acquisition) -> bool:
    """Whether two acquisitions agree but for the scanner's frequency adjustment."""
    exact = ("carrier_ppm", "spectral_width_hz", "points")
    near = abs(first.larmor_mhz - second.larmor_mhz) <= LARMOR_TOLERANCE * first.larmor_mhz
    return near and all(getattr(first, name) == getattr(second, name) for name in exact)


def by_acquisition(dataset: xr.Dataset) -> Iterator[tuple[Acquisition, xr.Dataset]]:
    """Yield each acquisition of a data set with its items, in the order of the first item of each.

    `dataset` holds `fid` (item, edit, time) and the four numbers of `Acquisition`, either as attributes (one acquisition) or as
    variables over `item` (several; shorter signals are padded with NaN at the end). What is yielded always has one acquisition,
    its numbers as attributes, no padding, and sample times in s as the coordinate `time`. Raises `InputError` if the numbers
    are absent.

    >>> scan = Acquisition(123.23, 3.0, 2000.0, 4)
    >>> spectra = xr.Dataset({"fid": (("item", "edit", "time"), np.ones((5, 2, 4), complex))}, attrs=scan.as_attributes())
    >>> [(one.points, part.sizes["item"]) for one, part in by_acquisition(spectra)]
    [(4, 5)]
    """
    if all(name in dataset.attrs for name in ACQUISITION_NAMES):
        acquisition = Acquisition.from_attributes(dataset.attrs)
        yield acquisition, dataset.assign_coords({TIME: (TIME, acquisition.time_s, {"units": "s"})})
        return
    missing = [name for name in ACQUISITION_NAMES if name not in dataset]
    if missing:
        raise InputError(f"a set of spectra does not say its `{missing[0]}`", cure="Delete the store and run again")
    numbers = np.stack([dataset[name].values.astype(float) for name in ACQUISITION_NAMES], axis=1)  # (item, number)
    first = sorted(np.unique(numbers, axis=0, return_index=True)[1])
    for row in numbers[first]:
        larmor_mhz, carrier_ppm, spectral_width_hz, points = row.tolist()
        acquisition = Acquisition(larmor_mhz, carrier_ppm, spectral_width_hz, int(points))
        part = dataset.isel({ITEM: np.flatnonzero((numbers == row).all(axis=1)), TIME: slice(0, acquisition.points)})
        part = part.assign_coords({TIME: (TIME, acquisition.time_s, {"units": "s"})})
        part.attrs.update(acquisition.as_attributes())
        yield acquisition, part


class Quantity(NamedTuple):
    """One number of a protocol: its name, its words, the unit it is told in, and how far two may lie apart (in that unit)."""

    name: str
    words: str
    unit: str
    per_unit: float
    tolerance: float


# ASSUME: within these a basis or a network made for one protocol serves the other.
PROTOCOL = {
    "echo_time_s": Quantity("echo time", "an echo time of", "ms", 1e3, 2.0),
    "edit_off_ppm": Quantity("edit-off frequency", "edit-off pulses at", "ppm", 1.0, 0.1),
    "edit_on_ppm": Quantity("edit-on frequency", "edit-on pulses at", "ppm", 1.0, 0.1),
}


def stated(spectra: xr.Dataset, name: str) -> np.ndarray:
    """A number of `PROTOCOL` for every item, (item,); NaN where no file says it."""
    count = spectra.sizes[ITEM]
    if name in spectra:
        return spectra[name].values.astype(float)
    return np.full(count, float(spectra.attrs.get(name, np.nan)))


def unlike(spectra: xr.Dataset, made_with: Mapping, who: str) -> list[str]:
    """For every item, where it was recorded otherwise than `made_with` (by name of `PROTOCOL`), in words; else empty.

    `made_with` gives a number for each name, or the ends [low, high] of a range. `who` is told to differ, for example "the
    basis was simulated with". What either side does not state is not compared.
    """
    differences: list[list[str]] = [[] for _ in range(spectra.sizes[ITEM])]
    for name, quantity in PROTOCOL.items():
        if made_with.get(name) is None:
            continue
        low, high = (end * quantity.per_unit for end in ends(made_with[name]))
        slack = 1e-9 if high > low else quantity.tolerance + 1e-9  # a range says itself how far it goes
        for item, value in enumerate(stated(spectra, name) * quantity.per_unit):
            if value < low - slack or value > high + slack:
                words, unit, made = quantity.words, quantity.unit, in_words(made_with[name], quantity)
                differences[item].append(f"recorded with {words} {value:g} {unit}, but {who} {made}")
    return ["; ".join(parts) for parts in differences]


def unstated(spectra: xr.Dataset, made_with: Mapping, who: str) -> list[str]:
    """For every item, which numbers of `made_with` no file states, in words; else empty. `who` as in `unlike`."""
    gaps: list[list[str]] = [[] for _ in range(spectra.sizes[ITEM])]
    for name, quantity in PROTOCOL.items():
        if made_with.get(name) is not None:
            for item in np.flatnonzero(np.isnan(stated(spectra, name))):
                gaps[item].append(f"{quantity.name} not stated ({who} {in_words(made_with[name], quantity)})")
    return ["; ".join(parts) for parts in gaps]


def ends(value) -> tuple[float, float]:
    """Lowest and highest of a number or of a range [low, high]."""
    low, high = value if isinstance(value, (list, tuple)) else (value, value)
    return float(low), float(high)


def in_words(value, quantity: Quantity) -> str:
    """A number or a range in the unit of its quantity, in words."""
    low, high = (end * quantity.per_unit for end in ends(value))
    return f"{low:g} {quantity.unit}" if low == high else f"{low:g} to {high:g} {quantity.unit}"


DEGREE = 11  # from 2000 to 1250 Hz: within 1e-5 of exact between 1.0 and 4.5 ppm, 5e-3 (r.m.s.) at the amide of NAA


def resample(fid: np.ndarray, source: Acquisition, target: Acquisition) -> np.ndarray:
    """FIDs `fid` (..., time) of `source`, undamped or not, as `target` would have recorded them, complex (..., time).

    The ppm axis is kept where Larmor frequencies differ. ASSUME: up to 5 % couplings may be scaled with it, as LCModel does.
    Splines through the demodulated samples, never a cut spectrum. Raises `InputError` for a field more than 5 % away and where
    `target` lasts longer than `source`.

    >>> basis = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=2000.0, points=4096)
    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=4.65, spectral_width_hz=1250.0, points=2048)
    >>> naa = [np.exp(2j * np.pi * one.frequency_hz(2.01) * one.time_s) for one in (basis, scan)]
    >>> bool(abs(resample(naa[0], basis, scan) - naa[1]).max() < 1e-2)
    True
    """
    if abs(field_difference(source, target)) > LARGEST_FITTED_FIELD_DIFFERENCE:
        raise InputError(
            f"the basis was made for {source.larmor_mhz:g} MHz, but the data are from {target.larmor_mhz:g} MHz",
            cure="Add a basis at the data's `larmor_mhz` to `bases` in the config",
        )
    wanted_s = target.time_s * (target.larmor_mhz / source.larmor_mhz)
    if wanted_s[-1] > source.time_s[-1] + 1e-9:
        raise InputError(
            f"the basis lasts {source.time_s[-1]:.3f} s, but {wanted_s[-1]:.3f} s are asked for",
            cure="Raise `points` of the basis, or ask for less: `fit.settings.duration_s`, `phantoms.points`",
        )
    same = target.points <= source.points and np.allclose(wanted_s, source.time_s[: target.points], rtol=0, atol=1e-12)
    sampled = fid[..., : target.points] if same else interpolate(fid, source.time_s, wanted_s)
    return recentre(sampled, replace(target, carrier_ppm=source.carrier_ppm), target.carrier_ppm)


def recentre(fid, acquisition: Acquisition, carrier_ppm: float) -> np.ndarray:
    """`fid` (..., time) of `acquisition` with its 0 Hz moved to `carrier_ppm`."""
    return fid * rotation(acquisition.time_s, acquisition.larmor_mhz * (carrier_ppm - acquisition.carrier_ppm))


def field_difference(source: Acquisition, target: Acquisition) -> float:
    """Relative difference of the Larmor frequencies, target against source."""
    return target.larmor_mhz / source.larmor_mhz - 1


def interpolate(fid: np.ndarray, sampled_s: np.ndarray, wanted_s: np.ndarray) -> np.ndarray:
    """FIDs `fid` (..., time), demodulated and sampled at `sampled_s`, at `wanted_s` (wanted time), complex (..., wanted time).

    A spline of a degree at which it is as good as exact for signals far from the edge of the spectral width. It is one-sided
    at the first point, where a band-limited interpolation would ring. `wanted_s` must lie within `sampled_s`.
    """
    from scipy.interpolate import make_interp_spline  # here, so that what only names an acquisition starts fast

    return make_interp_spline(sampled_s, fid, k=DEGREE, axis=-1)(wanted_s)
