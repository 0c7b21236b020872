"""Edit states in a NIfTI-MRS or BIDS header: names of conditions, else the frequencies of the editing pulses they stand for."""

from mrsgap.core.names import DIFF, OFF, ON
from mrsgap.measured.hadamard import FOUR_STATES, state_of_pulses

ON_PULSE_PPM = (1.5, 2.3)  # an editing pulse in this range acts on the GABA protons at 1.9 ppm
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
    return ON if any(ON_PULSE_PPM[0] <= value <= ON_PULSE_PPM[1] for value in offsets_ppm) else OFF
