"""Radio-frequency waveforms: piecewise-constant amplitude and phase, in closed form or from a user's file.

A waveform is relative (largest amplitude 1); its peak B1 follows from the duration and the flip angle on resonance.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from mrsgap.core.errors import InputError, require_positive


@dataclass(frozen=True)
class Waveform:
    """Relative amplitude (step,), phase in rad (step,), duration, and peak B1 in Hz."""

    amplitude: np.ndarray
    phase_rad: np.ndarray
    duration_s: float
    peak_b1_hz: float

    @property
    def steps(self) -> int:
        return len(self.amplitude)


def calibrated(amplitude, phase_rad, duration_s: float, flip_deg: float, *, where: str) -> Waveform:
    """A waveform whose flip angle on resonance is `flip_deg`.

    For phases of 0 and 180 degrees (a real waveform) the flip angle is the integral of the signed amplitude. Raises
    `InputError` for any other phase modulation, whose flip angle is no integral: then `peak_b1_hz` must be given.
    """
    amplitude, phase_rad = np.asarray(amplitude, float), np.asarray(phase_rad, float)
    signed = amplitude * np.exp(1j * phase_rad)
    mean = signed.mean() / np.abs(signed).max()
    if np.abs((signed * np.exp(-1j * np.angle(mean))).imag).max() > 1e-3 * np.abs(signed).max():
        raise InputError("the waveform is phase modulated, so its flip angle does not follow from its integral", where=where,
                         cure="Give `peak_b1_hz`")  # fmt: skip
    return Waveform(amplitude / np.abs(signed).max(), phase_rad, duration_s, flip_deg / 360 / abs(mean) / duration_s)


def sinc_gauss(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Sinc-Gauss editing pulse: sinc(x) exp(-x^2 / 2) on |x| < 1, (amplitude, phase), (step,) each."""
    x = (np.arange(points) - (points - 1) / 2) / ((points + 1) / 2)
    return _polar(np.sinc(x) * np.exp(-(x**2) / 2))


# Fourier coefficients of the signed amplitude of Mao's refocusing pulse with four zero crossings (Mao, Mareci, Andrew,
# J. Magn. Reson. 79 (1988) 1), fitted to the published 400-point waveform, which is slightly asymmetric; largest deviation
# 0.0012 of the peak. The cosines alone are the closed form of study.md 1.6 (deviation 0.0026).
_MAO_COSINE = (
    0.08848,
    0.1845,
    0.19597,
    0.25075,
    0.15625,
    0.0565,
    0.03279,
    0.01584,
    0.00914,
    0.00415,
    0.00314,
    0.00091,
    0.00118,
)
_MAO_SINE = (-0.00011, -0.00027, -0.00095, 0.00068, -0.00045, -4e-05, -0.00023, 0.0, -0.0001, 2e-05, -4e-05, 1e-05)


def mao(points: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Mao refocusing pulse as a Fourier series, (amplitude, phase), (step,) each."""
    if points != 400:
        raise InputError(
            f"the Mao pulse is tabulated at 400 points, not {points}", cure="Use `resample_to` to change the number"
        )
    u = 2 * np.pi * (np.arange(points) - 198.5) / 411.5
    even = np.cos(np.outer(u, np.arange(len(_MAO_COSINE)))) @ np.array(_MAO_COSINE)
    odd = np.sin(np.outer(u, np.arange(1, len(_MAO_SINE) + 1))) @ np.array(_MAO_SINE)
    return _polar(even + odd)


def resampled(waveform: Waveform, points: int) -> Waveform:
    """The waveform on `points` steps as the study resamples it: polyphase low-pass, then rounding.

    Kaiser window (beta 5); amplitude rounded to 1e-4 of the peak and phase to whole degrees. The peak B1 stays that of
    the original, and the amplitude is scaled back to a largest value of 1 (study.md 1.4 and 1.6).
    """
    down, left = divmod(waveform.steps, points)
    if left:
        raise InputError(
            f"{waveform.steps} steps cannot be resampled to {points}", cure="Choose a divisor of the number of steps"
        )
    signed = resample_poly(waveform.amplitude * np.exp(1j * waveform.phase_rad), 1, down, window=("kaiser", 5.0))
    amplitude, phase_deg = np.round(np.abs(signed), 4), np.round(np.rad2deg(np.angle(signed)))
    return Waveform(amplitude / amplitude.max(), np.deg2rad(phase_deg), waveform.duration_s, waveform.peak_b1_hz)


def make_waveform(name: str, description: dict, user_waveform=None) -> Waveform:
    """A waveform from its description in config/sequence.yaml; `user_waveform` is (amplitude, phase_rad) of its file."""
    where = f"config: pulses.{name}"
    duration_s = require_positive("duration_ms", description["duration_ms"], where=where) * 1e-3
    shape = description["shape"]
    if shape == "file":
        amplitude, phase_rad = user_waveform
    elif shape == "mao":
        amplitude, phase_rad = mao(description.get("points", 400))
    else:
        amplitude, phase_rad = sinc_gauss(description["points"])
    if "peak_b1_hz" in description:
        peak = require_positive("peak_b1_hz", description["peak_b1_hz"], where=where)
        waveform = Waveform(np.asarray(amplitude) / np.max(amplitude), np.asarray(phase_rad), duration_s, peak)
    else:
        waveform = calibrated(amplitude, phase_rad, duration_s, description.get("flip_deg", 180.0), where=where)
    return resampled(waveform, description["resample_to"]) if "resample_to" in description else waveform


def _polar(signed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.abs(signed), np.where(signed < 0, np.pi, 0.0)


def read_waveform(path) -> tuple[np.ndarray, np.ndarray]:
    """Amplitude (step,) and phase in rad (step,) from `path`.

    `.pta`: header lines `NAME: value`, then `amplitude phase_rad ; (index)`. Other text: two columns (amplitude,
    phase_deg) or three (phase_deg, amplitude, relative step length, which must be constant); `#` starts a comment.
    Raises `InputError` for an unreadable file, a wrong column count, values that are not finite, or no amplitude at all.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"the waveform file `{path}` cannot be read: {error.strerror}") from error
    siemens = path.suffix.lower() == ".pta"
    rows = []
    for number, line in enumerate(lines, start=1):
        text = line.split(";")[0].split("#")[0].strip()
        if text and not (siemens and ":" in text):
            rows.append(_numbers(text, number, path))
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not widths <= ({2} if siemens else {2, 3}):
        raise InputError(f"the waveform file `{path}` has rows of {sorted(widths) or 'no'} columns",
                         cure="Give two columns (amplitude, phase) or three (phase_deg, amplitude, step length)")  # fmt: skip
    table = np.array(rows)
    if not np.isfinite(table).all():
        raise InputError(f"the waveform file `{path}` holds a value that is not finite (row {_first_bad(table)})")
    if table.shape[1] == 3:
        if np.ptp(table[:, 2]) > 1e-6 * abs(table[0, 2]):
            raise InputError(f"the steps of `{path}` differ in length", cure="Resample the waveform to equal steps")
        amplitude, phase_rad = table[:, 1], np.deg2rad(table[:, 0])
    else:
        amplitude, phase_rad = table[:, 0], table[:, 1] if siemens else np.deg2rad(table[:, 1])
    if len(amplitude) < 2 or not np.any(amplitude):
        raise InputError(f"the waveform file `{path}` has no amplitude", cure="It needs two or more steps, not all zero")
    negative = amplitude < 0  # a negative amplitude is a phase of 180 degrees
    return np.abs(amplitude), phase_rad + np.where(negative, np.pi, 0.0)


def _numbers(text: str, number: int, path: Path) -> list[float]:
    try:
        return [float(word) for word in text.replace(",", " ").split()]
    except ValueError:
        raise InputError(f"line {number} of the waveform file `{path}` is not numbers: {text[:40]!r}") from None


def _first_bad(table: np.ndarray) -> int:
    return int(np.flatnonzero(~np.isfinite(table).all(axis=1))[0]) + 1
