"""Residual water goes, metabolites stay."""

import numpy as np
import pytest

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.signal import rotation
from mrsgap.receive.residual_water import decompose, remove_lines

SCAN = Acquisition(larmor_mhz=123.2, carrier_ppm=4.7, spectral_width_hz=2000.0, points=2048)


def metabolites():
    lines = [(2.01, 1.0), (3.03, 0.6), (3.21, 0.3), (3.93, 0.4), (4.1, 0.2)]
    return sum(size * rotation(SCAN.time_s, SCAN.frequency_hz(ppm)) * np.exp(-10 * SCAN.time_s) for ppm, size in lines)


def water(seed):
    """Three lines of different phase and a bend of their common frequency, about 30 times the metabolites."""
    generator = np.random.default_rng(seed)
    lines = [
        size * rotation(SCAN.time_s, SCAN.frequency_hz(generator.normal(4.68, 0.05))) * np.exp(-width * SCAN.time_s)
        for size, width in ((30, 20), (-12j, 35), (8 + 5j, 9))
    ]
    return sum(lines) * np.exp(0.1j * np.exp(-SCAN.time_s / 0.05))


@pytest.mark.parametrize("seed", range(6))
def test_metabolites_stay_to_the_noise(seed):
    noise = 0.02 * (np.random.default_rng(100 + seed).normal(size=(SCAN.points, 2)) @ [1, 1j])
    clean, removed = remove_lines(metabolites() + water(seed) + noise, SCAN)
    np.testing.assert_allclose(clean + removed, metabolites() + water(seed) + noise)
    spectrum_ppm = SCAN.ppm
    band = (spectrum_ppm > 1.5) & (spectrum_ppm < 4.15)
    error = np.fft.fftshift(np.fft.fft(clean - metabolites() - noise))[band]
    tails = np.fft.fftshift(np.fft.fft(water(seed)))[band]
    noise_sd = 0.02 * np.sqrt(2 * SCAN.points)
    assert np.sqrt(np.mean(abs(error) ** 2)) < noise_sd
    assert np.sqrt(np.mean(abs(error) ** 2)) < 0.1 * np.sqrt(np.mean(abs(tails) ** 2))


def test_lines_are_found_as_planted():
    lines = decompose(metabolites(), SCAN, lines=5)
    order = np.argsort(SCAN.shift_ppm(lines.frequency_hz))
    np.testing.assert_allclose(SCAN.shift_ppm(lines.frequency_hz)[order], [2.01, 3.03, 3.21, 3.93, 4.1], atol=1e-6)
    np.testing.assert_allclose(abs(lines.amplitude)[order], [1.0, 0.6, 0.3, 0.4, 0.2], rtol=1e-6)


def test_lipid_region_by_name_of_its_range():
    fat = 5 * rotation(SCAN.time_s, SCAN.frequency_hz(1.3)) * np.exp(-60 * SCAN.time_s)
    noise = 0.01 * (np.random.default_rng(0).normal(size=(SCAN.points, 2)) @ [1, 1j])
    clean, _ = remove_lines(metabolites() + fat + noise, SCAN, regions_ppm=((0.5, 1.7),))
    assert np.linalg.norm(clean - metabolites() - noise) < 0.05 * np.linalg.norm(fat)


def test_a_stub_of_a_signal_is_refused():
    with pytest.raises(InputError, match="too few"):
        decompose(np.ones(4, complex), SCAN)
