"""The factored simulation is exact: equal to running every position and phase step of every whole metabolite."""

import numpy as np
import pytest
from brute_force import BruteForce
from reference_data import config

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.spin.megapress import simulate_part
from mrsgap.spin.operators import Cycle, transfer_terms
from mrsgap.spin.sequence import HardPulse, Localisation, Treatment, read_sequence
from mrsgap.spin.system import packed, read_system
from mrsgap.spin.waveform import calibrated

pytestmark = pytest.mark.usefixtures("float64")

METABOLITES = config("metabolites.yaml")["metabolites"]
SEQUENCES = config("sequence.yaml")["sequences"]
ACQUISITION = Acquisition(123.23, 3.0, 2000.0, 4)
EDIT_PPM = (7.4, 1.9)
PLACES = Localisation(
    {"x": np.array([-310.0, 140.0]), "y": np.array([-120.0, 395.0])},
    weights={"x": np.array([0.7, 0.4]), "y": np.array([0.2, 0.9])},
)


def short_waveforms():
    """Few, uneven, phase-modulated steps: the algebra must hold for any waveform."""
    random = np.random.default_rng(7)
    refocus = calibrated(random.uniform(0.2, 1, 5), np.zeros(5), 5e-3, 180.0, where="test")
    edit = calibrated(random.uniform(0.2, 1, 4), np.zeros(4), 20e-3, 180.0, where="test")
    return {"refocus": type(refocus)(refocus.amplitude, random.uniform(0, 1, 5), 5e-3, refocus.peak_b1_hz), "edit": edit}


def factored(name, sequence, splitting, localisation=PLACES):
    parts = read_system(name, METABOLITES[name])
    return sum(simulate_part(p, sequence, ACQUISITION, EDIT_PPM, localisation, Treatment(splitting)) for p in parts)


def brute(name, sequence, splitting, localisation=PLACES):
    runs = [BruteForce(part, ACQUISITION, EDIT_PPM, splitting) for part in METABOLITES[name]["parts"]]
    return np.array([sum(run.fid(sequence, localisation, edit) for run in runs) for edit in (0, 1)])


def relative(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


@pytest.mark.parametrize("name", METABOLITES)
def test_factored_equals_brute_force(name):
    sequence = read_sequence("mega_press", SEQUENCES["mega_press"], short_waveforms())
    assert relative(factored(name, sequence, "sequential"), brute(name, sequence, "sequential")) < 1e-12


@pytest.mark.parametrize("splitting", ["symmetric", "exact"])
def test_factored_equals_brute_force_for_every_splitting(splitting):
    sequence = read_sequence("mega_press", SEQUENCES["mega_press"], short_waveforms())
    assert relative(factored("Lac", sequence, splitting), brute("Lac", sequence, splitting)) < 1e-12


@pytest.mark.parametrize("name", ["mega_press_ideal_refocusing", "press"])
def test_other_sequences_equal_brute_force(name):
    waveforms = short_waveforms() | ({"refocus": HardPulse(180.0)} if name != "press" else {})
    sequence = read_sequence(name, SEQUENCES[name], waveforms)
    assert relative(factored("GABA", sequence, "sequential"), brute("GABA", sequence, "sequential")) < 1e-12


@pytest.mark.parametrize("name", ["Cr", "NAA", "GSH"])
def test_packed_parts_give_the_signal_of_the_single_ones(name):
    sequence = read_sequence("mega_press", SEQUENCES["mega_press"], short_waveforms())
    few = packed(read_system(name, METABOLITES[name]))
    whole = sum(simulate_part(part, sequence, ACQUISITION, EDIT_PPM, PLACES, Treatment()) for part in few)
    assert relative(whole, factored(name, sequence, "sequential")) < 1e-12


def test_gauss_splitting_nears_the_exact_propagator_as_nodes_are_added():
    sequence = read_sequence("mega_press", SEQUENCES["mega_press"], short_waveforms())
    (part,) = read_system("Lac", METABOLITES["Lac"])
    exact = factored("Lac", sequence, "exact")
    few, many = (
        simulate_part(part, sequence, ACQUISITION, EDIT_PPM, PLACES, Treatment("gauss", coupling_nodes=nodes))
        for nodes in (32, 128)
    )
    assert relative(many, exact) < relative(few, exact) / 8 < 1e-3  # second order, as for any waveform with steps


def test_crushers_equal_the_cycle_for_pulses_without_error():
    """Perfect pulses leave nothing to reject but what both reject, so the one pathway that crushers follow is the right one."""
    pulses = {"refocus": HardPulse(180.0), "edit": HardPulse(180.0, half_width_ppm=0.5)}
    sequence = read_sequence("mega_press", SEQUENCES["mega_press"], pulses)
    (part,) = read_system("two", {"parts": [{"shifts_ppm": [4.1, 1.3], "couplings_hz": {"1-2": 6.9}}]})
    edits = (7.4, 1.3)
    crushed, cycled = (
        simulate_part(part, sequence, ACQUISITION, edits, PLACES, Treatment(ideal_selection=ideal)) for ideal in (True, False)
    )
    assert np.linalg.norm(crushed[1] - crushed[0]) > 0.1 * np.linalg.norm(crushed[0])  # editing does something here
    assert relative(crushed, cycled) < 1e-12


def test_positions_in_chunks_equal_positions_at_once():
    """70 positions are computed in three chunks, the last one padded; padding must not count."""
    sequence = read_sequence("mega_press", SEQUENCES["mega_press"], short_waveforms())
    grid = np.linspace(-900, 900, 70)
    whole = factored("Asp", sequence, "sequential", Localisation({"x": grid, "y": np.zeros(1)}, {"x": np.full(70, 0.1)}))
    pieces = [factored("Asp", sequence, "sequential", Localisation({"x": grid[[i]], "y": np.zeros(1)})) for i in range(70)]
    assert relative(whole, 0.1 * sum(pieces)) < 1e-12


def test_ideal_selection_is_the_limit_of_a_full_cycle():
    """Crushers that pass q to -q equal a cycle long enough to reject every other change of order."""
    steps = tuple(np.arange(8) * 45.0)
    order_in = frozenset({-1, 1})
    full = Cycle(0.0, steps, (1.0,) * 8)
    assert full.weight(np.array(0)) == pytest.approx(1)
    assert np.abs(full.weight(np.array([-2, -1, 1, 2]))).max() < 1e-12
    before, after, leaving = transfer_terms(2, Cycle(0.0, selects="keep"), order_in, True)
    cycled = transfer_terms(2, full, order_in, False)
    random = np.random.default_rng(1)
    u = np.linalg.qr(random.normal(size=(4, 4)) + 1j * random.normal(size=(4, 4)))[0]
    rho = random.normal(size=(4, 4))

    def apply(before, after):
        return sum(a * (u @ (b * rho) @ u.conj().T) for b, a in zip(before, after))

    assert leaving == order_in
    np.testing.assert_allclose(apply(before, after), apply(*cycled[:2]), atol=1e-12)


def test_ideal_selection_needs_to_know_what_passes():
    with pytest.raises(InputError, match="selects"):
        transfer_terms(2, Cycle(90.0), frozenset({1}), True)
