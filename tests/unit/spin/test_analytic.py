"""Physics with closed answers: product operators, AB systems, inversion, echoes."""

import numpy as np
import oracle
import pytest
from oracle import HARD_180, delay_ms, pulse

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.signal import spectrum
from mrsgap.spin.megapress import simulate_part
from mrsgap.spin.sequence import Delay, HardPulse, Localisation, Treatment
from mrsgap.spin.system import SpinPart

pytestmark = pytest.mark.usefixtures("float64")
ACQUISITION = Acquisition(100.0, 3.0, 2000.0, 4096)
NOWHERE = Localisation({"x": np.zeros(1), "y": np.zeros(1)})


def part(shifts_ppm, coupling_hz=0.0):
    spins = len(shifts_ppm)
    couplings = np.full((spins, spins), coupling_hz) - coupling_hz * np.eye(spins)
    return SpinPart(tuple(shifts_ppm), tuple(map(tuple, couplings.tolist())), (0.0,) * spins, (1.0,) * spins, 1.0)


def simulate(spin_part, events=(), edit_ppm=(3.0,), waveforms=HARD_180):
    sequence = oracle.sequence(list(events), waveforms)
    return simulate_part(spin_part, sequence, ACQUISITION, edit_ppm, NOWHERE, Treatment())


def test_one_spin_turns_at_its_offset():
    fid = simulate(part([2.0]))[0]
    np.testing.assert_allclose(fid, np.exp(2j * np.pi * (3.0 - 2.0) * 100.0 * ACQUISITION.time_s), atol=1e-10)


def test_first_point_counts_protons():
    assert simulate(part([2.0, 3.5, 4.0], 7.0))[0, 0] == pytest.approx(3.0, abs=1e-12)


def test_ab_system_has_the_textbook_lines():
    """Four lines at centre +- (D +- J) / 2 with intensities 1 -+ J / D, D^2 = (delta nu)^2 + J^2."""
    coupling, difference = 12.0, 20.0
    fid = simulate(part([3.0 - difference / 200, 3.0 + difference / 200], coupling))[0]
    spread = np.hypot(difference, coupling)
    expected = np.zeros(4096, complex)
    for side in (-1, 1):
        for half in (-1, 1):
            frequency = side * (spread + half * coupling) / 2
            expected += (1 - half * coupling / spread) / 2 * np.exp(2j * np.pi * frequency * ACQUISITION.time_s)
    np.testing.assert_allclose(fid, expected, atol=1e-9)


def test_spin_echo_refocuses_shift_and_modulates_coupling():
    """AX doublet after a Hahn echo of length 2 tau: cos(2 pi J tau) in phase (product operators, weak coupling)."""
    coupling, tau_s = 8.0, 0.031
    events = [Delay(tau_s), pulse("refocus"), Delay(tau_s)]
    in_phase = simulate(part([-200.0, 200.0], coupling), events)[0, 0]
    assert in_phase.real / 2 == pytest.approx(np.cos(2 * np.pi * coupling * tau_s), abs=5e-4)
    assert abs(in_phase.imag) < 5e-4


def test_editing_refocuses_the_coupling():
    """Selective inversion of the partner at both editing times cancels J evolution, as MEGA-PRESS does for GABA."""
    coupling = 1 / (2 * 0.068)
    waveforms = {"refocus": HardPulse(180.0), "edit": HardPulse(180.0, half_width_ppm=0.3)}
    events = [delay_ms(5), pulse("refocus"), delay_ms(17), pulse("edit"), delay_ms(17), pulse("refocus"), delay_ms(17),
              pulse("edit"), delay_ms(12)]  # fmt: skip
    off, on = simulate(part([1.9, 3.0], coupling), events, edit_ppm=(7.4, 1.9), waveforms=waveforms)
    keep = abs(ACQUISITION.ppm - 3.0) < 0.3
    damping = np.exp(-np.pi * 2 * ACQUISITION.time_s)
    area = [spectrum(fid * damping).real[keep].sum() for fid in (off, on)]
    assert area[0] / area[1] == pytest.approx(np.cos(np.pi * coupling * 0.068), abs=5e-3)  # inverted doublet: -1 ... 0
    assert area[1] > 0


def test_equal_spins_do_not_show_their_coupling():
    alone, coupled = simulate(part([2.0]))[0], simulate(part([2.0, 2.0], 10.0))[0]
    np.testing.assert_allclose(coupled, 2 * alone, atol=1e-9)


def test_same_part_twice_gives_the_same_numbers():
    first, second = (simulate(part([2.1, 2.4, 3.7], 6.0), [delay_ms(34), pulse("refocus"), delay_ms(34)]) for _ in range(2))
    np.testing.assert_array_equal(first, second)
