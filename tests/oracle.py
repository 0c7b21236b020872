"""The independent simulation in the reference data, in our types (simulation.md 5: another program, other conventions).

It uses 42.577 MHz/T for pulses and 42.576 MHz/T for free precession, sums over positions and phase steps, and stores the
complex conjugate of our FIDs.
"""

import numpy as np
from reference_data import config, reference

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.constants import REFERENCE_SHIFT_SCALE
from mrsgap.spin.megapress import simulate_part
from mrsgap.spin.operators import Cycle
from mrsgap.spin.sequence import Delay, Excitation, HardPulse, Localisation, Pulse, Sequence, Treatment
from mrsgap.spin.system import read_system
from mrsgap.spin.waveform import Waveform

EDIT_PPM = (7.4, 1.9)  # off, on
TREATMENT = Treatment("sequential", False, REFERENCE_SHIFT_SCALE)
NOWHERE = Localisation({"x": np.zeros(1), "y": np.zeros(1)})
PHASE_STEPS = 32


def acquisition(carrier_ppm: float = 3.0) -> Acquisition:
    return Acquisition(123.23, carrier_ppm, 2000.0, 4096)


def load(name: str) -> dict[str, np.ndarray]:
    with np.load(reference("oracle", name), allow_pickle=False) as archive:
        return dict(archive)


def waveforms() -> dict[str, Waveform]:
    """The waveforms exactly as that program ran them."""
    pulses = load("pulses.npz")

    def waveform(key, duration, peak):
        phase_deg, amplitude, _ = pulses[key].T
        return Waveform(amplitude / amplitude.max(), np.deg2rad(phase_deg), float(pulses[duration]), float(pulses[peak]))

    return {
        "refocus": waveform("refoc100_phasedeg_amp_dur", "refoc_duration_s", "refoc_w1max_hz"),
        "edit": waveform("edit99_phasedeg_amp_dur", "edit_duration_s", "edit_w1max_hz"),
    }


def simulate(metabolite: str, sequence: Sequence, *, carrier_ppm=3.0, localisation=NOWHERE, treatment=TREATMENT,
             dtype=np.complex128) -> np.ndarray:  # fmt: skip
    """Our FIDs (edit, time) of a metabolite of the shipped configuration."""
    parts = read_system(metabolite, config("metabolites.yaml")["metabolites"][metabolite])
    return sum(simulate_part(p, sequence, acquisition(carrier_ppm), EDIT_PPM, localisation, treatment, dtype) for p in parts)


def sequence(events, waveforms) -> Sequence:
    return Sequence((Excitation(90.0, 0.0), *events), waveforms, 0.068)


def delay_ms(duration: float) -> Delay:
    return Delay(duration * 1e-3)


def pulse(role: str, *, axis=None, added_deg=0.0) -> Pulse:
    """A pulse at 90 degrees plus `added_deg`; editing pulses sit at the edit frequency."""
    return Pulse(role, axis, Cycle(90.0 + added_deg), role == "edit")


HARD_180 = {"refocus": HardPulse(180.0), "edit": HardPulse(180.0, half_width_ppm=0.3)}


def relative(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Relative L2 distance of our FIDs from theirs, conjugated to our sense."""
    return float(np.linalg.norm(ours - theirs.conj()) / np.linalg.norm(theirs))
