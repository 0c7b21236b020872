"""Edit states as headers tell them: in words, as names of conditions, or by the frequencies of the editing pulses.

Four-state editing (HERMES, HERCULES) is taken apart by Hadamard combinations into a GABA-edited and a GSH-edited pair. Four
states cross two editing pulses: at 1.9 ppm for GABA, at 4.56 ppm for glutathione (Saleh et al., NeuroImage 2016, 134, 360;
Oeltzschner et al., NeuroImage 2019, 185, 160). Each pair's edit-on is the two states that its own pulse acts in, its edit-off
the other two, so that what the other pulse does cancels in the difference.
"""

import re
from dataclasses import replace

import numpy as np

from mrsgap.core.names import DIFF, OFF, ON
from mrsgap.core.recording import Recording, Step

# "_c_4 Off Resonance", "EDIT_ON", "Difference"; "on" alone may be any sentence's, "ON" is not.
IN_WORDS = re.compile(
    r"(?i:edit)[ _-]?((?i:on|off))(?![A-Za-z])|((?i:on|off))[ _-]?(?i:resonance)"
    r"|(?<![A-Za-z])(ON|OFF|(?i:diff(?:erence)?))(?![A-Za-z])"
)
VENDORS = {"siemens": "Siemens", "philips": "Philips", "ge ": "GE", "ge_": "GE", "bruker": "Bruker", "uih": "United Imaging"}


def state_in_words(text: str) -> str | None:
    """The one edit state that a free text names, or None where it names none or several.

    >>> state_in_words("_c_4 Off Resonance"), state_in_words("MEGA ON and OFF"), state_in_words("Difference")
    ('off', None, 'diff')
    """
    named = {next(filter(None, match.groups())).lower()[:4] for match in IN_WORDS.finditer(text or "")}
    return named.pop() if len(named) == 1 else None


def vendor_in_words(text: str) -> str:
    """Short name of the maker of a scanner, or the text itself where it is none of the known ones.

    >>> vendor_in_words("Philips Medical Systems"), vendor_in_words("SIEMENS"), vendor_in_words("GE MEDICAL SYSTEMS")
    ('Philips', 'Siemens', 'GE')
    """
    lower = f"{text} ".lower()
    return next((name for word, name in VENDORS.items() if lower.startswith(word)), str(text or ""))


BOTH_PULSES, GABA_PULSE, GSH_PULSE = "gaba+gsh", "gaba", "gsh"
FOUR_STATES = (BOTH_PULSES, GABA_PULSE, GSH_PULSE, OFF)
TARGETS = ("GABA", "GSH")
GABA_PULSE_PPM, GSH_PULSE_PPM = (1.5, 2.3), (4.4, 4.75)  # where a pulse acts on the protons it is meant for
GSH_ON_PPM, GABA_ON_PPM = 4.56, 1.9


def is_four_states(states: tuple) -> bool:
    """Whether the states of a recording are the four of a Hadamard scheme, in any order."""
    return len(states) == 4 and set(states) == set(FOUR_STATES)


def state_of_pulses(offsets_ppm: list[float]) -> str:
    """Name of the state whose editing pulses are at these chemical shifts.

    >>> state_of_pulses([4.56, 1.9]), state_of_pulses([4.18, 1.9]), state_of_pulses([4.18])
    ('gaba+gsh', 'gaba', 'off')
    """
    acts = [any(low <= value <= high for value in offsets_ppm) for low, high in (GABA_PULSE_PPM, GSH_PULSE_PPM)]
    return {(True, True): BOTH_PULSES, (True, False): GABA_PULSE, (False, True): GSH_PULSE}.get(tuple(acts), OFF)


def edited_pairs(recording: Recording) -> dict[str, Recording]:
    """The GABA-edited and the GSH-edited recording of two states (off, on), by target; each keeps all transients."""
    place = {state: index for index, state in enumerate(recording.states)}
    members = {
        "GABA": ((GSH_PULSE, OFF), (GABA_PULSE, BOTH_PULSES)),
        "GSH": ((GABA_PULSE, OFF), (GSH_PULSE, BOTH_PULSES)),
    }
    pairs = {}
    for target, halves in members.items():
        fid = np.stack([np.concatenate([recording.fid[place[state]] for state in half], axis=1) for half in halves])
        rows = np.stack([np.concatenate([recording.rows[place[state]] for state in half]) for half in halves])
        on_ppm = GABA_ON_PPM if target == "GABA" else GSH_ON_PPM
        step = Step("Subtraction of sub-spectra", f"Hadamard combination of four states for {target}")
        pair = replace(recording, fid=fid, states=(OFF, ON), steps=(*recording.steps, step))
        pair = replace(pair, present=None if rows.all() else rows, edit_on_ppm=on_ppm, edit_off_ppm=None)
        pairs[target] = pair.noted(f"{target}-edited pair of a four-state scan (HERMES or HERCULES)")
    return pairs


NAMES = {"edit_off": OFF, "edit_on": ON, "off": OFF, "on": ON, "edit-off": OFF, "edit-on": ON}
FAR_PPM = 7.5  # where a pulse that edits nothing is put by custom
OFFSETS = ("PulseOffset", "FrequencyOffset")  # as NIfTI-MRS and as BIDS calls it


def edit_states(header: dict, dimension: int, count: int) -> tuple[tuple[str | None, ...], str]:
    """The edit states of the `count` entries of a dimension and which field names them; None where none does."""
    unnamed = ((None,) * count, "")
    conditions = (header.get(f"dim_{dimension}_header") or {}).get("EditCondition")
    conditions = conditions.get("Value") if isinstance(conditions, dict) else conditions
    source = f"EditCondition of dimension {dimension}"
    if not isinstance(conditions, list) or len(conditions) != count:
        conditions, source = header.get("EditCondition"), "EditCondition"
    if not isinstance(conditions, list) or len(conditions) != count:
        return unnamed
    named = tuple(NAMES.get(str(condition).strip().lower(), str(condition).strip().lower()) for condition in conditions)
    if count == 2 and set(named) == {OFF, ON}:
        return named, source
    if count == 4 and set(named) == set(FOUR_STATES):
        return named, source
    pulses = header.get("EditPulse")
    offsets = [_offsets(pulses.get(str(condition))) if isinstance(pulses, dict) else None for condition in conditions]
    if any(offset is None for offset in offsets):
        return unnamed
    source = "EditPulse"
    if count == 4:
        states = tuple(state_of_pulses(offset) for offset in offsets)
        return (states, source) if set(states) == set(FOUR_STATES) else unnamed
    states = tuple(_state(offset) for offset in offsets)
    return (states, source) if set(states) == {OFF, ON} else unnamed


def single_state(header: dict) -> str | None:
    """The edit state of a file without an edit dimension: by its one condition, else by its one editing pulse."""
    condition = header.get("EditCondition")
    if isinstance(condition, list):
        condition = condition[0] if len(condition) == 1 else None
    names = {**NAMES, "diff": DIFF, "difference": DIFF}
    if isinstance(condition, str) and condition.strip().lower() in names:
        return names[condition.strip().lower()]
    pulses = header.get("EditPulse")
    if isinstance(pulses, dict) and len(pulses) == 1:
        offsets = _offsets(next(iter(pulses.values())))
        return None if offsets is None else _state(offsets)
    return None


def edit_frequencies(header: dict) -> dict[str, float]:
    """Editing frequency in ppm of each state that the header describes with one pulse."""
    pulses = header.get("EditPulse")
    frequencies_ppm = {}
    for pulse in pulses.values() if isinstance(pulses, dict) else ():
        offsets = _offsets(pulse)
        if offsets and len(offsets) == 1:
            frequencies_ppm[_state(offsets)] = offsets[0]
    return frequencies_ppm


def _offsets(pulse) -> list[float] | None:
    """Chemical shifts of one entry of `EditPulse`."""
    if not isinstance(pulse, dict):
        return None
    value = next((pulse[name] for name in OFFSETS if name in pulse), None)
    values = value if isinstance(value, list) else [value]
    good = values and all(isinstance(number, (int, float)) and not isinstance(number, bool) for number in values)
    return [float(number) for number in values] if good else None


def _state(offsets_ppm: list[float]) -> str:
    return ON if any(GABA_PULSE_PPM[0] <= value <= GABA_PULSE_PPM[1] for value in offsets_ppm) else OFF
