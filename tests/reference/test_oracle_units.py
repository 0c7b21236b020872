"""Every single-purpose case of the independent simulation: hard pulses, shaped editing step by step, one full step."""

import numpy as np
import oracle
import pytest
from oracle import HARD_180, delay_ms, pulse, relative, sequence

TOLERANCE = 1e-9
METABOLITES = ("Cr", "GABA", "Glu", "NAA")
pytestmark = pytest.mark.usefixtures("float64")


def press(*delays_ms):
    first, second, third = delays_ms
    return [delay_ms(first), pulse("refocus"), delay_ms(second), pulse("refocus"), delay_ms(third)]


HARD_CASES = {
    "onepulse": [],
    "spinecho": [delay_ms(34), pulse("refocus"), delay_ms(34)],
    "press_10_58": press(5, 34, 29),
    "press_34_34": press(17, 34, 17),
}


def edited(delays_ms, first_edit, second_edit):
    pulses = [pulse("refocus"), first_edit, pulse("refocus"), second_edit]
    events = [delay_ms(delays_ms[0])]
    for event, after in zip(pulses, delays_ms[1:]):
        events += [event, delay_ms(after)]
    return events


@pytest.mark.parametrize("metabolite", METABOLITES)
@pytest.mark.parametrize("case", HARD_CASES)
def test_hard_pulse_sequences(metabolite, case):
    fid = oracle.simulate(metabolite, sequence(HARD_CASES[case], HARD_180), carrier_ppm=4.65)[0]
    assert relative(fid, oracle.load(f"unit_{metabolite}.npz")[f"{case}_lw0"]) < TOLERANCE


@pytest.mark.parametrize("metabolite", METABOLITES)
def test_broadened_pulse_acquire(metabolite):
    fid = oracle.simulate(metabolite, sequence([], HARD_180), carrier_ppm=4.65)[0]
    damped = fid * np.exp(-np.pi * 2.0 * oracle.acquisition().time_s)
    assert relative(damped, oracle.load(f"unit_{metabolite}.npz")["onepulse_lw2"]) < TOLERANCE


@pytest.mark.parametrize("metabolite", METABOLITES)
def test_ideal_editing(metabolite):
    events = edited([5, 17, 17, 17, 12], pulse("edit"), pulse("edit"))
    off, on = oracle.simulate(metabolite, sequence(events, HARD_180), carrier_ppm=4.65)
    stored = oracle.load(f"unit_{metabolite}.npz")
    assert relative(off, stored["mega_ideal_off_lw0"]) < TOLERANCE
    assert relative(on, stored["mega_ideal_on_lw0"]) < TOLERANCE


@pytest.mark.parametrize("metabolite", METABOLITES)
@pytest.mark.parametrize("first", range(2))
@pytest.mark.parametrize("second", range(4))
def test_shaped_editing_at_every_phase_step(metabolite, first, second):
    shapes = {**oracle.waveforms(), "refocus": HARD_180["refocus"]}
    events = edited([5, 7, 7, 7, 2], pulse("edit", added_deg=90 * first), pulse("edit", added_deg=90 * second))
    off, on = oracle.simulate(metabolite, sequence(events, shapes))
    stored = oracle.load(f"unit_{metabolite}.npz")
    assert relative(off, stored["shapedEdit_off_e1_e2"][first, second]) < TOLERANCE
    assert relative(on, stored["shapedEdit_on_e1_e2"][first, second]) < TOLERANCE


@pytest.mark.parametrize("metabolite", METABOLITES)
def test_one_step_of_the_full_sequence(metabolite):
    stored = oracle.load(f"unit_{metabolite}.npz")
    x_cm, y_cm, *added = stored["shaped_step_x_y_e1_e2_r1_r2"]
    gradient = float(oracle.load("sequence.npz")["G_hz_per_cm"])
    place = oracle.Localisation({"x": np.array([x_cm * gradient]), "y": np.array([y_cm * gradient])})
    first_edit, second_edit, first_refocus, second_refocus = added
    events = [
        delay_ms(2.5), pulse("refocus", axis="x", added_deg=first_refocus), delay_ms(4.5), pulse("edit", added_deg=first_edit),
        delay_ms(4.5), pulse("refocus", axis="y", added_deg=second_refocus), delay_ms(4.5),
        pulse("edit", added_deg=second_edit), delay_ms(2.0),
    ]  # fmt: skip
    off, on = oracle.simulate(metabolite, sequence(events, oracle.waveforms()), localisation=place)
    assert relative(off, stored["shaped_step_off"]) < TOLERANCE
    assert relative(on, stored["shaped_step_on"]) < TOLERANCE
