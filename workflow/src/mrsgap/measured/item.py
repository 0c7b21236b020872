"""One row of a manifest to one item: its files read, averaged, put in order and checked."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mrsgap.core.acquisition import PROTOCOL, Acquisition, same_acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, MEASURED, OFF, ON, SYNTHETIC
from mrsgap.core.provenance import checksum
from mrsgap.core.recording import Recording
from mrsgap.measured.edits import check_difference, check_pair
from mrsgap.measured.formats import read_recording
from mrsgap.measured.manifest import BOTH, HEADER, Row
from mrsgap.measured.transients import average_transients


@dataclass(frozen=True)
class Item:
    """Averaged FIDs (time,) by edit state, as far as they are there, and what is known of them."""

    row: Row
    fids: dict[str, np.ndarray]
    acquisition: Acquisition
    protocol: dict[str, float]  # of core.acquisition.PROTOCOL; NaN where no file says it
    origin: str
    sha256: str
    transients: int
    drift_hz: float  # standard deviation of the transients' frequency; NaN for one transient
    naa_on_off: float
    note: str


@dataclass(frozen=True)
class _File:
    """One file of an item: averaged FIDs by edit state, and what goes into the item's record."""

    fids: dict[str, np.ndarray]
    acquisition: Acquisition
    protocol: dict[str, float | None]
    synthetic: bool
    sha256: str
    transients: int
    drifts_hz: list[float]
    notes: tuple[str, ...]


def read_item(row: Row) -> Item:
    """Read every file of `row`; `InputError` says which file or pair is at fault and what to do.

    A difference file that cannot be used beside a sound pair is a remark, since the difference is computed from the pair.
    """
    files, fids, notes = [], {}, []
    for role, path in row.paths.items():
        try:
            file = _read_file(path, role, row)
            if files and not same_acquisition(files[0].acquisition, file.acquisition):
                difference = _difference(files[0].acquisition, file.acquisition)
                cure = "The states of one item must have one acquisition: export it again"
                raise InputError(f"sampled differently from the item's first file: {difference}", where=str(path), cure=cure)
            twice = set(fids) & set(file.fids)
            if twice:
                raise InputError(f"two files give the state `{min(twice)}`", where=str(path), cure="Name each state once")
        except InputError as error:
            if role != DIFF or not {OFF, ON} <= set(fids):
                raise
            notes.append(f"the difference in the file is not used: {error.what}")
            continue
        files.append(file)
        fids.update(file.fids)
        notes += [note for note in file.notes if note not in notes and not _overridden(note, row)]
    acquisition = files[0].acquisition
    try:
        naa_on_off, remark = _check(fids, acquisition, row)
    except InputError as error:
        raise InputError(error.what, where=", ".join(str(path) for path in row.paths.values()), cure=error.cure) from error
    if DIFF in fids and row.numbers.get("diff_sign"):
        fids[DIFF] = fids[DIFF] * row.numbers["diff_sign"]
    checksums = [file.sha256 for file in files]
    drifts = [drift for file in files for drift in file.drifts_hz]
    return Item(
        row=row,
        fids=fids,
        acquisition=acquisition,
        protocol={name: _first_stated([file.protocol[name] for file in files]) for name in PROTOCOL},
        # What a file says of itself weighs more than the manifest: simulated signal never passes as measured.
        origin=SYNTHETIC if any(file.synthetic for file in files) else row.words.get("origin") or MEASURED,
        sha256=checksums[0] if len(checksums) == 1 else hashlib.sha256("".join(checksums).encode()).hexdigest(),
        transients=max(file.transients for file in files),
        drift_hz=float(np.mean(drifts)) if drifts else float("nan"),
        naa_on_off=naa_on_off,
        note="; ".join(filter(None, [*notes, remark, row.truth_doubt])),
    )


def _read_file(path: Path, role: str, row: Row) -> _File:
    """Read, order and average one file that the manifest names as `role`."""
    given = {name: row.numbers.get(name) for name in HEADER}
    recording = read_recording(path).with_header(**given)
    order = row.words.get("edit_order", "")
    try:
        acquisition = recording.acquisition
        recording = _split_interleaved(recording, role, order)
        states = _states(recording, role, order)
    except InputError as error:
        raise InputError(error.what, where=str(path), cure=error.cure) from error
    fids, drifts_hz = {}, []
    for state, transients in zip(states, recording.fid[:, 0]):
        fids[state], shift_hz = average_transients(transients, acquisition)
        drifts_hz += [float(np.std(shift_hz))] if shift_hz.size > 1 else []
    protocol = {name: getattr(recording, name) for name in PROTOCOL}
    return _File(
        fids, acquisition, protocol, recording.synthetic, checksum(path), recording.fid.shape[2], drifts_hz, recording.notes
    )


def _split_interleaved(recording: Recording, role: str, edit_order: str) -> Recording:
    """Transients that alternate between two states, told by `edit_order`, as two states; else `recording` unchanged."""
    count = recording.fid.shape[2]
    if role != BOTH or not edit_order or recording.states != (None,) or count < 2 or count % 2:
        return recording
    paired = recording.fid[0, 0].reshape(count // 2, 2, -1)  # (pair, state, time)
    return replace(recording, fid=np.swapaxes(paired, 0, 1)[:, None], states=(None, None))


def _states(recording: Recording, role: str, edit_order: str) -> tuple[str, ...]:
    """Edit state of each row of a file, from its own tags and the manifest; a contradiction is an error."""
    tagged = recording.states
    if role != BOTH:
        if len(tagged) != 1:
            raise InputError(
                f"the manifest calls the file `{role}`, but it holds {len(tagged)} states", cure="Name it in `path`"
            )
        if tagged[0] not in (None, role) and role != DIFF:
            raise InputError(f"the manifest calls the file `{role}`, its own header `{tagged[0]}`", cure="Correct the manifest")
        return (role,)
    if edit_order:
        if len(tagged) != 2:
            raise InputError(f"`edit_order` is {edit_order}, but the file holds one state", cure="Use `path_off`, `path_on`")
        return tuple(edit_order.split(","))
    if None in tagged:
        column = "`edit_order`" if len(tagged) == 2 else "`path_off`, `path_on` or `path_diff` instead of `path`"
        raise InputError("the file does not say which edit state it holds", cure=f"Say it in the manifest's column {column}")
    return tagged


def _check(fids: dict, acquisition: Acquisition, row: Row) -> tuple[float, str]:
    trust = row.words.get("edit_check") == "trust"
    if OFF in fids and ON in fids:
        verdict = check_pair(fids[OFF], fids[ON], acquisition, trust)
        remark = verdict.remark
        if DIFF in fids:
            computed = fids[ON] - fids[OFF]
            scale = np.linalg.norm(computed) * np.linalg.norm(fids[DIFF])
            cosine = np.vdot(computed, fids[DIFF]).real / scale if scale else 0.0
            if cosine < 0.5:
                words = "has the opposite sign of" if cosine < -0.5 else "does not match"
                remark = "; ".join(
                    filter(None, [remark, f"the difference in the file {words} on - off, which is used instead"])
                )
        return verdict.naa_on_off, remark
    if DIFF in fids:
        verdict = check_difference(fids[DIFF] * (row.numbers.get("diff_sign") or 1.0), acquisition, trust)
        return verdict.naa_on_off, verdict.remark
    return float("nan"), "edit state not checked: the item has one state only"


def _first_stated(values: list) -> float:
    return next((float(value) for value in values if value is not None), float("nan"))


def _overridden(note: str, row: Row) -> bool:
    return note.startswith("carrier") and row.numbers.get("carrier_ppm") is not None


def _difference(first: Acquisition, second: Acquisition) -> str:
    names = ("points", "spectral_width_hz", "larmor_mhz", "carrier_ppm")
    pairs = ((name, getattr(first, name), getattr(second, name)) for name in names)
    return ", ".join(f"`{name}` {a:g} and {b:g}" for name, a, b in pairs if a != b)
