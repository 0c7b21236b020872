"""Water treatment: the study's clamp against a plain loop, and the taper."""

import dataclasses

import numpy as np
import pytest
from spectra_signals import ACQUISITION, WINDOW, line, pair

from mrsgap.core.acquisition import Acquisition
from mrsgap.spectra.water import clamp_water, water_taper
from mrsgap.spectra.window import network_input


def clamp_by_loop(fid, acquisition, centre_ppm, search_ppm):
    """The study's rule (study.md 3.6), bin by bin."""
    spectrum = np.fft.fftshift(np.fft.fft(fid))
    magnitude, ppm = np.abs(spectrum), acquisition.ppm
    near = np.flatnonzero(np.abs(ppm - centre_ppm) <= search_ppm)
    peak = near[np.argmax(magnitude[near])]
    median = np.median(magnitude)
    bin_ppm = acquisition.spectral_width_hz / acquisition.points / acquisition.larmor_mhz
    for side in (1, -1):
        k, quiet = peak, 0
        while 0 <= k < len(ppm) and abs(k - peak) * bin_ppm <= search_ppm / 2:
            if magnitude[k] > median:
                spectrum[k] *= median / np.abs(spectrum[k])
                quiet = 0
            elif k != peak:
                quiet += 1
                if quiet > 10:
                    break
            k += side
    return np.fft.ifft(np.fft.ifftshift(spectrum))


@pytest.mark.parametrize("acquisition", [ACQUISITION, Acquisition(123.26, 4.7, 1250, 1023)], ids=["even", "odd"])
def test_clamp_equals_the_loop(acquisition):
    rng = np.random.default_rng(5)
    shape = (12, acquisition.points)
    noise = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    water = line(rng.uniform(4.3, 5.2, 12), acquisition, 6.0, rng.uniform(0, 20, 12) * np.exp(2j * np.pi * rng.random(12)))
    fid = (line(2.01, acquisition) + water + rng.uniform(0.01, 0.3, (12, 1)) * noise).astype(np.complex64)
    expected = np.stack([clamp_by_loop(row, acquisition, 4.75, 0.75) for row in fid])
    np.testing.assert_allclose(clamp_water(fid, acquisition, 4.75, 0.75), expected, atol=3e-5 * np.max(np.abs(fid)))


def test_clamp_leaves_spectra_without_the_water_region_alone():
    narrow = Acquisition(123.23, 2.5, 400, 256)  # 0.9 to 4.1 ppm
    fid = line(2.01, narrow)[None].astype(np.complex64)
    np.testing.assert_array_equal(clamp_water(fid, narrow, 4.9, 0.5), fid)


def test_taper_removes_the_top_of_the_band_only():
    weights = water_taper(WINDOW.ppm, 4.3)
    assert weights[0] == pytest.approx(0)
    assert np.all(weights[WINDOW.ppm <= 4.3] == 1)
    assert np.all(np.diff(weights) >= 0)
    assert np.all(water_taper(WINDOW.ppm, 4.6) == 1)


@pytest.mark.parametrize("treatment", ["taper", "clamp"])
def test_strong_water_no_longer_sets_the_scale(treatment):
    window = dataclasses.replace(WINDOW, water=treatment)
    wet = pair() + 20.0 * line(4.55, linewidth_hz=4.0)
    noise = np.random.default_rng(1).normal(size=(2, *wet.shape)) * 0.01
    both = np.stack([pair(), wet]) + noise[0] + 1j * noise[1]
    untreated = np.asarray(network_input(both.astype(np.complex64), ACQUISITION, WINDOW, ("off-magnitude",)))[:, 0]
    treated = np.asarray(network_input(both.astype(np.complex64), ACQUISITION, window, ("off-magnitude",)))[:, 0]
    naa = np.argmax(untreated[0])
    assert untreated[1, naa] < 0.5  # the tail of water was the largest thing in the band
    assert treated[1, naa] == pytest.approx(1.0, abs=1e-6)  # NAA sets the scale again
