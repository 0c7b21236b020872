"""Decay, frequency and the one Fourier sense of the package, on known lines, for even and odd lengths."""

import doctest

import numpy as np
import pytest

from mrsgap.core import signal
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError


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
