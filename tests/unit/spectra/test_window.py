"""Network input: exact values on a fixed grid, one shift and one scale per item, the same for every origin."""

import dataclasses

import numpy as np
import pytest
from spectra_signals import ACQUISITION, WINDOW, exact_spectrum, line, pair

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.spectra.window import CHANNELS, align, band_spectra, network_input

COMPLEX = ("off-real", "off-imaginary", "on-real", "on-imaginary")


def unaligned(**changes):
    return dataclasses.replace(WINDOW, alignment="none", **changes)


@pytest.mark.parametrize("points", [4096, 4095, 1000])
@pytest.mark.parametrize("bins", [2048, 2047])
def test_band_is_the_exact_transform_on_the_grid(points, bins):
    acquisition = Acquisition(123.23, 3.0, 2000, points)
    window = unaligned(points=bins)
    fid = np.stack([line(2.01, acquisition), line(3.9, acquisition, 1.0)])[None].astype(np.complex64)
    found = np.asarray(band_spectra(fid, np.zeros(1, np.float32), acquisition, window))[0]
    assert window.ppm[0] == 4.5
    assert window.ppm[-1] == 1.0
    for state, (shift, width) in enumerate([(2.01, 2.0), (3.9, 1.0)]):
        expected = exact_spectrum(shift, window.ppm, acquisition, width)
        assert np.max(np.abs(found[state] - expected)) < 2e-5 * np.max(np.abs(expected))


def test_known_peaks_lie_in_the_bins_the_study_names():
    magnitude = np.asarray(network_input(pair()[None].astype(np.complex64), ACQUISITION, WINDOW, ("off-magnitude",)))[0, 0]
    assert abs(int(np.argmax(magnitude)) - 1457) <= 1
    assert abs(int(np.argmax(magnitude[:1000])) - 869) <= 1
    assert magnitude.max() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(("naa", "creatine"), [(1.0, 0.5), (0.3, 1.0)])
def test_one_shift_for_both_states_on_the_larger_peak(naa, creatine):
    moved = np.stack([pair(naa, creatine, shift) for shift in (0.0, 0.07, -0.123)]).astype(np.complex64)
    shift_ppm = np.asarray(align(moved, ACQUISITION, WINDOW))
    np.testing.assert_allclose(shift_ppm, [0.0, 0.07, -0.123], atol=1e-4)
    spectra = np.asarray(network_input(moved, ACQUISITION, WINDOW, COMPLEX))
    np.testing.assert_allclose(spectra[1:], spectra[:1].repeat(2, 0), atol=2e-3)


def test_smaller_peak_does_not_decide():
    item = (line(2.01) + 0.5 * line(3.115)).astype(np.complex64)  # creatine 0.1 ppm off its reference
    fid = np.stack([item, item])[None]
    assert float(align(fid, ACQUISITION, WINDOW)[0]) == pytest.approx(0.0, abs=1e-4)


def test_scale_is_the_largest_edit_off_magnitude():
    fid = pair()[None].astype(np.complex64)
    fid[:, 1] *= 3  # edit-on larger than edit-off
    channels = ("off-magnitude", "on-magnitude")
    off, on = np.asarray(network_input(fid, ACQUISITION, WINDOW, channels))[0]
    assert off.max() == pytest.approx(1.0, abs=1e-6)
    assert on.max() == pytest.approx(1.8, rel=5e-3)
    assert np.asarray(network_input(fid, ACQUISITION, WINDOW, ("on-magnitude",)))[0, 0].max() == pytest.approx(on.max())


def test_every_channel_is_what_it_says():
    values = dict(zip(CHANNELS, np.asarray(network_input(pair()[None].astype(np.complex64), ACQUISITION, WINDOW, CHANNELS))[0]))
    states = {state: values[f"{state}-real"] + 1j * values[f"{state}-imaginary"] for state in ("off", "on", "diff")}
    np.testing.assert_allclose(states["diff"], states["on"] - states["off"], atol=1e-6)
    for state, spectrum in states.items():
        np.testing.assert_allclose(values[f"{state}-magnitude"], np.abs(spectrum), atol=1e-6)
    naa = np.argmax(values["off-magnitude"])
    assert values["diff-real"][naa] < -0.9  # NAA is negative in the difference


def test_clean_twin_takes_shift_and_scale_of_its_noisy_item():
    rng = np.random.default_rng(0)
    clean = pair(shift_ppm=0.031)[None].astype(np.complex64)
    noise = 0.03 * (rng.normal(size=clean.shape) + 1j * rng.normal(size=clean.shape)).astype(np.complex64)
    noisy = network_input(clean + noise, ACQUISITION, WINDOW, COMPLEX)
    twin = network_input(clean, ACQUISITION, WINDOW, COMPLEX, guide=clean + noise)
    alone = network_input(noise, ACQUISITION, WINDOW, COMPLEX, guide=clean + noise)
    np.testing.assert_allclose(noisy - twin, alone, atol=2e-6)  # linear: what is left is the noise and nothing else


def test_missing_states_stay_missing():
    fid = np.stack([pair(), pair(), np.zeros_like(pair())]).astype(np.complex64)
    fid[0, 1] = np.nan
    fid[1, 0] = np.nan
    found = np.asarray(network_input(fid, ACQUISITION, WINDOW, ("off-real", "on-real", "diff-real")))
    assert np.all(np.isfinite(found[0, 0]))
    assert np.all(np.isnan(found[0, 1:]))
    assert np.all(np.isnan(found[1:]))


@pytest.mark.parametrize("channels", [(), ("off-phase",), ("of-real",)])
def test_unknown_channels_are_refused(channels):
    with pytest.raises(InputError, match="channel"):
        network_input(pair()[None].astype(np.complex64), ACQUISITION, WINDOW, channels)


def test_band_outside_the_spectral_width_is_refused():
    narrow = Acquisition(123.23, 3.0, 300, 512)
    with pytest.raises(InputError, match=r"4\.5 ppm lies outside the spectral width"):
        network_input(np.ones((1, 2, 512), np.complex64), narrow, unaligned(), ("off-real",))


def test_same_signal_sampled_differently_gives_the_same_input():
    """No bin jitter between scanners: the grid is fixed, whatever the sampling (deviations.md 5)."""
    scanner = Acquisition(123.26, 4.7, 2500, 5120)  # the same 2.048 s
    ours = network_input(pair(linewidth_hz=3.0)[None].astype(np.complex64), ACQUISITION, WINDOW, ("off-magnitude",))
    theirs = network_input(pair(acquisition=scanner, linewidth_hz=3.0)[None].astype(np.complex64), scanner, WINDOW,
                           ("off-magnitude",))  # fmt: skip
    assert float(np.max(np.abs(ours - theirs))) < 3e-3
    assert int(np.argmax(ours)) == int(np.argmax(theirs))
