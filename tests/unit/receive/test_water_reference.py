"""A water reference corrects eddy currents whatever its own length, and says how much water there is."""

import numpy as np
import pytest

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.signal import rotation
from mrsgap.receive.registration import register
from mrsgap.receive.water_reference import eddy_currents, water_amplitude

SCAN = Acquisition(larmor_mhz=123.2, carrier_ppm=4.7, spectral_width_hz=2000.0, points=2048)


def bend(time_s):
    return 1.2 * np.exp(-time_s / 0.015) - 0.4 * np.exp(-time_s / 0.08)


def water(scan, noise=0.01, frequency_hz=3.0, constant=0.7, seed=0):
    line = 100 * rotation(scan.time_s, frequency_hz) * np.exp(-14 * scan.time_s + 1j * (bend(scan.time_s) + constant))
    return line + noise * (np.random.default_rng(seed).normal(size=(scan.points, 2)) @ [1, 1j])


@pytest.mark.parametrize(
    "reference",
    [SCAN, Acquisition(123.2, 4.7, 2000.0, 1024), Acquisition(123.2, 4.7, 4000.0, 4096), Acquisition(123.2, 4.7, 1250.0, 512)],
)
def test_metabolites_come_out_straight_and_where_they_were(reference):
    clean = rotation(SCAN.time_s, SCAN.frequency_hz(2.01)) * np.exp(-12 * SCAN.time_s)
    bent = clean * np.exp(1j * (bend(SCAN.time_s) + 0.7))
    corrected = eddy_currents(water(reference), reference).correct(bent, SCAN)
    move = register(np.stack([corrected, bent]), clean, SCAN, np.ones(2))
    assert abs(move.frequency_hz[0]) < 0.8
    error = np.linalg.norm(move.undo(np.stack([corrected, bent]), SCAN.time_s) - clean, axis=1) / np.linalg.norm(clean)
    assert error[0] < 0.02
    assert error[1] > 0.1


def test_water_of_two_lines_moves_no_metabolite():
    lines = 50 * rotation(SCAN.time_s, -2.0) * np.exp(-20 * SCAN.time_s) + rotation(SCAN.time_s, 6.0) * np.exp(-3 * SCAN.time_s)
    currents = eddy_currents(lines, SCAN)
    assert currents.frequency_hz == pytest.approx(-2.0, abs=0.4)


def test_water_frequency_and_phase():
    currents = eddy_currents(water(SCAN), SCAN)
    assert currents.frequency_hz == pytest.approx(3.0, abs=0.8)  # the eddy currents' own share of it included
    assert currents.constant_rad == pytest.approx(0.7, abs=0.8)


def test_nothing_is_added_beyond_the_end_of_waters_signal():
    noisy = water(SCAN, noise=1.0)
    late = np.ones(SCAN.points, complex)
    corrected = eddy_currents(noisy, SCAN).correct(late, SCAN)
    assert np.ptp(np.angle(corrected[-500:])) == 0


@pytest.mark.parametrize("width_hz", [2, 8, 20])
@pytest.mark.parametrize("gaussian", [0.0, 400.0])
def test_amplitude_within_a_percent_and_blind_to_the_first_points(width_hz, gaussian):
    fid = 1234.0 * np.exp(-np.pi * width_hz * SCAN.time_s - gaussian * SCAN.time_s**2) * rotation(SCAN.time_s, -20)
    fid = fid + 0.5 * (np.random.default_rng(1).normal(size=(SCAN.points, 2)) @ [1, 1j])
    fid[:3] *= [0.2, 0.7, 0.95]
    assert water_amplitude(fid, SCAN) == pytest.approx(1234.0, rel=0.01)


def test_a_reference_of_noise_is_refused():
    noise = np.random.default_rng(1).normal(size=(SCAN.points, 2)) @ [1, 1j]
    for question in (eddy_currents, water_amplitude):
        with pytest.raises(InputError, match="water reference"):
            question(noise, SCAN)
