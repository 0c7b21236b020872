"""What the signal says of edit states: rows and states stored with the sign turned, and which of a pair is the edit-on one.

Some scanners store one edit state, or single transients, turned by 180 degrees. The phase between two signals is that of their
overlap in the band of creatine and choline, which keep their sign when GABA is edited, at the shift where it is largest, so
neither drift nor a common phase enters. NAA is suppressed in edit-on, and negative in the difference.
"""

from dataclasses import dataclass, replace

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.noise import fid_noise_sd, spectrum_noise_sd
from mrsgap.core.peaks import NAA_PPM, band, find_offset, fine_spectrum
from mrsgap.core.recording import Recording, Step
from mrsgap.core.signal import inverse_spectrum, inverse_transform, native_hz, spectrum

LOW_PPM, HIGH_PPM, EDGE_PPM = 2.75, 3.45, 0.1  # creatine at 3.03, choline at 3.21; NAA and water stay out
REACH_HZ = 25.0
USED_S = 0.25
# ASSUME: states of one scan share their phase to 60 degrees, unless the sign is turned.
UPRIGHT_DEG, TURNED_DEG = 60.0, 120.0
ALIKE = 0.6  # coherence below which the two are not the same lines
SURE = 6.0  # overlap in units of its noise
NEIGHBOURS = 2  # rows before and after that a single row is compared with: drift of the phase is slow


@dataclass(frozen=True)
class Overlap:
    """Phase in degrees of the second signal against the first, and whether it says anything: enough signal, alike lines."""

    phase_deg: np.ndarray
    sure: np.ndarray


def overlap(first: np.ndarray, second: np.ndarray, acquisition: Acquisition) -> Overlap:
    """Compare FIDs `first` and `second` (..., time) on creatine and choline.

    >>> from mrsgap.core.signal import lorentzian, rotation
    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=4.65, spectral_width_hz=2000.0, points=1024)
    >>> line = rotation(scan.time_s, scan.frequency_hz(3.03)) * lorentzian(scan.time_s, 4.0)
    >>> match = overlap(line, -line * rotation(scan.time_s, 5.0), scan)
    >>> bool(match.sure), round(abs(float(match.phase_deg)))
    (True, 180)
    """
    used = max(32, min(acquisition.points, int(USED_S * acquisition.spectral_width_hz)))
    a, b = (_limited(fid, acquisition)[..., :used] for fid in (first, second))
    points = 4 * used
    correlation = inverse_transform(b * a.conj(), points=points) * points
    near = abs(native_hz(points, acquisition.dwell_s)) <= REACH_HZ
    correlation = np.where(near, correlation, 0)
    best = np.take_along_axis(correlation, np.argmax(abs(correlation), axis=-1)[..., None], axis=-1)[..., 0]
    sizes = np.linalg.norm(a, axis=-1), np.linalg.norm(b, axis=-1)
    share = (HIGH_PPM - LOW_PPM) * acquisition.larmor_mhz / acquisition.spectral_width_hz
    noise = [fid_noise_sd(fid) * np.sqrt(2 * share * used) for fid in (first, second)]  # norm of noise in the band
    coherence = abs(best) / np.maximum(sizes[0] * sizes[1], 1e-300)
    strong = (sizes[0] > SURE / 2 * noise[0]) & (sizes[1] > SURE / 2 * noise[1])
    return Overlap(np.degrees(np.angle(best)), (coherence > ALIKE) & strong)


def _limited(fid: np.ndarray, acquisition: Acquisition) -> np.ndarray:
    """The part of FIDs (..., time) in the band, with smooth edges."""
    ppm = acquisition.ppm
    rise = np.clip((ppm - LOW_PPM) / EDGE_PPM, 0, 1)
    fall = np.clip((HIGH_PPM - ppm) / EDGE_PPM, 0, 1)
    return inverse_spectrum(spectrum(fid) * np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2)


def upright_rows(recording: Recording) -> Recording:
    """Turn single transients back that stand against their neighbours of the same state; coils are combined.

    A row is turned where both the row before and the row after in its state lie more than 120 degrees away while they agree
    with each other.
    """
    acquisition, rows = recording.acquisition, recording.rows
    fid = recording.fid.copy()
    flips = 0
    for state in range(fid.shape[0]):
        present = np.flatnonzero(rows[state])
        if present.size < 3:
            continue
        signals = fid[state, 0, present]
        middle = np.argsort(np.linalg.norm(signals, axis=-1))[present.size // 2]  # a row of usual size
        match = overlap(signals[middle], signals, acquisition)
        phasor = np.where(match.sure, np.exp(1j * np.radians(match.phase_deg)), 0)
        for place, index in enumerate(present):
            others = [k for k in range(place - NEIGHBOURS, place + NEIGHBOURS + 1) if k != place and 0 <= k < present.size]
            around = phasor[others].sum()
            agree = abs(around) > 0.8 * len(others)
            if agree and phasor[place] and (phasor[place] * around.conj()).real < np.cos(np.radians(TURNED_DEG)) * abs(around):
                fid[state, 0, index] *= -1
                flips += 1
    if not flips:
        return recording
    note = f"{flips} of {int(rows.sum())} transients were stored with the sign turned: turned back"
    step = Step("Phasing", f"{flips} transients turned by 180 degrees")
    return replace(recording, fid=fid, steps=(*recording.steps, step)).noted(note)


def upright_pair(
    off: np.ndarray, on: np.ndarray, acquisition: Acquisition, vendor: str = "", trust: bool = False
) -> tuple[np.ndarray, str]:
    """The edit-on FID (time,) with the sign of creatine in edit-off, and a remark where it had to be turned.

    `InputError` where the two are neither alike nor opposite, since the difference then means nothing; `trust` passes them.
    """
    match = overlap(off, on, acquisition)
    if not match.sure:
        return on, "polarity not checked: creatine and choline are not seen alike in both states"
    phase = float(abs(match.phase_deg))
    if phase <= UPRIGHT_DEG:
        return on, ""
    if phase >= TURNED_DEG:
        habit = " (a habit of this vendor)" if vendor == "Philips" else ""
        return -on, f"edit-on was stored with the sign turned{habit}: turned back"
    if trust:
        return on, f"edit-on is turned by {phase:.0f} degrees against edit-off, but the manifest says trust"
    raise InputError(
        f"edit-on is turned by {phase:.0f} degrees against edit-off, which is neither upright nor upside down",
        cure="Phase the two states alike, or set `edit_check` to trust if the files are right",
    )


HALF_WIDTH_PPM = 0.05  # narrower than the distance to glutamate at 2.07 ppm; any offset is taken out first
DETECTABLE = 6.0  # NAA must stand this many noise standard deviations high to decide anything
# Of edit-off's NAA magnitude, edit-on keeps 0.1 to 0.6; a swapped pair shows the inverse, an unedited one a value near 1.
SWAPPED, EDITED = 1.25, 0.8


@dataclass(frozen=True)
class Verdict:
    """What the signal says: the NAA ratio on/off (NaN where NAA is not seen) and a remark, empty if all is well."""

    naa_on_off: float
    remark: str = ""


def check_pair(off: np.ndarray, on: np.ndarray, acquisition: Acquisition, trust: bool = False, source: str = "") -> Verdict:
    """Compare NAA in edit-off and edit-on FIDs (time,); `InputError` on a swapped pair unless `trust` overrides it.

    `source` is what named the states; the error names it beside the signal.
    """
    naa_off, naa_on = naa_height(off, on, acquisition)
    floor = DETECTABLE * float(max(spectrum_noise_sd(off, acquisition), spectrum_noise_sd(on, acquisition)))
    if max(abs(naa_off), abs(naa_on)) < floor:
        return Verdict(np.nan, "edit states not checked: NAA is not seen")
    ratio = abs(naa_on) / max(abs(naa_off), 1e-30)
    sure = ratio > SWAPPED and abs(naa_on) - abs(naa_off) > floor  # more than noise on a small line
    if sure and not trust:
        raise InputError(
            f"edit-on and edit-off look exchanged: NAA at 2.01 ppm is {ratio:.2g} times as large in what "
            f"{source or 'the manifest'} calls edit-on",
            cure="Exchange `path_on` and `path_off` (or set `edit_order`), or set `edit_check` to trust if the files are right",
        )
    if sure:
        return Verdict(ratio, "edit states look exchanged, but the manifest says trust")
    if ratio > EDITED:
        return Verdict(ratio, f"edit-on hardly differs from edit-off: NAA ratio {ratio:.2f}")
    return Verdict(ratio)


def naa_height(off: np.ndarray, on: np.ndarray, acquisition: Acquisition) -> tuple[complex, complex]:
    """Complex height of NAA in edit-off and edit-on FIDs (time,) of like polarity, their common offset taken out."""
    offset_ppm = find_offset(off + on, acquisition)
    return _naa(off, acquisition, offset_ppm), _naa(on, acquisition, offset_ppm)


def check_difference(diff: np.ndarray, acquisition: Acquisition, trust: bool = False) -> Verdict:
    """Check the sign of a difference FID (time,) that comes alone: NAA must be negative; `InputError` if it is positive."""
    naa = _naa(diff, acquisition, find_offset(diff, acquisition))
    if abs(naa) < DETECTABLE * float(spectrum_noise_sd(diff, acquisition)):
        return Verdict(np.nan, "sign of the difference not checked: NAA is not seen")
    cosine = naa.real / abs(naa)
    if abs(cosine) < 0.5:
        return Verdict(
            np.nan, f"sign of the difference not checked: NAA is {np.degrees(np.angle(naa)):.0f} degrees out of phase"
        )
    if cosine > 0 and not trust:
        raise InputError(
            "the difference spectrum is inverted: NAA at 2.01 ppm is positive",
            cure="Set `diff_sign` to -1 in the manifest, or `edit_check` to trust if the file is right",
        )
    return Verdict(np.nan, "difference looks inverted, but the manifest says trust" if cosine > 0 else "")


def _naa(fid, acquisition: Acquisition, offset_ppm: float) -> complex:
    """Complex height of the largest bin near NAA, of the FID damped by 3 Hz, in units of the undamped spectrum's noise."""
    damped = fid * np.exp(-3 * np.pi * acquisition.time_s)
    ppm, values = fine_spectrum(damped, acquisition, 2)
    near = values[band(ppm, NAA_PPM + offset_ppm, HALF_WIDTH_PPM)]
    return complex(near[np.argmax(abs(near))])
