"""How a spectrum was sampled: the four numbers that turn samples into hertz and ppm."""

from dataclasses import dataclass

import numpy as np

from mrsgap.core.errors import InputError, require_positive
from mrsgap.core.signal import bins_hz


@dataclass(frozen=True)
class Acquisition:
    """Larmor frequency (MHz), carrier (ppm at 0 Hz), spectral width (Hz) and number of complex points."""

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
        names = ("larmor_mhz", "carrier_ppm", "spectral_width_hz", "points")
        missing = [name for name in names if name not in attributes]
        if missing:
            raise InputError(f"attribute `{missing[0]}` is missing", cure="The store was not written by mrsgap")
        return cls(*(attributes[name] for name in names))
