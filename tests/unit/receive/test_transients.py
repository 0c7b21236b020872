"""Averages of simulated transients: as good as perfect alignment where it can be, and never worse than none."""

import numpy as np
import pytest

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.recording import Recording
from mrsgap.core.signal import lorentzian, rotation
from mrsgap.receive.registration import register, register_states, registered_mean
from mrsgap.receive.simulate import simulate_transients
from mrsgap.receive.transients import align_states, average

SCAN = Acquisition(larmor_mhz=123.2, carrier_ppm=4.7, spectral_width_hz=2000.0, points=1024)
LINES = {  # (ppm, off, on) of each component; GABA's outer lines at 3.0 ppm turn up in edit-on
    "NAA": [(2.01, 3.0, 0.2)],
    "Cr": [(3.03, 2.0, 2.0), (3.93, 1.2, 1.2)],
    "Cho": [(3.22, 1.2, 1.2)],
    "GABA": [(2.95, -0.05, 0.12), (3.01, 0.1, 0.1), (3.07, -0.05, 0.12)],
    "Glx": [(3.75, 0.3, 0.7)],
}


def component(name, state):
    place = {"off": 1, "on": 2}[state]
    return sum(
        line[place] * rotation(SCAN.time_s, SCAN.frequency_hz(line[0])) * lorentzian(SCAN.time_s, 4.0) for line in LINES[name]
    )


FIDS = {state: sum(component(name, state) for name in LINES) for state in ("off", "on")}
DIFFERENCES = np.stack([component(name, "on") - component(name, "off") for name in ("NAA", "GABA", "Glx")], axis=1)


def gaba(fids):
    """Amplitude of GABA in the difference by linear least squares, whose truth is one."""
    return np.linalg.lstsq(DIFFERENCES, fids[1] - fids[0], rcond=None)[0][1].real


def gaba_errors(laws, seeds=range(12), transients=40):
    """Root-mean-square error of GABA with our alignment, with the true offsets, and without any."""
    errors = []
    for seed in seeds:
        recording, truth = simulate_transients(FIDS, SCAN, transients, laws, np.random.default_rng(seed))
        turn = np.exp(-1j * (2 * np.pi * truth.frequency_hz[..., None] * SCAN.time_s + truth.phase_rad[..., None]))
        perfect = (recording.fid[:, 0] * turn).mean(axis=1)
        plain = recording.fid[:, 0].mean(axis=1)
        ours = np.array(average(recording).fids)
        move = align_states(*ours, SCAN)
        ours[1] = ours[1] if move is None else move.undo(ours[1:], SCAN.time_s)[0]
        errors.append([gaba(fids * turn_onto_truth(fids)) - 1 for fids in (ours, perfect, plain)])
    return np.sqrt(np.mean(np.square(errors), axis=0))


def turn_onto_truth(fids):
    """The common turn of both states onto the truth, which any fit finds; alignment decides what differs between them."""
    move = register(fids[:1], FIDS["off"], SCAN, np.ones(1))
    return np.exp(-1j * (2 * np.pi * move.frequency_hz[0] * SCAN.time_s + move.phase_rad[0]))


@pytest.mark.parametrize("drift_hz", [0, 5, 20])
def test_gaba_within_a_tenth_of_perfect_alignment_at_a_transients_snr_of_5(drift_hz):
    ours, perfect, plain = gaba_errors({"snr": 5, "drift_hz": drift_hz, "phase_deg": {"normal": [0, 10]}}, seeds=range(24))
    assert ours <= 1.1 * perfect
    assert drift_hz < 20 or plain > 2 * perfect


@pytest.mark.parametrize("snr", [0.2, 1, 5, 100])
@pytest.mark.parametrize("drift_hz", [0, 10])
def test_never_worse_than_no_correction(snr, drift_hz):
    ours, _, plain = gaba_errors({"snr": snr, "drift_hz": drift_hz, "walk_hz": 0.1}, seeds=range(32))
    assert ours <= 1.1 * plain


def test_spoiled_transients_are_left_out_with_their_partners():
    laws = {"snr": 30, "drift_hz": 4, "spoiled_share": 0.08, "phase_deg": {"normal": [0, 5]}}
    recording, truth = simulate_transients(FIDS, SCAN, 64, laws, np.random.default_rng(3))
    averaged = average(recording)
    spoiled = truth.spoiled.any(axis=0)
    assert spoiled.sum() >= 5
    left_out = (averaged.weight == 0).all(axis=0)
    np.testing.assert_array_equal(left_out, (averaged.weight == 0).any(axis=0))
    assert (left_out & ~spoiled).sum() <= 1
    assert (spoiled & ~left_out).sum() <= 1
    assert "left out with their partners" in " ".join(averaged.notes)


def test_good_transients_all_stay():
    recording, _ = simulate_transients(FIDS, SCAN, 64, {"snr": 8, "drift_hz": 3}, np.random.default_rng(5))
    averaged = average(recording)
    assert (averaged.weight > 0).all()
    assert averaged.weight.mean() == pytest.approx(1.0)


def test_empty_rows_do_not_count():
    recording, _ = simulate_transients(FIDS, SCAN, 20, {"snr": 20}, np.random.default_rng(6))
    present = np.ones((2, 20), bool)
    present[:, 10:] = False
    fid = recording.fid.copy()
    fid[:, :, 10:] = 0
    half = average(Recording(fid=fid, states=("off", "on"), present=present, larmor_mhz=123.2, carrier_ppm=4.7, dwell_s=5e-4))
    first = average(Recording(fid=fid[:, :, :10], states=("off", "on"), larmor_mhz=123.2, carrier_ppm=4.7, dwell_s=5e-4))
    np.testing.assert_allclose(half.fids, first.fids, rtol=1e-9)
    assert np.isnan(half.frequency_hz[:, 10:]).all()


def test_registration_undoes_drift_and_phase():
    rng = np.random.default_rng(1)
    shift_hz, phase = np.linspace(-6, 6, 32) + rng.normal(0, 0.5, 32), rng.normal(0, 0.3, 32)
    moved = FIDS["off"] * np.exp(1j * (2 * np.pi * shift_hz[:, None] * SCAN.time_s + phase[:, None]))
    moved = moved + 0.05 * (rng.normal(size=(*moved.shape, 2)) @ [1, 1j])
    seen_hz = register_states(moved[None], np.ones((1, 32), bool), SCAN).frequency_hz[0]
    assert np.std(seen_hz - shift_hz) < 0.05
    mean, plain = registered_mean(moved, SCAN), moved.mean(axis=0)
    expected = FIDS["off"] * rotation(SCAN.time_s, shift_hz.mean())
    likeness = [abs(np.vdot(expected, one)) / np.linalg.norm(expected) / np.linalg.norm(one) for one in (mean, plain)]
    assert likeness[0] > 0.999 > 0.98 > likeness[1]


@pytest.mark.parametrize(("shift_hz", "turn_deg"), [(0.0, 0.0), (2.5, 20.0), (-6.0, -75.0), (1.0, 170.0)])
def test_states_are_aligned_without_a_pull_from_what_is_edited(shift_hz, turn_deg):
    noise = np.random.default_rng(0).normal(size=(2, SCAN.points, 2)) @ [1, 1j] * 0.02
    moved = FIDS["on"] * rotation(SCAN.time_s, shift_hz) * np.exp(1j * np.deg2rad(turn_deg))
    move = align_states(FIDS["off"] + noise[0], moved + noise[1], SCAN)
    assert move.frequency_hz[0] == pytest.approx(shift_hz, abs=0.05)
    assert np.degrees(move.phase_rad[0]) == pytest.approx(turn_deg, abs=1.0)


def test_noise_is_not_aligned():
    noise = np.random.default_rng(0).normal(size=(2, SCAN.points, 2)) @ [1, 1j]
    assert align_states(noise[0], noise[1], SCAN) is None


def test_coils_must_be_combined_first():
    coils = Recording(fid=np.ones((1, 4, 1, 64), complex), larmor_mhz=123.2, carrier_ppm=4.7, dwell_s=5e-4)
    with pytest.raises(InputError, match="not combined"):
        average(coils)


def test_a_misspelt_imperfection_is_named():
    with pytest.raises(InputError, match="drift"):
        simulate_transients(FIDS, SCAN, 4, {"drift": 3}, np.random.default_rng(0))
