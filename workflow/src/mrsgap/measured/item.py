"""One row of a manifest to its items: its files read, brought through the receive chain, put in order and checked."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mrsgap.core.acquisition import PROTOCOL, Acquisition, same_acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, MEASURED, OFF, ON, SYNTHETIC
from mrsgap.core.recording import Water
from mrsgap.measured.averaged import Averaged, read_averaged
from mrsgap.measured.manifest import Row
from mrsgap.measured.polarity import check_difference, check_pair, upright_pair
from mrsgap.receive.transients import align_states

UNNAMED = "the manifest"  # said by nobody else
TOLD_HZ, TOLD_DEG = 0.3, 3.0  # a smaller move of edit-on is no news


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
    water: Water | None = None


def read_item(row: Row) -> Item:
    """The first item of `row`; as `read_row`."""
    return read_row(row)[0]


def read_row(row: Row) -> list[Item]:
    """Read every file of `row`; `InputError` says which file or pair is at fault and what to do.

    One item, or two where a file holds the four states of HERMES or HERCULES: one for each edited metabolite. A difference file
    that cannot be used beside a sound pair is a remark, since the difference is computed from the pair.
    """
    parts, notes = read_files(row)
    return [make_item(row, [part[target] for part in parts], notes, target) for target in parts[0]]


def read_files(row: Row) -> tuple[list[dict[str, Averaged]], list[str]]:
    """Every file of `row` by edited metabolite ("" for a plain pair), and remarks; `InputError` as `read_row`."""
    parts: list[dict[str, Averaged]] = []
    notes: list[str] = []
    for role, path in row.paths.items():
        try:
            files = read_averaged(path, role, row)
            if len(row.paths) > 1 and "" not in files:
                raise InputError("a file of four edit states stands beside others", where=str(path), cure="Give it a row alone")
            _check_fits([part[""] for part in parts], files.get(""), path)
        except InputError as error:
            if role != DIFF or not {OFF, ON} <= {state for part in parts for state in part[""].fids}:
                raise
            notes.append(f"the difference in the file is not used: {error.what}")
            continue
        parts.append(files)
    return parts, notes


def _check_fits(earlier: list[Averaged], file: Averaged | None, path: Path) -> None:
    """A further file of an item was sampled like the first one and gives other states."""
    if not earlier or file is None:
        return
    if not same_acquisition(earlier[0].acquisition, file.acquisition):
        difference = _difference(earlier[0].acquisition, file.acquisition)
        cure = "The states of one item must have one acquisition: export it again"
        raise InputError(f"sampled differently from the item's first file: {difference}", where=str(path), cure=cure)
    twice = {state for other in earlier for state in other.fids} & set(file.fids)
    if twice:
        raise InputError(f"two files give the state `{min(twice)}`", where=str(path), cure="Name each state once")


def make_item(row: Row, files: list[Averaged], notes: list[str], target: str) -> Item:
    """The item that `files` of `row` make: polarity mended, states aligned and checked. `InputError` names the files."""
    fids = {state: fid for file in files for state, fid in file.fids.items()}
    acquisition = files[0].acquisition
    remarks = [note for file in files for note in file.notes if not _overridden(note, row)]
    try:
        naa_on_off, checks = _check(fids, files[0], row, target)
    except InputError as error:
        raise InputError(error.what, where=", ".join(str(path) for path in row.paths.values()), cure=error.cure) from error
    if DIFF in fids and row.numbers.get("diff_sign"):
        fids[DIFF] = fids[DIFF] * row.numbers["diff_sign"]
    checksums = [file.sha256 for file in files]
    drifts = [drift for file in files for drift in file.drifts_hz]
    sources = sorted({file.state_source for file in files} - {UNNAMED, ""})
    said = [f"edit states from {', '.join(sources)}"] if sources else []
    return Item(
        row=replace(row, item=f"{row.item}-{target}") if target else row,
        fids=fids,
        acquisition=acquisition,
        protocol={name: _first_stated([file.protocol[name] for file in files]) for name in PROTOCOL},
        # What a file says of itself weighs more than the manifest: simulated signal never passes as measured.
        origin=SYNTHETIC if any(file.synthetic for file in files) else row.words.get("origin") or MEASURED,
        sha256=checksums[0] if len(checksums) == 1 else hashlib.sha256("".join(checksums).encode()).hexdigest(),
        transients=max(file.transients for file in files),
        drift_hz=float(np.mean(drifts)) if drifts else float("nan"),
        naa_on_off=naa_on_off,
        note="; ".join(dict.fromkeys(filter(None, [*said, *remarks, *notes, *checks, row.truth_doubt]))),
        water=next((file.water for file in files if file.water is not None), None),
    )


def _check(fids: dict, file: Averaged, row: Row, target: str) -> tuple[float, list[str]]:
    """NAA edit-on over edit-off, and remarks; mends the polarity of edit-on in `fids`."""
    acquisition = file.acquisition
    trust = row.words.get("edit_check") == "trust"
    if OFF in fids and ON in fids:
        fids[ON], polarity = upright_pair(fids[OFF], fids[ON], acquisition, file.vendor, trust)
        remarks = [polarity, _align(fids, acquisition)]
        ratio = float("nan")
        if target == "GSH":
            remarks.append("edit states of the GSH pair are not checked: its pulse leaves NAA alone")
        else:
            verdict = check_pair(fids[OFF], fids[ON], acquisition, trust, file.state_source)
            ratio = verdict.naa_on_off
            remarks.append(verdict.remark)
        if DIFF in fids:
            remarks.append(_compare_difference(fids))
        return ratio, remarks
    if DIFF in fids:
        verdict = check_difference(fids[DIFF] * (row.numbers.get("diff_sign") or 1.0), acquisition, trust)
        return verdict.naa_on_off, [verdict.remark]
    return float("nan"), ["edit state not checked: the item has one state only"]


def _align(fids: dict, acquisition: Acquisition) -> str:
    """Bring edit-on in `fids` onto edit-off, and say so where it moved by more than nothing."""
    move = align_states(fids[OFF], fids[ON], acquisition)
    if move is None:
        return ""
    fids[ON] = move.undo(fids[ON][None], acquisition.time_s)[0]
    moved_hz, moved_deg = -float(move.frequency_hz[0]), -float(np.degrees(move.phase_rad[0]))
    if abs(moved_hz) <= TOLD_HZ and abs(moved_deg) <= TOLD_DEG:
        return ""
    return f"edit-on moved by {moved_hz:.1f} Hz and {moved_deg:.0f} degrees onto edit-off"


def _compare_difference(fids: dict) -> str:
    computed = fids[ON] - fids[OFF]
    scale = np.linalg.norm(computed) * np.linalg.norm(fids[DIFF])
    cosine = np.vdot(computed, fids[DIFF]).real / scale if scale else 0.0
    if cosine >= 0.5:
        return ""
    words = "has the opposite sign of" if cosine < -0.5 else "does not match"
    return f"the difference in the file {words} on - off, which is used instead"


def _first_stated(values: list) -> float:
    return next((float(value) for value in values if value is not None), float("nan"))


def _overridden(note: str, row: Row) -> bool:
    return note.startswith("carrier") and row.numbers.get("carrier_ppm") is not None


def _difference(first: Acquisition, second: Acquisition) -> str:
    names = ("points", "spectral_width_hz", "larmor_mhz", "carrier_ppm")
    pairs = ((name, getattr(first, name), getattr(second, name)) for name in names)
    return ", ".join(f"`{name}` {a:g} and {b:g}" for name, a, b in pairs if a != b)
