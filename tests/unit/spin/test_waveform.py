"""Pulses: closed forms, calibration, profiles against the single-spin rotation, and a user's files."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from mrsgap.core.errors import InputError
from mrsgap.spin.profile import bandwidth_hz, peak_b1_microtesla, profile, rotation
from mrsgap.spin.waveform import Waveform, calibrated, make_waveform, mao, read_waveform, resampled, sinc_gauss


def rectangle(duration_s=1e-3, flip_deg=180.0):
    return calibrated(np.ones(4), np.zeros(4), duration_s, flip_deg, where="test")


def test_rectangle_has_the_textbook_peak():
    assert rectangle().peak_b1_hz == pytest.approx(500.0)  # 180 degrees in 1 ms
    assert peak_b1_microtesla(rectangle()) == pytest.approx(500 / 42.577478518)


@pytest.mark.parametrize("offset_hz", [0.0, 130.0, -700.0])
def test_rotation_about_the_effective_field(offset_hz):
    """A rectangular pulse turns by 2 pi |field| T about (b, 0, -offset)."""
    field = np.array([500.0, 0.0, -offset_hz])
    expected = Rotation.from_rotvec(2 * np.pi * 1e-3 * field).as_matrix()
    np.testing.assert_allclose(rotation(rectangle(), [offset_hz])[0], expected, atol=1e-12)


def test_closed_forms_invert_on_resonance():
    for points, shape in ((400, mao), (99, sinc_gauss)):
        waveform = calibrated(*shape(points), 5e-3, 180.0, where="test")
        assert profile(waveform, [0.0]).mz[0] == pytest.approx(-1.0, abs=1e-9)


def test_bandwidth_is_where_the_profile_crosses_zero():
    waveform = calibrated(*sinc_gauss(99), 20e-3, 180.0, where="test")
    width = bandwidth_hz(waveform)
    assert np.abs(profile(waveform, [-width / 2, width / 2]).mz).max() < 1e-6


def test_bandwidth_of_an_excitation_pulse_is_an_error():
    with pytest.raises(InputError, match="does not invert"):
        bandwidth_hz(rectangle(flip_deg=60.0))


def test_phase_modulated_pulse_needs_its_peak():
    with pytest.raises(InputError, match="peak_b1_hz"):
        calibrated(np.ones(8), np.linspace(0, 3, 8), 5e-3, 180.0, where="config: pulses.mine")


def test_resampling_keeps_the_profile():
    whole = calibrated(*mao(400), 5e-3, 180.0, where="test")
    short = resampled(whole, 100)
    assert short.steps == 100
    assert bandwidth_hz(short) == pytest.approx(bandwidth_hz(whole), rel=3e-3)
    with pytest.raises(InputError, match="divisor"):
        resampled(whole, 90)


def test_mao_has_one_length():
    with pytest.raises(InputError, match="400"):
        mao(100)


@pytest.mark.parametrize("duration_ms", [0, -1, float("nan")])
def test_duration_must_be_positive(duration_ms):
    with pytest.raises(InputError, match=r"duration_ms.*pulses\.edit"):
        make_waveform("edit", {"shape": "sinc_gauss", "points": 9, "duration_ms": duration_ms})


def test_two_and_three_column_files(tmp_path):
    (tmp_path / "two.txt").write_text("# amplitude, phase in degrees\n0.5 0\n1, 180\n-0.5 0\n")
    (tmp_path / "three.txt").write_text("0 0.5 1\n180 1 1\n180 0.5 1\n")
    two, three = read_waveform(tmp_path / "two.txt"), read_waveform(tmp_path / "three.txt")
    np.testing.assert_allclose(two[0] * np.exp(1j * two[1]), [0.5, -1, -0.5], atol=1e-12)
    np.testing.assert_allclose(two[0] * np.exp(1j * two[1]), three[0] * np.exp(1j * three[1]), atol=1e-12)


@pytest.mark.parametrize(("text", "complaint"), [
    ("1 0\nnan 0\n", "not finite"), ("1 0\ninf 0\n", "not finite"), ("1 0 1 4\n1 0 1 4\n", "columns"),
    ("1 0\n1 0 1\n", "columns"),
    ("1\n2\n", "columns"), ("", "columns"), ("0 0\n0 0\n", "no amplitude"), ("1 0\n", "no amplitude"),
    ("one two\n", "line 1"), ("0 1 1\n0 1 2\n", "differ in length"),
])  # fmt: skip
def test_bad_waveform_files_are_refused(tmp_path, text, complaint):
    path = tmp_path / "wave form.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=complaint) as caught:
        read_waveform(path)
    assert "wave form.txt" in str(caught.value)


def test_missing_waveform_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"absent\.pta"):
        read_waveform(tmp_path / "absent.pta")


def test_waveform_is_data():
    assert Waveform(np.ones(3), np.zeros(3), 1e-3, 10.0).steps == 3
