"""Which edit state each row of a file holds: from its header, else from the signal, else from the manifest's `edit_order`.

The answer says which of them it was; a disagreement between two of them is an error that names both.
"""

from dataclasses import replace

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, OFF, ON
from mrsgap.core.noise import spectrum_noise_sd
from mrsgap.core.recording import Recording
from mrsgap.measured.manifest import BOTH
from mrsgap.measured.polarity import DETECTABLE, naa_height, upright_pair
from mrsgap.measured.rows import compact
from mrsgap.receive.registration import registered_mean

# ASSUME: edit-on keeps less than this of edit-off's NAA (its pulse takes 0.4 to 0.9 of it); an unedited scan keeps all.
EDITED = 0.7
# ASSUME: two editing pulses and the evolution of a 7.3 Hz coupling (1 / 2J = 68 ms) need more than this echo time.
SHORTEST_EDITED_S = 0.05
MOST_ROWS = 64  # that the signal is asked for a pattern with; more rows say nothing new


def name_states(recording: Recording, role: str, edit_order: str, trust: bool = False) -> Recording:
    """The recording with one row of `states` per edit state; coils are combined.

    `role` is what the manifest calls the file (off, on, diff or both), `edit_order` the manifest's order of states or empty.
    `InputError` where nothing names a state, or two sources disagree (`trust` lets the manifest win).
    """
    if role != BOTH:
        return _single(recording, role, trust)
    if edit_order:
        return _ordered(recording, tuple(edit_order.split(",")), trust)
    states = recording.states
    if None not in states:
        return recording
    if len(states) > 2:
        raise InputError(
            f"the file holds {len(states)} unnamed edit states where two are expected",
            cure="HERMES and HERCULES have four: name them in `edit_order`, for example gaba+gsh,gaba,gsh,off",
        )
    names = _named_by_signal(recording) if len(states) == 2 else _split_by_signal(recording)
    if names is not None:
        return names
    if len(states) == 1 and recording.echo_time_s is not None and recording.echo_time_s < SHORTEST_EDITED_S:
        note = f"unedited: an echo time of {1e3 * recording.echo_time_s:g} ms leaves no room for editing; taken as edit-off"
        return replace(recording, states=(OFF,), state_source="the echo time").noted(note)
    column = "`edit_order`" if len(states) == 2 else "`path_off`, `path_on` or `path_diff` instead of `path`"
    raise InputError(
        "the file does not say which edit state it holds, and its signal does not tell either (an unedited scan?)",
        cure=f"Say it in the manifest's column {column}",
    )


def _single(recording: Recording, role: str, trust: bool) -> Recording:
    if len(recording.states) != 1:
        what = f"the manifest calls the file `{role}`, but it holds {len(recording.states)} states"
        raise InputError(what, cure="Name it in `path`")
    header = recording.states[0]
    if header not in (None, role) and not (trust or (role == DIFF and not recording.state_source)):
        said = f" ({recording.state_source})" if recording.state_source else ""
        raise InputError(
            f"the manifest calls the file `{role}`, its own header{said} `{header}`",
            cure="Correct the manifest, or set `edit_check` to trust if the header is wrong",
        )
    source = recording.state_source if header == role else "the manifest"
    return replace(recording, states=(role,), state_source=source)


def _ordered(recording: Recording, order: tuple[str, ...], trust: bool) -> Recording:
    """States named by the manifest: of the rows of states, or of transients that take turns."""
    count = len(recording.states)
    if count == len(order):
        header = recording.states
        if None not in header and set(header) == set(order) and header != order and not trust:
            raise InputError(
                f"`edit_order` is {','.join(order)}, but the header ({recording.state_source}) says {','.join(header)}",
                cure="Correct one of them, or set `edit_check` to trust if the header is wrong",
            )
        return replace(recording, states=order, state_source="edit_order")
    if count > 1:
        raise InputError(
            f"the file holds {count} edit states where `edit_order` names {len(order)}",
            cure="HERMES and HERCULES have four: name all, for example gaba+gsh,gaba,gsh,off",
        )
    rows = recording.fid.shape[2]
    if rows < len(order):
        raise InputError(f"`edit_order` is {','.join(order)}, but the file holds one state", cure="Use `path_off`, `path_on`")
    labels = np.arange(rows) % len(order)
    return replace(_divided(recording, labels, len(order)), states=order, state_source="edit_order")


def _divided(recording: Recording, labels: np.ndarray, count: int) -> Recording:
    """Transients (of one state) dealt to `count` states by `labels` (transient,); rows that a state lacks are absent."""
    members = [np.flatnonzero(labels == state) for state in range(count)]
    longest = max(part.size for part in members)
    fid = np.zeros((count, recording.fid.shape[1], longest, recording.fid.shape[3]), recording.fid.dtype)
    present = np.zeros((count, longest), bool)
    for state, part in enumerate(members):
        fid[state, :, : part.size] = recording.fid[0][:, part]
        present[state, : part.size] = recording.rows[0, part]
    divided = replace(recording, fid=fid, present=present, states=(None,) * count)
    return compact(divided) if not present.all() else replace(divided, present=None)


def _named_by_signal(recording: Recording) -> Recording | None:
    """Two rows of states told apart by NAA, which edit-on suppresses."""
    acquisition = recording.acquisition
    groups = [state[0][rows][:MOST_ROWS] for state, rows in zip(recording.fid, recording.rows)]
    ratio = _naa_ratio(*groups, acquisition)
    if ratio is None:
        return None
    states = (OFF, ON) if ratio < 1 else (ON, OFF)
    return replace(recording, states=states, state_source="the signal (NAA)").noted(
        f"edit states told by the signal: NAA in the {'second' if ratio < 1 else 'first'} state is "
        f"{min(ratio, 1 / ratio):.2f} of that in the other"
    )


def _split_by_signal(recording: Recording) -> Recording | None:
    """Transients of one row of states that take turns between two, told by NAA; None where no pattern shows."""
    rows = recording.rows[0]
    count = int(rows.sum())
    if count < 2:
        return None
    acquisition = recording.acquisition
    place = np.arange(count)  # among the rows that hold signal
    signals = recording.fid[0, 0][rows]
    patterns = {
        "taking turns": place % 2,
        "in pairs": place // 2 % 2,
        "as ABBA": (place + 1) // 2 % 2,
        "one after the other": (place >= count / 2).astype(int),
    }
    best, words = None, ""
    for name, labels in patterns.items():
        halves = [signals[labels == half] for half in (0, 1)]
        if not all(half.shape[0] for half in halves):
            continue
        thin = [half[:: max(1, half.shape[0] // (MOST_ROWS // 2))] for half in halves]
        ratio = _naa_ratio(*thin, acquisition)
        if ratio is not None and (best is None or abs(np.log(ratio)) > abs(np.log(best[0]))):
            best, words = (ratio, labels), name
    if best is None:
        return None
    ratio, labels = best
    states = (OFF, ON) if ratio < 1 else (ON, OFF)
    whole = np.full(rows.size, -1)
    whole[rows] = labels
    numbers = [int((labels == half).sum()) for half in (0, 1)]
    note = (
        f"edit states told by the signal (NAA): {numbers[states.index(OFF)]} edit-off and {numbers[states.index(ON)]} edit-on "
        f"transients {words}, edit-{states[0]} first"
    )
    divided = replace(_divided(recording, whole, 2), states=states, state_source="the signal (NAA)")
    return divided.noted(note)


def _naa_ratio(first: np.ndarray, second: np.ndarray, acquisition: Acquisition) -> float | None:
    """NAA of the `second` group of transients (transient, time) over that of the `first`; None where it decides nothing."""
    means = [registered_mean(group, acquisition) for group in (first, second)]
    means[1] = upright_pair(*means, acquisition, trust=True)[0]
    heights = [abs(height) for height in naa_height(*means, acquisition)]
    floor = DETECTABLE * max(float(spectrum_noise_sd(mean, acquisition)) for mean in means)
    ratio = heights[1] / max(heights[0], 1e-300)
    sure = max(heights) > floor and abs(heights[0] - heights[1]) > floor and min(ratio, 1 / max(ratio, 1e-300)) < EDITED
    return float(ratio) if sure else None
