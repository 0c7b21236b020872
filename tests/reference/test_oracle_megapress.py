"""The full localised, phase-cycled MEGA-PRESS against the independent simulation, with its waveforms and with ours."""

import functools

import numpy as np
import oracle
import pytest
from oracle import delay_ms, relative
from reference_data import config

from mrsgap.basis.plan import make_plan
from mrsgap.basis.simulate import simulate_metabolite
from mrsgap.core.constants import REFERENCE_SHIFT_SCALE
from mrsgap.spin.operators import Cycle
from mrsgap.spin.sequence import Localisation, Pulse, Treatment

pytestmark = pytest.mark.usefixtures("float64")

# First two points of the FIDs of that program, edit-off then edit-on (published as facts, to four decimals).
FIRST_POINTS = {
    "Cr": (3321.6119 + 8.4207j, 2769.5460 + 982.8102j, 3323.0166 + 0.9568j, 2769.1969 + 979.8057j),
    "GABA": (195.4829 - 65.4445j, 159.0283 - 97.8274j, 1635.7987 - 10.9660j, 1608.5642 - 194.3907j),
    "Gln": (1101.9094 - 15.6688j, 529.0730 + 485.9032j, 1811.9061 - 35.9217j, 670.4786 + 1060.3119j),
    "Glu": (284.4222 - 15.7824j, 267.5306 - 12.0786j, 674.9984 + 4.2084j, 653.3755 + 66.8085j),
    "NAA": (1866.9002 + 15.3898j, 1429.7646 - 385.1763j, 121.6296 + 5.2999j, -189.0648 + 248.8887j),
}


def events():
    def refocus(axis):
        return Pulse("refocus", axis, Cycle(90.0, (0.0, 90.0), (1.0, -1.0)), False)

    def edit(*steps):
        return Pulse("edit", None, Cycle(90.0, steps, (1.0,) * len(steps)), True)

    return [delay_ms(2.5), refocus("x"), delay_ms(4.5), edit(0.0, 90.0), delay_ms(4.5), refocus("y"), delay_ms(4.5),
            edit(0.0, 90.0, 180.0, 270.0), delay_ms(2.0)]  # fmt: skip


PUBLISHED_GRADIENT_HZ_PER_CM = 5.75 / 5e-3 / 3.0  # the published points used a rounded time-bandwidth product


@functools.cache
def with_their_waveforms(metabolite, precision="complex128", gradient_hz_per_cm=None):
    stored = oracle.load("sequence.npz")
    gradient = gradient_hz_per_cm or float(stored["G_hz_per_cm"])
    place = Localisation({"x": stored["x_cm"] * gradient, "y": stored["y_cm"] * gradient})
    sequence = oracle.sequence(events(), oracle.waveforms())
    return oracle.PHASE_STEPS * oracle.simulate(metabolite, sequence, localisation=place, dtype=np.dtype(precision))


@functools.cache
def with_our_pulses(metabolite, shift_scale):
    """The shipped `study` basis, summed as that program sums."""
    sequences = config("sequence.yaml")
    plan = make_plan(config("config.yaml")["bases"]["study"], sequences["sequences"], sequences["pulses"])
    treatment = Treatment(plan.treatment.splitting, plan.treatment.ideal_selection, shift_scale)
    plan = type(plan)(**{**plan.__dict__, "treatment": treatment})
    fid = simulate_metabolite(metabolite, config("metabolites.yaml")["metabolites"][metabolite], plan).fid
    area = plan.localisation(plan.positions).weights["x"][0] ** 2
    return oracle.PHASE_STEPS * fid / area


@pytest.mark.parametrize("metabolite", ["Cr", "GABA", "Glu"])
@pytest.mark.parametrize("edit", [0, 1])
def test_with_their_waveforms_the_fids_are_equal(metabolite, edit):
    stored = oracle.load(f"megapress_8x8_{metabolite}.npz")[("fid_off", "fid_on")[edit]]
    assert relative(with_their_waveforms(metabolite)[edit], stored) <= 1e-9


@pytest.mark.parametrize("metabolite", ["Cr", "GABA", "Glu"])
def test_single_positions_are_equal(metabolite):
    stored = oracle.load(f"megapress_8x8_{metabolite}.npz")
    where, gradient = oracle.load("sequence.npz"), float(oracle.load("sequence.npz")["G_hz_per_cm"])
    for i, column in enumerate(stored["position_x"]):
        for j, row in enumerate(stored["position_y"]):
            place = Localisation({"x": where["x_cm"][[column]] * gradient, "y": where["y_cm"][[row]] * gradient})
            sequence = oracle.sequence(events(), oracle.waveforms())
            off, on = oracle.PHASE_STEPS * oracle.simulate(metabolite, sequence, localisation=place)
            assert relative(off, stored["fid_off_at_positions"][i, j]) <= 1e-9
            assert relative(on, stored["fid_on_at_positions"][i, j]) <= 1e-9


@pytest.mark.parametrize("metabolite", FIRST_POINTS)
def test_published_first_points(metabolite):
    fids = with_their_waveforms(metabolite, gradient_hz_per_cm=PUBLISHED_GRADIENT_HZ_PER_CM).conj()
    published = np.array(FIRST_POINTS[metabolite]).reshape(2, 2)  # (edit, time)
    assert (np.abs(fids[:, :2] - published).max(axis=1) <= 1e-4 * np.abs(published).max(axis=1)).all()


@pytest.mark.parametrize("metabolite", ["Cr", "GABA", "Glu"])
@pytest.mark.parametrize("edit", [0, 1])
def test_with_our_pulses_and_their_constants(metabolite, edit):
    stored = oracle.load(f"megapress_8x8_{metabolite}.npz")[("fid_off", "fid_on")[edit]]
    assert relative(with_our_pulses(metabolite, REFERENCE_SHIFT_SCALE)[edit], stored) <= 3e-3


@pytest.mark.parametrize("metabolite", ["Cr", "GABA", "Glu"])
@pytest.mark.parametrize("edit", [0, 1])
def test_with_one_constant_after_broadening(metabolite, edit):
    stored = oracle.load(f"megapress_8x8_{metabolite}.npz")[("fid_off", "fid_on")[edit]]
    damping = np.exp(-np.pi * 2.0 * oracle.acquisition().time_s)
    assert relative(with_our_pulses(metabolite, 1.0)[edit] * damping, stored * damping) <= 5e-3


@pytest.mark.parametrize("metabolite", ["Cr", "GABA", "Glu"])
def test_single_precision_error_is_as_documented(metabolite):
    """README: relative error of complex64 against complex128 below 1e-3 for the study's sequence."""
    double, single = with_their_waveforms(metabolite), with_their_waveforms(metabolite, "complex64")
    assert np.linalg.norm(single - double) / np.linalg.norm(double) < 1e-3
