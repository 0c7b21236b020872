"""Peaks are found where the exact transform has them."""

import numpy as np
import pytest
from spectra_signals import ACQUISITION, line

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.spectra.align import exact_peak, jain_peak

OTHERS = [
    Acquisition(123.26, 4.7, 1250, 1024),
    Acquisition(123.26, 4.7, 2000, 2048),
    Acquisition(127.7, 4.65, 2500, 3001),
    Acquisition(123.23, 3.0, 2000, 200),
]


@pytest.mark.parametrize("acquisition", [ACQUISITION, *OTHERS], ids=str)
@pytest.mark.parametrize("linewidth_hz", [0.5, 2.0, 10.0])
def test_exact_peak_is_within_a_ten_thousandth_of_a_ppm(acquisition, linewidth_hz):
    shifts = 2.01 + np.linspace(-0.2, 0.2, 83)
    found, height = exact_peak(line(shifts, acquisition, linewidth_hz).astype(np.complex64), acquisition, 2.01, 0.25)
    np.testing.assert_allclose(found, shifts, atol=1e-5)
    z = np.exp(-np.pi * linewidth_hz * acquisition.dwell_s)
    np.testing.assert_allclose(height, (1 - z**acquisition.points) / (1 - z), rtol=1e-4)


def test_exact_peak_of_overlapping_lines_is_the_maximum_of_the_direct_transform():
    fid = (line(2.01) + 0.7 * np.exp(1.1j) * line(2.035, linewidth_hz=4.0)).astype(np.complex64)
    grid = np.arange(2.005, 2.02, 1e-5)
    kernel = np.exp(-2j * np.pi * np.outer(ACQUISITION.frequency_hz(grid), ACQUISITION.time_s))
    expected = grid[np.argmax(np.abs(kernel @ fid))]
    assert abs(float(exact_peak(fid[None], ACQUISITION, 2.01, 0.25)[0][0]) - expected) < 2e-5


def test_larger_peak_outside_the_range_is_ignored():
    fid = (line(2.01) + 5 * line(1.5)).astype(np.complex64)
    assert abs(float(exact_peak(fid[None], ACQUISITION, 2.01, 0.25)[0][0]) - 2.01) < 2e-3


def test_silence_and_nan_have_no_position():
    fid = np.zeros((2, ACQUISITION.points), np.complex64)
    fid[1] = np.nan
    assert np.all(np.isnan(exact_peak(fid, ACQUISITION, 2.01, 0.25)[0]))


def test_range_outside_the_spectral_width_is_refused():
    with pytest.raises(InputError, match="outside the spectral width"):
        exact_peak(np.ones((1, 256), np.complex64), Acquisition(123.23, 3.0, 250, 256), 2.01, 0.25)


def test_jain_is_close_but_biased():
    shifts = 2.01 + np.linspace(-0.002, 0.002, 41)
    error = np.asarray(jain_peak(line(shifts).astype(np.complex64), ACQUISITION, 2.01, 0.25)[0]) - shifts
    assert 1e-4 < np.max(np.abs(error)) < 2.1e-3  # half of one bin, which is 0.004 ppm


def test_jain_formula_on_three_bins():
    spectrum = np.zeros(4096, complex)
    k = int(np.argmin(np.abs(ACQUISITION.ppm - 2.01)))
    spectrum[k - 1 : k + 2] = 0.5, 1.0, 0.25
    fid = np.fft.ifft(np.fft.ifftshift(spectrum)).astype(np.complex64)
    ratio = 1.0 / 0.5  # the maximum over its larger neighbour, which is on the left
    expected = ACQUISITION.ppm[k - 1] - ratio / (1 + ratio) * (2000 / 4096 / 123.23)
    assert float(jain_peak(fid[None], ACQUISITION, 2.01, 0.25)[0][0]) == pytest.approx(expected, abs=1e-6)
