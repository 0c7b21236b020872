"""One file to its averaged edit states: header completed from the manifest, coils combined, states named, rows put upright."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mrsgap.core.acquisition import PROTOCOL, Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.provenance import checksum
from mrsgap.core.recording import Recording, Water
from mrsgap.measured.formats import check_sampling, plausible_header, read_recording
from mrsgap.measured.header_states import edited_pairs, is_four_states
from mrsgap.measured.manifest import HEADER, Row
from mrsgap.measured.polarity import upright_rows
from mrsgap.measured.rows import UNSUPPRESSED, recording_water_ratio
from mrsgap.measured.states import name_states
from mrsgap.receive.coils import combine_coils
from mrsgap.receive.transients import average
from mrsgap.receive.water_reference import correct_eddy_currents


@dataclass(frozen=True)
class Averaged:
    """Averaged FIDs (time,) of one file by edit state, the stages before, and what goes into the item's record."""

    fids: dict[str, np.ndarray]
    acquisition: Acquisition
    protocol: dict[str, float | None]
    state_source: str
    vendor: str
    synthetic: bool
    sha256: str
    transients: int
    drifts_hz: list[float]
    water: Water | None
    notes: tuple[str, ...]
    combined: Recording  # coils combined, states named, rows upright
    aligned: Recording


def read_averaged(path: Path, role: str, row: Row) -> dict[str, Averaged]:
    """The file `path` that the manifest names as `role`, averaged; by edited metabolite, "" for a plain pair or state."""
    given = {name: row.numbers.get(name) for name in HEADER}
    recording = plausible_header(read_recording(path).with_header(**given))
    trust = row.words.get("edit_check") == "trust"
    try:
        check_sampling(recording.acquisition)
        recording = _with_water(recording, row.waters.get(role))
        recording = correct_eddy_currents(combine_coils(recording))
        recording = name_states(recording, role, row.words.get("edit_order", ""), trust)
        recording = upright_rows(recording)
        pairs = edited_pairs(recording) if is_four_states(recording.states) else {"": recording}
        sha256 = checksum(path)
        return {target: _average(pair, sha256) for target, pair in pairs.items()}
    except InputError as error:
        raise InputError(error.what, where=error.where or str(path), cure=error.cure) from error


def _average(recording: Recording, sha256: str) -> Averaged:
    averaged = average(recording)
    counts = recording.rows.sum(axis=1)
    uneven = [f"{count} transients of edit-{state}" for state, count in zip(recording.states, counts)]
    notes = averaged.aligned.notes + ((" and ".join(uneven),) if len(set(counts.tolist())) > 1 else ())
    return Averaged(
        fids=dict(zip(recording.states, averaged.fids)),
        acquisition=recording.acquisition,
        protocol={name: getattr(recording, name) for name in PROTOCOL},
        state_source=recording.state_source,
        vendor=recording.vendor,
        synthetic=recording.synthetic,
        sha256=sha256,
        transients=int(counts.max()),
        drifts_hz=[drift for drift in averaged.drift_hz if np.isfinite(drift)],
        water=recording.water,
        notes=notes,
        combined=recording,
        aligned=averaged.aligned,
    )


def _with_water(recording: Recording, path: Path | None) -> Recording:
    """The recording with the water reference in the file `path`, and a remark where it is unsuppressed water itself."""
    ratio = recording_water_ratio(recording)
    if ratio > UNSUPPRESSED:
        recording = recording.noted(f"unsuppressed water: {ratio:.0f} times what else the spectrum holds")
    if path is None:
        return recording
    try:
        reference = read_recording(path).with_header(larmor_mhz=recording.larmor_mhz)
        reference = reference if reference.dwell_s is not None else reference.with_header(dwell_s=recording.dwell_s)
        water = _as_water(reference, path)
    except InputError as error:
        return recording.noted(f"the water reference {path.name} is not used: {error.what}")
    return replace(recording, water=water).noted(f"water reference: {path.name}")


def _as_water(reference: Recording, path: Path) -> Water:
    if reference.water is not None:
        return replace(reference.water, source=f"{path.name}, {reference.water.source}")
    ratio = recording_water_ratio(reference)
    if ratio < UNSUPPRESSED / 4:  # a reference may be noisy, but it is no suppressed spectrum
        raise InputError(f"its water is only {ratio:.0f} times what else it holds, so it is no unsuppressed water")
    fid = np.concatenate([state[:, rows] for state, rows in zip(reference.fid, reference.rows)], axis=1)
    names = ("larmor_mhz", "carrier_ppm", "dwell_s", "echo_time_s", "repetition_time_s", "leading_points")
    return Water(fid, path.name, **{name: getattr(reference, name) for name in names})
