"""What unsuppressed water tells: the eddy currents' phase, the water line itself, and its amplitude.

Klose, Magn. Reson. Med. 1990, 14, 26: gradients switched before the signal shift its frequency for a while; water, a single
line, shows that shift as its phase, which is then taken from the metabolites.
"""

from dataclasses import dataclass, replace

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.noise import fid_noise_sd
from mrsgap.core.peaks import fine_spectrum
from mrsgap.core.recording import Recording, Step
from mrsgap.core.signal import rotation

SEEN = 10.0  # water's phase is believed while its magnitude is this many noise standard deviations
FAINT = 0.02  # of its largest sample: below it other lines than water's main one set the phase
STRONG = 0.2  # of its largest sample: the bend that is told is what most of the signal has
SHORTEST = 32  # samples of believable phase, fewer of which tell nothing
SKIPPED = 3  # first samples, which receiver filters distort, are left out of the amplitude
FITTED_S = 0.05  # the amplitude is extrapolated from this time


@dataclass(frozen=True)
class EddyCurrents:
    """Phase in rad of a water reference, (time,) at `time_s`, its straight line taken out; and what that line says.

    `frequency_hz` and `constant_rad` are water's own, each sample weighted by its energy.
    """

    time_s: np.ndarray
    phase_rad: np.ndarray
    frequency_hz: float
    constant_rad: float

    def correct(self, fid: np.ndarray, acquisition: Acquisition) -> np.ndarray:
        """`fid` (..., time) without the eddy currents' phase and without water's own constant phase; frequencies stay.

        A reference with another dwell time or length works: its phase is interpolated, and held beyond its believable end.
        """
        bend = np.interp(acquisition.time_s, self.time_s, self.phase_rad)
        return fid * np.exp(-1j * (bend + self.constant_rad))


def eddy_currents(water: np.ndarray, acquisition: Acquisition) -> EddyCurrents:
    """Eddy currents as the averaged, coil-combined `water` FID (time,) shows them.

    Raises `InputError` where water cannot be seen long enough.

    >>> scan = Acquisition(larmor_mhz=123.2, carrier_ppm=4.7, spectral_width_hz=2000.0, points=1024)
    >>> seen = eddy_currents(np.exp(-8 * scan.time_s + 1j * (0.8 * np.exp(-scan.time_s / 0.02) + 0.5)), scan)
    >>> straight = seen.correct(np.exp(1j * 0.8 * np.exp(-scan.time_s / 0.02)), scan)
    >>> bool(np.ptp(np.diff(np.unwrap(np.angle(straight[:800])))) < 1e-6)
    True
    """
    noise = float(fid_noise_sd(water))
    magnitude = abs(water)
    above = magnitude > np.maximum(SEEN * noise, FAINT * magnitude.max(initial=0.0))
    end = water.size if above.all() else int(np.argmin(above))
    if end < SHORTEST:
        raise InputError(
            f"the water reference is lost in noise after {end} samples",
            cure="Give another reference, or leave `path_water` empty",
        )
    time_s = acquisition.time_s[:end]
    phase = np.unwrap(np.angle(water[:end] * rotation(time_s, -_top_hz(water, acquisition))))
    # The straight line is water's own frequency and phase, where its energy is: what is added back moves no line.
    slope, constant = np.polyfit(time_s, phase, 1, w=magnitude[:end])
    bend = phase - np.polyval([slope, constant], time_s)
    constant = float((constant + np.pi) % (2 * np.pi) - np.pi)
    return EddyCurrents(time_s, bend, _top_hz(water, acquisition) + float(slope) / (2 * np.pi), constant)


def correct_eddy_currents(recording: Recording) -> Recording:
    """`recording`, coils combined, without the phase that its water reference shows; unchanged with a remark where it cannot.

    Transients of the reference are averaged as they are: water is strong, and its phase is what is asked for.
    """
    water = recording.water
    if water is None:
        return recording
    if water.fid.shape[0] != 1 or recording.fid.shape[1] != 1:
        raise InputError("eddy currents are corrected after the coils are combined", cure="Combine them first")
    given = {name: getattr(water, name) or getattr(recording, name) for name in ("larmor_mhz", "carrier_ppm", "dwell_s")}
    water = replace(water, **given)
    try:
        currents = eddy_currents(water.fid[0].mean(axis=0), water.acquisition)
    except InputError as error:
        return recording.noted(f"no eddy-current correction: {error.what}")
    strong = abs(water.fid[0].mean(axis=0))[: currents.phase_rad.size]
    bend_deg = float(np.degrees(np.ptp(currents.phase_rad[strong > STRONG * strong.max()])))
    step = Step("Eddy current correction", f"phase of the water reference (Klose 1990) from {water.source}")
    corrected = replace(recording, fid=currents.correct(recording.fid, recording.acquisition), water=water)
    corrected = replace(corrected, steps=(*recording.steps, step))
    return corrected.noted(f"eddy currents of {bend_deg:.0f} degrees corrected with the water reference")


def water_amplitude(water: np.ndarray, acquisition: Acquisition) -> float:
    """Amplitude of the water line at time zero, in the unit of the FID `water` (time,).

    The logarithm of the magnitude of a Voigt line is a parabola in time; it is fitted from the fourth sample on, each sample
    weighted by its own magnitude, and read at zero. Within 1 % for linewidths up to 20 Hz.

    >>> scan = Acquisition(larmor_mhz=123.2, carrier_ppm=4.7, spectral_width_hz=2000.0, points=1024)
    >>> round(water_amplitude(5.0 * np.exp((30j - 20) * scan.time_s - 200 * scan.time_s**2), scan), 3)
    5.0
    """
    time_s, magnitude = acquisition.time_s, abs(water)
    noise = float(fid_noise_sd(water))
    used = (np.arange(water.size) >= SKIPPED) & (time_s <= FITTED_S) & (magnitude > SEEN * noise)
    if used.sum() < SHORTEST // 2:
        raise InputError(
            "the water reference holds too few samples above noise for an amplitude", cure="Give another reference"
        )
    fit = np.polyfit(time_s[used], np.log(magnitude[used]), 2, w=magnitude[used])
    return float(np.exp(fit[2]))


def _top_hz(water: np.ndarray, acquisition: Acquisition) -> float:
    ppm, values = fine_spectrum(water, acquisition)
    return float(acquisition.frequency_hz(ppm[np.argmax(abs(values))]))
