"""A simulation's sequence as data: events in order, checked, with delays between pulse edges worked out.

An event list (config/sequence.yaml) names an excitation, gaps from pulse centre to pulse centre, and pulses by role; a basis
says which waveform plays each role, where the spins are and how their physics is computed. Nothing here depends on the spin
system.
"""

from dataclasses import dataclass, field

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.spin.operators import Cycle
from mrsgap.spin.waveform import Waveform

POSITIONS_AT_ONCE = 32  # a chunk of places keeps a step's matrices of six spins in the cache


@dataclass(frozen=True)
class HardPulse:
    """A pulse of no length: `flip_deg` for every spin, or only for spins within `half_width_ppm` of its frequency."""

    flip_deg: float
    half_width_ppm: float | None = None
    duration_s: float = 0.0


@dataclass(frozen=True)
class Excitation:
    flip_deg: float
    phase_deg: float


@dataclass(frozen=True)
class Delay:
    duration_s: float


@dataclass(frozen=True)
class Pulse:
    """One use of a waveform: its role, the gradient axis (None without gradient), and its phase cycle.

    `edited` pulses are centred on the edit frequency of each state, the others on the carrier.
    """

    role: str
    axis: str | None
    cycle: Cycle
    edited: bool


@dataclass(frozen=True)
class Sequence:
    """Events in order and the waveform of each role."""

    events: tuple
    waveforms: dict[str, Waveform | HardPulse]
    echo_time_s: float

    def pulses(self) -> list[Pulse]:
        return [event for event in self.events if isinstance(event, Pulse)]


def read_sequence(name: str, description: dict, waveforms: dict[str, Waveform | HardPulse]) -> Sequence:
    """Turn a described sequence into events whose delays run from pulse edge to pulse edge.

    `waveforms` maps each role used by the sequence to its waveform. Raises `InputError` for an unknown role, two pulses
    without a gap between them, or pulses longer than the gap between their centres allows.
    """
    where = f"config: sequences.{name}"
    events, gap_s, half_before, previous, echo_time_s = [], None, 0.0, None, 0.0
    for number, item in enumerate(description["events"], start=1):
        (kind, settings), place = next(iter(item.items())), f"{where}.events[{number}]"
        if kind == "gap_ms":
            if gap_s is not None:
                raise InputError("two gaps follow each other", where=place, cure="Join them into one")
            gap_s = settings * 1e-3
            continue
        if previous is not None and gap_s is None:
            raise InputError(
                f"`{previous}` and `{kind}` have no gap between them", where=place, cure="Give `gap_ms`, 0 at least"
            )
        event, half_after = _event(kind, settings, waveforms, place)
        if previous is not None:
            events.append(_delay(gap_s, half_before, half_after, previous, kind, place))
            echo_time_s += gap_s
        events.append(event)
        gap_s, half_before, previous = None, half_after, settings.get("role", kind)
    if previous is None or not isinstance(events[0], Excitation):
        raise InputError("the sequence does not begin with an excitation", where=where)
    if gap_s is None:
        raise InputError("the sequence does not end with the gap to the echo", where=where, cure="Add a last `gap_ms`")
    events.append(_delay(gap_s, half_before, 0.0, previous, "readout", where))
    return Sequence(tuple(events), waveforms, echo_time_s + gap_s)


def _event(kind: str, settings: dict, waveforms: dict, place: str):
    if kind == "excite":
        return Excitation(settings.get("flip_deg", 90.0), settings.get("phase_deg", 0.0)), 0.0
    if kind != "pulse":
        raise InputError(f"unknown event `{kind}`", where=place, cure="Events are excite, pulse and gap_ms")
    role = settings["role"]
    if role not in waveforms:
        raise InputError(f"no pulse is given for the role `{role}`", where=place, cure=f"The basis names {sorted(waveforms)}")
    steps = tuple(settings.get("cycle_deg", (0.0,)))
    signs = tuple(settings.get("cycle_sign", (1.0,) * len(steps)))
    cycle = Cycle(settings.get("phase_deg", 0.0), steps, signs, settings.get("selects"))
    return Pulse(role, settings.get("axis"), cycle, settings.get("edited", False)), waveforms[role].duration_s / 2


def _delay(gap_s, half_before, half_after, before, after, place) -> Delay:
    left = gap_s - half_before - half_after
    if left < -1e-12:
        need_ms = (half_before + half_after) * 1e3
        raise InputError(
            f"the pulses `{before}` and `{after}` need {need_ms:g} ms but their centres are {gap_s * 1e3:g} ms apart",
            where=place,
            cure="Shorten the pulses or lengthen the gap: a delay cannot be negative",
        )
    return Delay(float(np.maximum(left, 0.0)))


@dataclass(frozen=True)
class Localisation:
    """Positions in Hz of gradient offset, (position,), and their weights (length over the slice's; 1 if absent), per axis."""

    offsets_hz: dict[str, np.ndarray]
    weights: dict[str, np.ndarray] = field(default_factory=dict)

    def along(self, axis: str | None) -> tuple[np.ndarray, np.ndarray]:
        """Positions in Hz and weights of one axis, or of a pulse without a gradient."""
        offsets_hz = self.offsets_hz[axis] if axis else np.zeros(1)
        return offsets_hz, self.weights.get(axis, np.ones(len(offsets_hz)))


@dataclass(frozen=True)
class Treatment:
    """How the physics is computed: the splitting, ideal crushers or the phase cycle, and the reference's shift factor.

    `coupling_nodes` is the number of instants of a pulse at which the coupling acts in the gauss splitting.
    """

    splitting: str = "sequential"
    ideal_selection: bool = False
    shift_scale: float = 1.0
    coupling_nodes: int = 32
