"""From registered transients to one FID for each edit state: outliers, weights, and the states brought onto each other.

Each transient is registered on the others of its state; a transient unlike the others is left out together with its neighbour
of the other state, so that both states see the same scan; what stays is weighted by its likelihood (Mikkelsen et al., Magn.
Reson. Med. 2020, 84, 541, weight transients likewise). Edit-on is then moved onto edit-off, since what differs between them in
creatine and choline would stay in the difference as an artefact.
"""

from dataclasses import dataclass, replace

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.noise import fid_noise_sd
from mrsgap.core.recording import Recording, Step
from mrsgap.core.signal import spectrum
from mrsgap.receive.registration import SURE, USED_S, Offsets, limit, register, register_states

LOOKED_AT_PPM = (0.5, 4.2)  # for outliers; motion brings lipid in
FEWEST = 5  # transients of which one can be called unlike the others
UNLIKE = 2.5  # times the median distance from the mean: beyond it a transient is left out
MOST_LEFT_OUT = 0.4  # share beyond which the transients do not agree on anything, and all are kept
# Where neither NAA nor what the pulses edit at 3.75 ppm differs between the states.
ALIKE_PPM = ((2.7, 3.45), (3.85, 4.15))
# ASSUME: what the editing changes under creatine pulls the alignment by this much, so that less is not believed.
PULL_HZ, PULL_RAD = 0.1, 0.015
REACH_HZ = 15.0  # between the means of two interleaved states


@dataclass(frozen=True)
class Average:
    """What averaging gives: one FID (time,) by state name or index, and what was done to each transient, (state, transient).

    `weight` is zero for what was left out and averages one over what was kept; offsets are NaN where a row held nothing.
    """

    fids: tuple[np.ndarray, ...]
    aligned: Recording
    frequency_hz: np.ndarray
    phase_rad: np.ndarray
    weight: np.ndarray
    notes: tuple[str, ...]

    @property
    def drift_hz(self) -> tuple[float, ...]:
        """Standard deviation of the transients' frequency for each state; NaN for a single transient."""
        counts = np.isfinite(self.frequency_hz).sum(axis=1)
        return tuple(float(np.nanstd(row)) if count > 1 else float("nan") for row, count in zip(self.frequency_hz, counts))


def average(recording: Recording) -> Average:
    """Register, weight and average the transients of every state of `recording` (coils combined).

    Raises `InputError` where coils are left or a state has no transient.
    """
    if recording.fid.shape[1] != 1:
        raise InputError(f"the {recording.fid.shape[1]} receiver coils are not combined", cure="Combine them first")
    signal, rows, acquisition = recording.fid[:, 0], recording.rows, recording.acquisition  # (state, transient, time)
    for name, present in zip(recording.states, rows):
        if not present.any():
            raise InputError(f"edit state {name or 'unknown'} has no transient", cure="Export the file again")
    offsets = register_states(signal, rows, acquisition)
    straight = np.where(rows[..., None], offsets.undo(signal, acquisition.time_s), 0)
    distance = np.full(rows.shape, np.nan)
    for state, present in enumerate(rows):
        distance[state, present] = _distance(limit(straight[state, present], acquisition, LOOKED_AT_PPM), acquisition)
    kept, notes = _kept(distance, rows, recording.states)
    weight = np.where(kept, 1.0, 0.0)
    for state in range(len(rows)):
        chosen = kept[state]
        if chosen.sum() >= FEWEST:
            likely = 1 / distance[state, chosen] ** 2
            weight[state, chosen] = likely / likely.mean()
    fids = [(weight[state, :, None] * straight[state]).sum(axis=0) / weight[state].sum() for state in range(len(rows))]
    if any((present.sum() > 1) for present in rows):
        spread = ", ".join(f"{np.nanstd(row):.1f}" for row in offsets.frequency_hz)
        notes.insert(0, f"transients registered: frequency SD {spread} Hz")
    steps = (
        Step("Frequency and phase correction", "spectral registration on the median"),
        Step("Signal averaging", "weighted by likelihood"),
    )
    aligned = replace(recording, fid=straight[:, None], present=kept, steps=(*recording.steps, steps[0])).noted(*notes)
    return Average(tuple(fids), aligned, offsets.frequency_hz, offsets.phase_rad, weight, tuple(notes))


def align_states(off: np.ndarray, on: np.ndarray, acquisition: Acquisition) -> Offsets | None:
    """Offsets (of length one) of edit-on `on` (time,) from edit-off `off` where both states are alike; None if too noisy.

    Least absolute deviations of the complex spectrum by reweighted least squares, so that what the editing changes inside the
    range (GABA under creatine) does not pull; started at the least-squares optimum over the whole circle of phases.
    """
    noise = float(max(fid_noise_sd(off), fid_noise_sd(on)))
    inside = np.any([(acquisition.ppm >= low) & (acquisition.ppm <= high) for low, high in ALIKE_PPM], axis=0)
    if not inside.any():
        return None
    pieces = [sum(limit(fid, acquisition, region) for region in ALIKE_PPM) for fid in (off, on)]
    start = register(pieces[1][None], pieces[0], acquisition, np.array([noise]), REACH_HZ)
    if start.clarity[0] < SURE:
        return None
    time_s = acquisition.time_s
    decay = np.exp(-3 * np.pi * time_s)  # a matched filter, which also smooths over neighbouring bins
    target = spectrum(off * decay)[inside]
    frequency_hz, phase_rad = float(start.frequency_hz[0]), float(start.phase_rad[0])
    floor = noise * np.sqrt(np.sum(decay**2))
    for _ in range(12):
        moved = on * decay * np.exp(-1j * (2 * np.pi * frequency_hz * time_s + phase_rad))
        value = spectrum(moved)[inside]
        slopes = np.stack([spectrum(-2j * np.pi * time_s * moved)[inside], -1j * value], axis=1)  # (bin, parameter)
        residual = target - value
        weight = 1 / np.maximum(abs(residual), floor)
        normal = (slopes.conj().T @ (weight[:, None] * slopes)).real
        step = np.linalg.solve(normal + 1e-12 * np.trace(normal) * np.eye(2), (slopes.conj().T @ (weight * residual)).real)
        frequency_hz, phase_rad = frequency_hz + step[0], phase_rad + step[1]
    if abs(frequency_hz - start.frequency_hz[0]) > 3:  # the reweighting ran away: keep what least squares says
        frequency_hz, phase_rad = float(start.frequency_hz[0]), float(start.phase_rad[0])
    phase_rad = (phase_rad + np.pi) % (2 * np.pi) - np.pi
    # What noise alone explains is not moved (positive-part James and Stein 1961): states that agree stay as they are.
    moved = on * np.exp(-1j * (2 * np.pi * frequency_hz * time_s + phase_rad))
    slopes = np.stack([spectrum(2 * np.pi * time_s * moved)[inside], spectrum(moved)[inside]], axis=1)
    information = (slopes.conj().T @ slopes).real / (2 * noise**2 * acquisition.points)
    covariance = np.linalg.inv(information) + np.diag([PULL_HZ, PULL_RAD]) ** 2
    step = np.array([frequency_hz, phase_rad])
    frequency_hz, phase_rad = step * max(0.0, 1 - 3 / max(step @ np.linalg.solve(covariance, step), 1e-12))
    return Offsets(np.array([frequency_hz]), np.array([phase_rad]), start.clarity)


def _distance(limited: np.ndarray, acquisition: Acquisition) -> np.ndarray:
    """Root-mean-square distance of each registered transient (transient, time) from the median of all, (transient,)."""
    used = max(16, min(acquisition.points, int(USED_S * acquisition.spectral_width_hz)))
    early = limited[:, :used]
    middle = np.median(early.real, axis=0) + 1j * np.median(early.imag, axis=0)
    distance = np.sqrt(np.mean(abs(early - middle) ** 2, axis=1))
    return np.maximum(distance, 1e-9 * max(float(np.sqrt(np.mean(abs(middle) ** 2))), np.finfo(float).tiny))


def _kept(distance: np.ndarray, rows: np.ndarray, states: tuple) -> tuple[np.ndarray, list[str]]:
    """Which rows (state, transient) enter the mean, and remarks on those that do not."""
    unlike = np.zeros_like(rows)
    for state, present in enumerate(rows):
        if present.sum() >= FEWEST:
            unlike[state, present] = distance[state, present] > UNLIKE * np.median(distance[state, present])
    partners = np.any(unlike, axis=0)
    kept = rows & ~partners
    if not partners.any():
        return kept, []
    if any(kept[state].sum() < (1 - MOST_LEFT_OUT) * rows[state].sum() for state in range(len(rows))):
        return rows, [f"{partners.sum()} transients are unlike the others, too many to leave out: the scan is unstable"]
    named = "; ".join(
        f"{name or f'state {state + 1}'}: {', '.join(str(place + 1) for place in np.flatnonzero(unlike[state]))}"
        for state, name in enumerate(states)
        if unlike[state].any()
    )
    partner = " with their partners of the other state" if len(states) > 1 else ""
    return kept, [f"{int(unlike.sum())} transients unlike the others left out{partner} ({named})"]
