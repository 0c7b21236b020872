"""Pulse profiles against the rotation matrices of the independent simulation, and the published pulse numbers."""

import numpy as np
import oracle
import pytest
from reference_data import config, reference

from mrsgap.basis.plan import make_plan, read_pulse
from mrsgap.spin.profile import bandwidth_hz, rotation
from mrsgap.spin.waveform import Waveform, read_waveform


def stored_waveform(key, role):
    phase_deg, amplitude, _ = oracle.load("pulses.npz")[key].T
    known = oracle.waveforms()[role]
    return Waveform(amplitude / amplitude.max(), np.deg2rad(phase_deg), known.duration_s, known.peak_b1_hz)


@pytest.mark.parametrize(("prefix", "key", "role"), [
    ("ref100", "refoc100_phasedeg_amp_dur", "refocus"), ("ref400", "refoc400_phasedeg_amp_dur", "refocus"),
    ("edit", "edit99_phasedeg_amp_dur", "edit"), ("edit_on", "edit_on_phasedeg_amp_dur", "edit"),
    ("edit_off", "edit_off_phasedeg_amp_dur", "edit"),
])  # fmt: skip
@pytest.mark.parametrize("phase_deg", [0, 90])
def test_rotation_matrices(prefix, key, role, phase_deg):
    profiles, waveform = oracle.load("profiles.npz"), stored_waveform(key, role)
    turned = Waveform(waveform.amplitude, waveform.phase_rad + np.deg2rad(phase_deg), waveform.duration_s, waveform.peak_b1_hz)
    ours = rotation(turned, profiles[f"{prefix}_off"])
    assert np.abs(ours - profiles[f"{prefix}_ph{phase_deg}_R"]).max() < 1e-9


def test_slice_profile_of_shifted_resonances():
    profiles, stored = oracle.load("profiles.npz"), oracle.load("sequence.npz")
    waveform = oracle.waveforms()["refocus"]
    turned = Waveform(waveform.amplitude, waveform.phase_rad + np.pi / 2, waveform.duration_s, waveform.peak_b1_hz)
    for shift_ppm, expected in zip(profiles["slice_shift_ppm_from_carrier"], profiles["slice_R"]):
        offsets = profiles["slice_pos_cm"] * stored["G_hz_per_cm"] + shift_ppm * 123.23
        assert np.abs(rotation(turned, offsets) - expected).max() < 1e-9


@pytest.mark.parametrize(("name", "key", "limit"), [
    ("mao", "refoc400_phasedeg_amp_dur", 2e-3), ("mao_100", "refoc100_phasedeg_amp_dur", 5e-3),
    ("sinc_gauss", "edit99_phasedeg_amp_dur", 2e-3),
])  # fmt: skip
def test_closed_forms_follow_the_measured_waveforms(name, key, limit):
    ours = read_pulse(name, config("sequence.yaml")["pulses"])
    phase_deg, amplitude, _ = oracle.load("pulses.npz")[key].T
    theirs = amplitude / amplitude.max() * np.exp(1j * np.deg2rad(phase_deg))
    assert np.abs(ours.amplitude * np.exp(1j * ours.phase_rad) - theirs).max() < limit


def test_published_pulse_numbers():
    pulses = config("sequence.yaml")["pulses"]
    refocus, edit = read_pulse("mao", pulses), read_pulse("sinc_gauss", pulses)
    assert refocus.peak_b1_hz == pytest.approx(1089.6, rel=1e-3)
    assert bandwidth_hz(refocus) == pytest.approx(1150.0, rel=1e-3)
    assert edit.peak_b1_hz == pytest.approx(45.55, rel=1e-3)
    assert bandwidth_hz(edit) == pytest.approx(60.65, rel=1e-3)


def test_gradient_follows_from_the_bandwidth():
    sequences = config("sequence.yaml")
    plan = make_plan(config("config.yaml")["bases"]["study"], sequences["sequences"], sequences["pulses"])
    assert plan.gradient_hz_per_cm == pytest.approx(float(oracle.load("sequence.npz")["G_hz_per_cm"]), rel=1e-4)


@pytest.mark.parametrize(("file", "key"), [
    ("sampleRefocPulse.pta", "refoc_pta_amp_phaserad"), ("sampleEditPulse.pta", "edit_pta_amp_phaserad"),
])  # fmt: skip
def test_siemens_waveform_files(file, key):
    amplitude, phase_rad = read_waveform(reference("pulses", file))
    expected = oracle.load("pulses.npz")[key]
    np.testing.assert_allclose(amplitude * np.exp(1j * phase_rad), expected[:, 0] * np.exp(1j * expected[:, 1]), atol=1e-12)
