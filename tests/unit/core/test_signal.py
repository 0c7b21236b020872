"""Decay, frequency and the one Fourier sense of the package, on known lines, for even and odd lengths."""

import doctest

import numpy as np
import pytest

from mrsgap.core import signal
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.signal import chirp_z, phasor


@pytest.mark.parametrize("points", [256, 255])
@pytest.mark.parametrize("shift_ppm", [2.01, 3.0, 4.2])
def test_a_line_appears_at_its_shift(points, shift_ppm):
    acquisition = Acquisition(123.23, 3.0, 2000.0, points)
    fid = np.exp(2j * np.pi * acquisition.frequency_hz(shift_ppm) * acquisition.time_s)
    found = acquisition.ppm[np.argmax(abs(signal.spectrum(fid)))]
    assert abs(found - shift_ppm) <= acquisition.spectral_width_hz / points / 2 / acquisition.larmor_mhz + 1e-12


@pytest.mark.parametrize("points", [8, 9])
def test_fid_inverts_spectrum(points):
    values = np.random.default_rng(0).normal(size=(3, points)) + 1j
    np.testing.assert_allclose(signal.inverse_spectrum(signal.spectrum(values)), values, atol=1e-14)
    np.testing.assert_allclose(signal.spectrum(signal.inverse_spectrum(values)), values, atol=1e-13)


@pytest.mark.parametrize("points", [8, 9])
def test_ppm_descends_and_holds_the_carrier(points):
    ppm = Acquisition(100.0, 3.0, 1000.0, points).ppm
    assert (np.diff(ppm) < 0).all()
    assert 3.0 in ppm


def test_shift_and_frequency_invert_each_other():
    acquisition = Acquisition(127.7, 4.7, 2000.0, 16)
    assert acquisition.shift_ppm(acquisition.frequency_hz(1.3)) == pytest.approx(1.3)
    assert acquisition.frequency_hz(4.7) == 0


def test_folding_is_outside_half_the_width():
    acquisition = Acquisition(100.0, 3.0, 1000.0, 16)
    assert acquisition.folds(8.0)
    assert not acquisition.folds(7.9)


def test_attributes_round_trip():
    acquisition = Acquisition(127.7, 4.7, 2000.0, 16)
    assert Acquisition.from_attributes(acquisition.as_attributes()) == acquisition
    with pytest.raises(InputError, match="larmor_mhz"):
        Acquisition.from_attributes({})


@pytest.mark.parametrize("faulty", [0, float("nan"), -2])
def test_impossible_acquisitions_are_refused(faulty):
    good = {"larmor_mhz": 123.0, "carrier_ppm": 3.0, "spectral_width_hz": 2000.0, "points": 16}
    for name in ("larmor_mhz", "spectral_width_hz", "points"):
        with pytest.raises(InputError, match=name):
            Acquisition(**{**good, name: faulty})
    with pytest.raises(InputError, match="carrier_ppm"):
        Acquisition(**{**good, "carrier_ppm": float("nan")})
    with pytest.raises(InputError, match="whole number"):
        Acquisition(**{**good, "points": 1.5})


@pytest.mark.parametrize("decay", [signal.lorentzian, signal.gaussian])
def test_linewidth_is_full_width_at_half_maximum(decay):
    acquisition, width_hz = Acquisition(100.0, 3.0, 1000.0, 200000), 8.0
    line = signal.spectrum(decay(acquisition.time_s, width_hz)).real
    line = line - line[0]
    above = acquisition.ppm[line > line.max() / 2]
    assert (above.max() - above.min()) * 100.0 == pytest.approx(width_hz, rel=0.02)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_voigt_line_has_the_width_of_its_parts(share):
    acquisition, width_hz = Acquisition(100.0, 3.0, 1000.0, 200000), 8.0
    lorentz_hz = share * width_hz
    line = signal.spectrum(signal.voigt(acquisition.time_s, lorentz_hz, signal.gaussian_part_hz(width_hz, lorentz_hz))).real
    line = line - line[0]
    above = acquisition.ppm[line > line.max() / 2]
    assert (above.max() - above.min()) * 100.0 == pytest.approx(width_hz, rel=0.02)


def test_examples_in_the_docstrings_are_right():
    assert doctest.testmod(signal).failed == 0


def direct_sum(signal, start, step, points):
    n, k = np.arange(signal.shape[-1]), np.arange(points)
    return signal @ np.exp(-2j * np.pi * np.outer(n, start + k * step))


@pytest.mark.parametrize("samples", [1, 16, 333, 1024])
@pytest.mark.parametrize(("start", "step", "points"), [(-0.31, 0.7e-4, 257), (0.4, -3e-3, 100), (0.0, 0.0, 1), (0.11, 1.7, 5)])
def test_chirp_z_equals_the_direct_sum(samples, start, step, points):
    rng = np.random.default_rng(1)
    signal = rng.normal(size=(3, samples)) + 1j * rng.normal(size=(3, samples))
    expected = direct_sum(signal, start, step, points)
    assert np.max(np.abs(chirp_z(signal, start, step, points) - expected)) < 1e-10 * samples


@pytest.mark.parametrize("samples", [64, 255, 256])
def test_chirp_z_equals_the_fft_on_its_grid(samples):
    signal = np.random.default_rng(2).normal(size=samples) + 0j
    np.testing.assert_allclose(chirp_z(signal, 0.0, 1 / samples, samples), np.fft.fft(signal), atol=1e-11 * samples)


def test_chirp_z_keeps_single_precision():
    rng = np.random.default_rng(3)
    signal = rng.normal(size=4096) + 1j * rng.normal(size=4096)
    single = chirp_z(signal.astype(np.complex64), -0.092, 1.05e-4, 2048)
    assert single.dtype == np.complex64
    reference = chirp_z(signal, -0.092, 1.05e-4, 2048)
    assert np.linalg.norm(single - reference) < 1e-5 * np.linalg.norm(reference)


@pytest.mark.parametrize("samples", [1, 63, 64, 65, 4096])
def test_phasor_is_the_complex_exponential(samples):
    cycles = np.array([0.0, 1.3e-4, -0.37, 0.499])
    expected = np.exp(2j * np.pi * np.outer(cycles, np.arange(samples)))
    np.testing.assert_allclose(phasor(cycles, samples), expected, atol=1e-10)
    np.testing.assert_allclose(phasor(cycles.astype(np.float32)[1:2], samples), expected[1:2], atol=2e-5)
