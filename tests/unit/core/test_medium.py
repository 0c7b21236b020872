"""The medium of a recording: the manifest's word before what the signal shows."""

import numpy as np
import pytest
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.medium import IN_VIVO, PHANTOM, choline_over_creatine, medium_of
from mrsgap.core.signal import lorentzian, rotation

SCAN = Acquisition(larmor_mhz=123.2, carrier_ppm=4.7, spectral_width_hz=2000.0, points=2048)


def off(choline, linewidth_hz=5.0, noise=0.02, shift_ppm=0.0, seed=0):
    """NAA, creatine, and choline relative to creatine."""
    lines = [(2.01, 1.3), (3.027, 1.0), (3.92, 0.7), (3.215, choline)]
    fid = sum(size * rotation(SCAN.time_s, SCAN.frequency_hz(ppm + shift_ppm)) for ppm, size in lines)
    fid = fid * lorentzian(SCAN.time_s, linewidth_hz) * np.exp(0.7j)
    return fid + noise * (np.random.default_rng(seed).normal(size=(SCAN.points, 2)) @ [1, 1j])


def spectra(fids, words=None):
    values = np.stack([np.stack([fid, fid]) for fid in fids])
    whole = xr.Dataset({"fid": (("item", "edit", "time"), values)}, coords={"edit": ["off", "on"]}, attrs=SCAN.as_attributes())
    return whole if words is None else whole.assign(medium=("item", words))


@pytest.mark.parametrize("linewidth_hz", [3, 8, 12])
@pytest.mark.parametrize("shift_ppm", [0.0, 0.08])
def test_choline_is_seen_and_creatines_tail_is_not_taken_for_it(linewidth_hz, shift_ppm):
    for seed in range(5):
        assert choline_over_creatine(off(0.35, linewidth_hz, shift_ppm=shift_ppm, seed=seed), SCAN) > 0.2
        assert choline_over_creatine(off(0.0, linewidth_hz, shift_ppm=shift_ppm, seed=seed), SCAN) < 0.15


def test_the_manifest_decides_before_the_signal():
    assert medium_of(spectra([off(0.4)], ["gel"])) == (PHANTOM, "the manifest")
    assert medium_of(spectra([off(0.0)], ["In vivo"])) == (IN_VIVO, "the manifest")


def test_the_signal_decides_where_the_manifest_says_nothing():
    assert medium_of(spectra([off(0.4), off(0.3), off(0.0)], ["", "", ""]))[0] == IN_VIVO
    assert medium_of(spectra([off(0.0), off(0.0)]))[0] == PHANTOM


def test_noise_and_absent_signals_count_as_a_phantom():
    noise = np.random.default_rng(1).normal(size=(SCAN.points, 2)) @ [1, 1j]
    assert np.isnan(choline_over_creatine(noise, SCAN))
    assert medium_of(spectra([noise, np.full(SCAN.points, np.nan + 0j)]))[0] == PHANTOM
