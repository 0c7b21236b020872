"""Four-state editing (HERMES, HERCULES): Hadamard combinations into a GABA-edited and a GSH-edited pair.

Four states cross two editing pulses: at 1.9 ppm for GABA, at 4.56 ppm for glutathione (Saleh et al., NeuroImage 2016, 134, 360;
Oeltzschner et al., NeuroImage 2019, 185, 160). Each pair's edit-on is the two states that its own pulse acts in, its edit-off
the other two, so that what the other pulse does cancels in the difference.
"""

from dataclasses import replace

import numpy as np

from mrsgap.core.names import OFF, ON
from mrsgap.core.recording import Recording, Step

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
