"""Frequency and phase of every transient against a reference: spectral registration without a start value.

Least squares in the time domain (Near et al., Magn. Reson. Med. 2015, 73, 44). For one frequency and one phase the best
frequency maximises |sum_t s(t) conj(r(t)) exp(2 pi i f t)|, which is the magnitude of a Fourier transform: its peak is found
on a grid and polished by Newton's method, and the phase follows in closed form. There is no local minimum to be stuck in.
"""

from dataclasses import dataclass

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.noise import fid_noise_sd
from mrsgap.core.signal import inverse_spectrum, inverse_transform, native_hz, spectrum

BAND_PPM = (1.6, 4.2)  # without water, whose own drift and phase differ
EDGE_PPM = 0.1  # of the band's smooth edges
REACH_HZ = 45.0  # of two transients that drifted apart; the nearest strong pair of lines is 125 Hz apart
USED_S = 0.25  # later samples are mostly noise
NEWTON = 3
USUAL = 6.0  # times the median distance from the median: what lies farther does not move the centre
# Below this ratio of the matched filter's peak to its noise the largest peak may be one of noise: 90 Hz hold some 25
# independent places, of which noise alone reaches 6 standard deviations in one of a million transients.
SURE = 6.0


@dataclass(frozen=True)
class Offsets:
    """What turns and shifts each transient back: frequency in Hz and phase in rad, (transient,), and how clearly it was seen.

    `clarity` is the matched filter's peak over its noise, (transient,).
    """

    frequency_hz: np.ndarray
    phase_rad: np.ndarray
    clarity: np.ndarray

    def undo(self, fid: np.ndarray, time_s: np.ndarray) -> np.ndarray:
        """`fid` (..., transient, time) with its offsets taken out."""
        return fid * np.exp(-1j * (2 * np.pi * self.frequency_hz[..., None] * time_s + self.phase_rad[..., None]))


def limit(fid: np.ndarray, acquisition: Acquisition, band_ppm: tuple[float, float] = BAND_PPM) -> np.ndarray:
    """The part of `fid` (..., time) between two chemical shifts, with smooth edges."""
    low, high = band_ppm
    rise = np.clip((acquisition.ppm - low) / EDGE_PPM, 0, 1)
    fall = np.clip((high - acquisition.ppm) / EDGE_PPM, 0, 1)
    return inverse_spectrum(spectrum(fid) * (np.sin(np.pi / 2 * rise) * np.sin(np.pi / 2 * fall)) ** 2)


def register(
    moving: np.ndarray, reference: np.ndarray, acquisition: Acquisition, noise_sd: np.ndarray, reach_hz: float = REACH_HZ
) -> Offsets:
    """Offsets of each of `moving` (transient, time) from `reference` (time,), both limited to the band.

    `noise_sd` (transient,) is the noise per quadrature of each transient; it only says how clear an answer is.

    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=4.65, spectral_width_hz=2000.0, points=1024)
    >>> line = np.exp(2j * np.pi * scan.frequency_hz(2.01) * scan.time_s - 9 * scan.time_s)
    >>> turned = line * np.exp(1j * (2 * np.pi * 7.3 * scan.time_s + 0.4))
    >>> offsets = register(turned[None], line, scan, np.ones(1))
    >>> print(f"{offsets.frequency_hz[0]:.3f} Hz, {offsets.phase_rad[0]:.3f} rad")
    7.300 Hz, 0.400 rad
    """
    used = max(16, min(acquisition.points, int(USED_S * acquisition.spectral_width_hz)))
    time_s = acquisition.time_s[:used]
    product = moving[:, :used].conj() * reference[:used]  # turns at minus the offset
    points = 1 << (2 * used - 1).bit_length()
    grid_hz = native_hz(points, acquisition.dwell_s)
    near = np.flatnonzero(abs(grid_hz) <= reach_hz)
    score = abs(points * inverse_transform(product, points=points)[:, near])
    frequency_hz = grid_hz[near][np.argmax(score, axis=1)]
    slopes = np.stack([np.ones(used), 2j * np.pi * time_s, (2j * np.pi * time_s) ** 2], axis=1)  # (time, derivative)
    half_step = 0.5 / (points * acquisition.dwell_s)
    start_hz = frequency_hz
    for _ in range(NEWTON):
        value, first, second = ((product * np.exp(2j * np.pi * frequency_hz[:, None] * time_s)) @ slopes).T
        gradient = (value.conj() * first).real
        curvature = abs(first) ** 2 + (value.conj() * second).real
        step = np.where(curvature < 0, -gradient / np.where(curvature < 0, curvature, -1.0), 0.0)
        frequency_hz = np.clip(frequency_hz + step, start_hz - 2 * half_step, start_hz + 2 * half_step)
    overlap = (product * np.exp(2j * np.pi * frequency_hz[:, None] * time_s)).sum(axis=1)
    spread = noise_sd * np.linalg.norm(reference[:used])
    clarity = abs(overlap) / np.where(spread > 0, spread, np.finfo(float).tiny)
    return Offsets(frequency_hz, -np.angle(overlap), clarity)


def register_states(fid: np.ndarray, rows: np.ndarray, acquisition: Acquisition) -> Offsets:
    """Offsets of transients (state, transient, time) from their state's mean, (state, transient); NaN where not `rows`.

    Where every state's transients are clear by themselves, each state is registered on itself. Else neighbours of all states
    are summed, then blocks of them, until they are clear, and the offsets interpolated for all states alike: a drift is slow,
    and what cannot be seen is not corrected (zero offsets), so that a correction makes no mean worse.
    """
    shape = rows.shape
    single = [register_on_each_other(state[present], acquisition) for state, present in zip(fid, rows)]
    if all(offsets is not None for offsets in single):
        whole = [np.full(shape, np.nan) for _ in range(3)]
        for state, offsets in enumerate(single):
            for values, part in zip(whole, (offsets.frequency_hz, offsets.phase_rad, offsets.clarity)):
                values[state, rows[state]] = part
        return Offsets(*whole)
    together = rows.all(axis=0)
    summed = fid[:, together].sum(axis=0)
    size = 1 if shape[0] > 1 else 2
    place = np.arange(shape[1])
    while size <= summed.shape[0] // 4:
        blocks = _blocks(summed, size)
        offsets = register_on_each_other(blocks, acquisition)
        if offsets is not None:
            centres = _blocks(np.flatnonzero(together).astype(float), size)
            frequency_hz = np.interp(place, centres, offsets.frequency_hz)
            phase_rad = np.interp(place, centres, np.unwrap(offsets.phase_rad))
            clarity = np.interp(place, centres, offsets.clarity)
            return Offsets(*(np.where(rows, values, np.nan) for values in (frequency_hz, phase_rad, clarity)))
        size *= 2
    return Offsets(*(np.where(rows, 0.0, np.nan) for _ in range(3)))


def register_on_each_other(fid: np.ndarray, acquisition: Acquisition) -> Offsets | None:
    """Offsets of transients (transient, time) from their common mean; None where they are too noisy to be sure of.

    The first reference is the transient that resembles the others most; then the median of what is registered.

    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=4.65, spectral_width_hz=2000.0, points=2048)
    >>> line = np.exp(2j * np.pi * scan.frequency_hz(2.01) * scan.time_s - 9 * scan.time_s)
    >>> drifting = np.stack([line * np.exp(2j * np.pi * drift_hz * scan.time_s) for drift_hz in (-2.0, 0.0, 2.0)])
    >>> (register_on_each_other(drifting, scan).frequency_hz.round(2) + 0).tolist()
    [-2.0, 0.0, 2.0]
    """
    if fid.shape[0] == 1:
        return Offsets(np.zeros(1), np.zeros(1), np.full(1, np.inf))
    offsets = _iterate(limit(fid, acquisition), acquisition, fid_noise_sd(fid))
    return offsets if np.median(offsets.clarity) >= SURE else None


def registered_mean(fid: np.ndarray, acquisition: Acquisition) -> np.ndarray:
    """Mean FID (time,) of transients (transient, time) of one state, each registered on the others where that can be done."""
    offsets = register_states(fid[None], np.ones((1, len(fid)), bool), acquisition)
    return offsets.undo(fid[None], acquisition.time_s)[0].mean(axis=0)


def _iterate(limited: np.ndarray, acquisition: Acquisition, noise_sd: np.ndarray, passes: int = 3) -> Offsets:
    reference = limited[_most_typical(limited, acquisition, noise_sd)]
    for _ in range(passes):
        offsets = register(limited, reference, acquisition, noise_sd)
        straight = offsets.undo(limited, acquisition.time_s)
        reference = np.median(straight.real, axis=0) + 1j * np.median(straight.imag, axis=0)  # shrugs off single bad transients
    return _believable(offsets, reference, acquisition)


def _believable(offsets: Offsets, reference: np.ndarray, acquisition: Acquisition) -> Offsets:
    """Offsets about their centre, each shrunk by what its own noise explains (empirical Bayes; Efron and Morris 1973).

    Frequency and the phase at the signal's centre of gravity have independent errors, 1/(2 pi c spread) and 1/c at clarity c.
    A single jump is told from noise by its own size, so that it is not drawn to the others.
    """
    used = max(16, min(acquisition.points, int(USED_S * acquisition.spectral_width_hz)))
    time_s, power = acquisition.time_s[:used], abs(reference[:used]) ** 2
    centre_s = np.average(time_s, weights=power)
    spread_s = np.sqrt(np.average((time_s - centre_s) ** 2, weights=power))
    clear = np.maximum(offsets.clarity, 1e-6)
    at_centre = offsets.phase_rad + 2 * np.pi * offsets.frequency_hz * centre_s
    middle_rad = np.angle(np.exp(1j * at_centre).mean())
    about_hz = offsets.frequency_hz - np.median(offsets.frequency_hz)
    usual = abs(about_hz) <= USUAL * max(np.median(abs(about_hz)), 1e-9)
    # The centre is the mean, as of transients averaged without correction, so that interleaved states stay as they are.
    frequency_hz = _shrunk(about_hz - about_hz[usual].mean(), 1 / (2 * np.pi * clear * spread_s))
    phase_rad = _shrunk(np.angle(np.exp(1j * (at_centre - middle_rad))), 1 / clear)
    return Offsets(frequency_hz, phase_rad - 2 * np.pi * frequency_hz * centre_s, offsets.clarity)


def _shrunk(deviation: np.ndarray, error: np.ndarray) -> np.ndarray:
    observed = max((1.4826 * np.median(abs(deviation))) ** 2, float(np.mean(error**2)))
    return deviation * np.maximum(0, 1 - error**2 / np.maximum(observed, deviation**2))


def _most_typical(limited: np.ndarray, acquisition: Acquisition, noise_sd: np.ndarray, candidates: int = 8) -> int:
    """The transient, of a few evenly spaced ones, that the others resemble most (median clarity)."""
    places = np.unique(np.linspace(0, len(limited) - 1, candidates).round().astype(int))
    judges = np.unique(np.linspace(0, len(limited) - 1, 4 * candidates).round().astype(int))
    likeness = [np.median(register(limited[judges], limited[place], acquisition, noise_sd[judges]).clarity) for place in places]
    return int(places[np.argmax(likeness)])


def _blocks(values: np.ndarray, size: int) -> np.ndarray:
    """Means of `size` neighbours along the first axis; the last block takes the rest."""
    starts = np.arange(0, max(1, len(values) - size + 1), size)
    return np.stack([values[start : None if start == starts[-1] else start + size].mean(axis=0) for start in starts])
