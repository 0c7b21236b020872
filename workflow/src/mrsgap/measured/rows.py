"""Which rows of a file hold signal, and which of them are water: empty rows are left out, water frames kept as reference."""

from dataclasses import replace

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.peaks import band, fine_spectrum
from mrsgap.core.recording import Recording, Water

EMPTY = 1e-4  # of the median row's norm: no scanner's noise is that small beside its signal
# ASSUME: 80 molar water protons against tens of millimolar metabolites: unsuppressed water stands hundreds of times above the
# rest even where sidebands and noise hide the metabolites, a badly suppressed one some tens of times.
UNSUPPRESSED = 200.0
LOUDER = 20.0  # how many times a water frame's norm exceeds that of the suppressed frames beside it
WATER_PPM, WATER_HALF_WIDTH_PPM = 4.7, 0.5
REST_PPM, REST_HALF_WIDTH_PPM = 2.6, 1.0
NARROW_PPM = 0.1  # what is broader is a tail of the water
DAMPING_HZ = 4.0


def water_ratio(fid: np.ndarray, acquisition: Acquisition) -> np.ndarray:
    """Height of the water line over the tallest narrow line from 1.6 to 3.6 ppm, for FIDs (..., time): (...)."""
    ppm, values = fine_spectrum(fid * np.exp(-np.pi * DAMPING_HZ * acquisition.time_s), acquisition, 2)
    step = max(1, round(NARROW_PPM / abs(ppm[1] - ppm[0])))
    curved = values[..., step:-step] - (values[..., 2 * step :] + values[..., : -2 * step]) / 2
    water = abs(values[..., band(ppm, WATER_PPM, WATER_HALF_WIDTH_PPM)])
    rest = abs(curved[..., band(ppm[step:-step], REST_PPM, REST_HALF_WIDTH_PPM)])
    if not water.shape[-1] or not rest.shape[-1]:  # a spectrum too narrow for one of them decides nothing
        return np.zeros(fid.shape[:-1])
    return water.max(axis=-1) / np.maximum(rest.max(axis=-1), 1e-300)


def recording_water_ratio(recording: Recording) -> float:
    """`water_ratio` of the mean over the rows of the strongest coil of a recording; 0 where its sampling is not known."""
    fid = recording.fid
    coil = int(np.argmax(_size(fid, (0, 2, 3))))
    try:
        acquisition = recording.acquisition
    except InputError:
        return 0.0
    rows = fid[:, coil].reshape(-1, fid.shape[-1])
    return float(np.median(water_ratio(rows[recording.rows.ravel()], acquisition)))


def is_water(recording: Recording) -> bool:
    """Whether a whole recording is unsuppressed water, by its signal."""
    return recording_water_ratio(recording) > UNSUPPRESSED


def leave_out_empty(recording: Recording) -> Recording:
    """Mark rows without signal as absent, with a remark; they are zero, not a number throughout, or vanishingly small."""
    fid = recording.fid
    if fid.ndim != 4 or not fid.size:
        return recording
    blank = ~np.isfinite(fid).any(axis=(1, 3))
    fid = np.where(blank[:, None, :, None], 0, fid)
    with np.errstate(invalid="ignore", over="ignore"):
        norm = _size(fid, (1, 3))  # (state, transient)
    positive = norm[norm > 0]
    if not positive.size:
        return recording
    present = recording.rows & ~(norm <= EMPTY * np.median(positive))  # what is not finite in part is for `check_signal`
    left_out = int(np.sum(recording.rows & ~present))
    if not left_out:
        return replace(recording, fid=fid)
    note = f"{left_out} of {present.size} rows are empty and left out: {_counts(present, recording.states)}"
    return compact(replace(recording, fid=fid * present[:, None, :, None], present=present)).noted(note)


def compact(recording: Recording) -> Recording:
    """The same recording without the transients that no state has."""
    rows = recording.rows
    kept = rows.any(axis=0)
    if kept.all():
        return recording
    return replace(recording, fid=recording.fid[:, :, kept], present=rows[:, kept])


def separate_water(recording: Recording) -> Recording:
    """Move transients that are unsuppressed water to `water`; `InputError` if the header's water frame is not one.

    A transient is water where it is `LOUDER` than every other and the water line stands `UNSUPPRESSED` above the rest of its
    spectrum. What is water throughout stays as it is.
    """
    if recording.water is not None:
        return _checked(recording)
    try:
        acquisition = recording.acquisition
    except InputError:
        return recording
    norm = _size(recording.fid, (0, 1, 3))  # (transient,)
    order = np.argsort(norm)
    if norm.size < 2 or not norm[order[0]] > 0:
        return recording
    steps = norm[order][1:] / norm[order][:-1]
    gap = int(np.argmax(steps))
    if steps[gap] < LOUDER:
        return recording
    loud = np.sort(order[gap + 1 :])
    coil = int(np.argmax(_size(recording.fid[:, :, loud], (0, 2, 3))))
    if np.median(water_ratio(recording.fid[:, coil, loud], acquisition)) < UNSUPPRESSED:
        return recording
    quiet = np.setdiff1d(np.arange(norm.size), loud)
    frames = np.concatenate([state[:, loud] for state in recording.fid], axis=1)  # (coil, transient, time)
    times = norm[loud].mean() / norm[quiet].mean()
    source = f"{_places(loud)} of the file"
    note = f"{source}: unsuppressed water ({times:.0f} times the other rows): kept as reference, not averaged"
    present = None if recording.present is None else recording.present[:, quiet]
    water = Water(frames, source, leading_points=recording.leading_points)
    return replace(recording, fid=recording.fid[:, :, quiet], present=present, water=_sampled(water, recording)).noted(note)


def _checked(recording: Recording) -> Recording:
    """The header's own water frames, compared with the signal."""
    water = _sampled(recording.water, recording)
    loud = _size(water.fid, (0, 2)).mean()
    quiet = _size(recording.fid, (1, 3))[recording.rows].mean()
    if loud < quiet:
        raise InputError(
            f"the header calls {water.source} the water reference, but by the signal it is {quiet / max(loud, 1e-300):.2g} "
            "times weaker than the spectrum",
            cure="Export it again, or name the files as `path_off` and `path_water` in a manifest",
        )
    note = f"water reference: {water.source} ({loud / quiet:.0f} times the spectrum), kept beside and not averaged"
    return replace(recording, water=water).noted(note)


def _size(fid: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Root of the summed squares of magnitudes over `axes`."""
    return np.sqrt(np.sum(np.abs(fid.astype(np.complex128)) ** 2, axis=axes))


def _sampled(water: Water, recording: Recording) -> Water:
    """The same reference with the recording's own numbers where it has none."""
    names = ("larmor_mhz", "carrier_ppm", "dwell_s", "echo_time_s", "repetition_time_s")
    return replace(
        water, **{name: getattr(recording, name) if getattr(water, name) is None else getattr(water, name) for name in names}
    )


def _places(rows: np.ndarray) -> str:
    """Rows by number from one, in words."""
    if rows.size == 1:
        return f"row {rows[0] + 1}"
    if rows[-1] - rows[0] == rows.size - 1:
        return f"rows {rows[0] + 1} to {rows[-1] + 1}"
    return "rows " + ", ".join(str(row + 1) for row in rows[:6]) + (", ..." if rows.size > 6 else "")


def _counts(present: np.ndarray, states: tuple) -> str:
    if present.shape[0] == 1:
        return f"{int(present.sum())} remain"
    counts = zip(states, present.sum(axis=1))
    return ", ".join(f"{int(count)} remain of {state or 'an unnamed state'}" for state, count in counts)
