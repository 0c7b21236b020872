"""The members of a family of bases: what differs between scanners, drawn from laws, as basis descriptions like any other.

A member is a description in the grammar of `bases` with its own sequence, pulses and spin systems, so that whatever simulates a
basis simulates a member. A family has fixed members, which are configured bases with stated changes, and random ones in groups;
member k of a group is drawn with a key of its own, whatever the number of members.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mrsgap.basis.plan import BasisPlan, make_plan
from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_generator
from mrsgap.core.laws import read_law, sample

ATTEMPTS = 100  # draws of one member before its laws count as impossible together
TIMING = ("first_gap_ms", "second_gap_ms", "echo_time_ms")
DIRECT = ("edit_off_ppm", "edit_on_ppm", "larmor_mhz", "transmit_ppm")  # keys of a basis description, taken as drawn
GRID = ("slice_cm", "extent_cm")
PULSES = ("duration_ms", "flip_deg")  # of the roles `refocus` and `edit`
SPREADS = ("resonance_shift_sd_ppm", "resonance_weight_sd", "coupling_sd_hz")
_MEGA_PRESS = ("excite", "gap_ms", "pulse", "gap_ms", "pulse", "gap_ms", "pulse", "gap_ms", "pulse", "gap_ms")


@dataclass(frozen=True)
class Member:
    """A basis description with the sequences, pulses and spin systems it names, and what was drawn for it by name."""

    name: str
    description: dict
    sequences: dict
    pulses: dict
    systems: dict
    drawn: dict[str, float | str] = field(default_factory=dict)

    def plan(self) -> BasisPlan:
        """What the simulator needs; `InputError` where pulses and gaps do not fit."""
        return make_plan(self.description, self.sequences, self.pulses)


def draw_members(name: str, settings: Mapping, seed: int) -> list[Member]:
    """Every member of the family `name`, fixed ones first, then group by group.

    `settings` holds `family` (config: families.<name>) and the sections `bases`, `sequences`, `pulses` and `systems` (spin
    systems) that it names. Raises `InputError` for laws that never give a sequence whose pulses fit.
    """
    family, members = settings["family"], []
    for member, entry in family.get("fixed", {}).items():
        members.append(_member(member, _description(entry, settings), settings))
    for group, entry in family.get("random", {}).items():
        scanner = _Group(name, group, entry, settings, seed)
        members += [scanner.draw(number) for number in range(entry["members"])]
    return members


def member_name(group: str, number: int) -> str:
    """Name of member `number` of a group of random members.

    >>> member_name("localised", 7)
    'localised-007'
    """
    return f"{group}-{number:03d}"


def _description(entry: Mapping, settings: Mapping) -> dict:
    """The basis that an entry names, with its changes; a grid is changed key by key."""
    changes = entry.get("changes", {})
    description = {**copy.deepcopy(dict(settings["bases"][entry["basis"]])), **changes}
    description["grid"] = {**settings["bases"][entry["basis"]]["grid"], **changes.get("grid", {})}
    description["metabolites"], description["basis"] = list(settings["family"]["metabolites"]), entry["basis"]
    return description


def _member(name: str, description: dict, settings: Mapping, systems=None, sequences=None, pulses=None, drawn=None) -> Member:
    chosen = description.get("systems", {})
    standard = {one: settings["systems"][chosen.get(one, one)] for one in description["metabolites"]}
    return Member(
        name,
        description,
        dict(sequences or settings["sequences"]),
        dict(pulses or settings["pulses"]),
        systems or standard,
        drawn or {},
    )


class _Group:
    """Random members of one group: the basis they vary, and their laws."""

    def __init__(self, family: str, group: str, entry: Mapping, settings: Mapping, seed: int):
        self._where = f"config: families.{family}.random.{group}"
        self._family, self._group, self._settings, self._seed = family, group, settings, seed
        self._laws = {key: read_law(value, f"{self._where}.laws.{key}") for key, value in entry.get("laws", {}).items()}
        self._choices = entry.get("systems", {})
        self._description = _description(entry, settings)
        self._plan = make_plan(self._description, settings["sequences"], settings["pulses"])

    def draw(self, number: int) -> Member:
        """Member `number`; what does not fit into the sequence is drawn anew."""
        for attempt in range(ATTEMPTS):
            member = self._attempt(number, attempt)
            try:
                member.plan()
                return member
            except InputError as error:
                fault = error
        raise InputError(f"{ATTEMPTS} draws of member {number} gave no sequence that can be played; the last: {fault}",
                         where=self._where, cure="Narrow the laws of gaps and durations")  # fmt: skip

    def _attempt(self, number: int, attempt: int) -> Member:
        def generator(what: str) -> np.random.Generator:
            return named_generator(self._seed, "family", self._family, self._group, number, attempt, what)

        drawn = {key: float(sample(generator(key), law)) for key, law in self._laws.items()}
        description = copy.deepcopy(self._description)
        description.update({key: drawn[key] for key in DIRECT if key in drawn})
        pulses = self._pulses(description, drawn)
        description["grid"] = self._grid(description["grid"], drawn)
        sequences = {**self._settings["sequences"]}
        if any(key in drawn for key in TIMING):
            name = description["sequence"]
            sequences[name] = retimed(sequences[name], drawn, f"{self._where}.laws")
        systems, changed = self._systems(description, drawn, generator)
        record = {"group": self._group, **drawn, **changed}
        return _member(member_name(self._group, number), description, self._settings, systems, sequences, pulses, record)

    def _pulses(self, description: dict, drawn: Mapping) -> dict:
        """The pulses with drawn durations and flip angles, each role's under a name of its own."""
        pulses = dict(self._settings["pulses"])
        for role, name in description["pulses"].items():
            changes = {key: drawn[f"{role}_{key}"] for key in PULSES if f"{role}_{key}" in drawn}
            if changes:
                description["pulses"] = {**description["pulses"], role: f"{role} of this member"}
                pulses[f"{role} of this member"] = {**pulses[name], **changes}
        return pulses

    def _grid(self, grid: dict, drawn: Mapping) -> dict:
        """The grid with drawn lengths; the gradient belongs to the pulse as designed, at its drawn duration.

        A scanner sets its gradient from the pulse's nominal bandwidth, which goes as one over the duration, and does not know
        of a flip angle that B1 has made another.
        """
        grid = {**grid, **{key: drawn[key] for key in GRID if key in drawn}}
        if self._plan.gradient_hz_per_cm:
            designed = self._settings["pulses"][self._description["pulses"]["refocus"]]["duration_ms"]
            stretched = designed / drawn.get("refocus_duration_ms", designed)
            thinner = self._plan.slice_cm / grid["slice_cm"]
            grid["gradient_hz_per_cm"] = self._plan.gradient_hz_per_cm * stretched * thinner
        return grid

    def _systems(self, description: dict, drawn: Mapping, generator) -> tuple[dict, dict]:
        systems, record = {}, {}
        for metabolite in description["metabolites"]:
            named = description.get("systems", {}).get(metabolite, metabolite)
            if metabolite in self._choices:
                options = self._choices[metabolite]
                named = options[int(generator(f"system of {metabolite}").integers(len(options)))]
                record[f"system.{metabolite}"] = named
            spreads = {key: drawn[key] for key in SPREADS if drawn.get(key)}
            systems[metabolite], moved = perturbed(metabolite, self._settings["systems"][named], spreads, generator)
            record |= moved
        return systems, record


def retimed(sequence: Mapping, drawn: Mapping[str, float], where: str) -> dict:
    """A MEGA-PRESS sequence with other gaps: excitation, refocusing, editing, refocusing, editing, each followed by a gap.

    `first_gap_ms` (a) runs from excitation to the first refocusing pulse, `second_gap_ms` (b) from there to the first editing
    pulse, and what is not drawn stays. Both refocusing pulses make the echo at `echo_time_ms` (TE), and the editing pulses are
    TE/2 apart, so that what they leave alone evolves as without them (Mescher et al., NMR Biomed. 11 (1998) 266): the gaps are
    a, b, TE/2 - b, b and TE/2 - a - b.
    """
    events = [dict(event) for event in sequence["events"]]
    if tuple(next(iter(event)) for event in events) != _MEGA_PRESS:
        raise InputError("gaps are drawn, but the sequence is not excitation, then refocusing and editing twice", where=where,
                         cure=f"Leave out {', '.join(TIMING)}")  # fmt: skip
    before = [event["gap_ms"] for event in events if "gap_ms" in event]
    first, second = drawn.get("first_gap_ms", before[0]), drawn.get("second_gap_ms", before[1])
    half = drawn.get("echo_time_ms", sum(before)) / 2
    gaps = iter((first, second, half - second, second, half - first - second))
    return {**sequence, "events": [{"gap_ms": next(gaps)} if "gap_ms" in event else event for event in events]}


def perturbed(metabolite: str, system: Mapping, spreads: Mapping[str, float], generator) -> tuple[dict, dict[str, float]]:
    """A spin system with normal changes of standard deviations `spreads`, and every change by name.

    Spins of one shift are one group of resonances and move together (ppm), by a factor on their signal with mean 1
    (relaxation and saturation differ between groups); couplings of one value change together (Hz), so that equivalent protons
    stay so. `generator(what)` gives the random numbers.
    """
    shifts = sorted({shift for part in system["parts"] for shift in part["shifts_ppm"] if shift is not None})
    values = sorted({value for part in system["parts"] for value in (part.get("couplings_hz") or {}).values()})
    changes, record = {}, {}
    for key, kind, names, mean in (
        ("resonance_shift_sd_ppm", "shift_ppm", shifts, 0.0),
        ("resonance_weight_sd", "weight", shifts, 1.0),
        ("coupling_sd_hz", "coupling_hz", values, 0.0),
    ):
        drawn = np.full(len(names), mean)
        if key in spreads:
            drawn = mean + spreads[key] * generator(f"{kind} of {metabolite}").standard_normal(len(names))
            record |= {f"{kind}.{metabolite}.{name:g}": float(value) for name, value in zip(names, drawn)}
        changes[kind] = dict(zip(names, drawn.tolist()))
    parts = []
    for part in system["parts"]:
        own = part["shifts_ppm"]
        moved = {**part, "shifts_ppm": [None if shift is None else shift + changes["shift_ppm"][shift] for shift in own]}
        moved["detected"] = [1.0 if shift is None else max(changes["weight"][shift], 0.0) for shift in own]
        if part.get("couplings_hz"):
            moved["couplings_hz"] = {
                pair: value + changes["coupling_hz"][value] for pair, value in part["couplings_hz"].items()
            }
        parts.append(moved)
    return {**system, "parts": parts}, record
