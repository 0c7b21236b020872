"""The compact input: the same numbers whatever the field's offset, phase, gain, dwell, length and carrier; and white noise."""

import jax
import numpy as np
import pytest
from spectra_signals import line

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.spectra.compact import Compact, compact_noise_sd, compact_spectra, make_compact, settle
from mrsgap.spectra.window import network_input

COMPACT = Compact(4.2, 1.4, 293, (2.008, 3.027, 3.913), 0.2)
CHANNELS = ("off-real", "off-imaginary", "on-real", "on-imaginary")
PLAIN = Acquisition(127.73, 3.0, 2000, 4096)


def item(acquisition, offset_ppm=0.0, turn=1.0, naa=1.0, creatine=0.6):
    """An item (1, edit, time), complex64: NAA and both singlets of Cr, NAA gone from edit-on."""
    cr = creatine * (line(3.027 + offset_ppm, acquisition) + 0.66 * line(3.913 + offset_ppm, acquisition))
    off = naa * line(2.008 + offset_ppm, acquisition) + cr
    return (turn * np.stack([off, cr])[None]).astype(np.complex64)


def test_what_a_scanner_adds_to_all_signals_alike_is_taken_out():
    plain = np.asarray(network_input(item(PLAIN), PLAIN, COMPACT, CHANNELS))
    assert plain.shape == (1, 4, 293)
    for acquisition in (
        Acquisition(127.73, 4.65, 1250, 2048),
        Acquisition(127.73, 3.0, 1000, 864),
        Acquisition(127.73, 4.7, 4000, 4096),
    ):
        for offset_ppm, turn in ((0.06, 9.0), (-0.15, 0.1 * np.exp(2j)), (0.0, np.exp(-3j))):
            moved = np.asarray(network_input(item(acquisition, offset_ppm, turn), acquisition, COMPACT, CHANNELS))
            assert np.max(np.abs(moved - plain)) < 0.02 * np.max(np.abs(plain))  # sampling alone gives 0.8 %


@pytest.mark.parametrize(("naa", "creatine"), [(1.0, 0.0), (0.0, 1.0), (0.1, 1.0)])
def test_one_of_the_singlets_is_enough(naa, creatine):
    values = np.asarray(network_input(item(PLAIN, 0.05, np.exp(1j), naa, creatine), PLAIN, COMPACT, CHANNELS))[0]
    tallest = COMPACT.ppm[np.argmax(values[0])]
    assert abs(tallest - (2.008 if naa > creatine else 3.027)) < COMPACT.step_ppm
    assert values[0].max() > 5 * abs(values[0].min())  # upright


def test_an_axis_of_chemical_shifts_serves_every_field():
    for larmor_mhz in (122.0, 128.5):
        acquisition = Acquisition(larmor_mhz, 3.0, 2000, 4096)
        values = np.asarray(network_input(item(acquisition), acquisition, COMPACT, CHANNELS))[0, 0]
        assert COMPACT.ppm[np.argmax(values)] == pytest.approx(2.008, abs=COMPACT.step_ppm)


def test_noise_is_white_over_the_bins_and_has_the_stated_sd():
    acquisition = Acquisition(125.0, 3.0, 1000, 864)
    parts = jax.random.normal(jax.random.key(0), (2, 400, 2, 864))
    guide = np.repeat(item(acquisition), 400, axis=0)
    noise = np.asarray(compact_spectra(0.1 * (parts[0] + 1j * parts[1]).astype(np.complex64), acquisition, COMPACT, guide))
    assert noise.real.std() == pytest.approx(float(compact_noise_sd(0.1, acquisition, COMPACT)), rel=0.01)
    flat = noise.reshape(-1, 293)
    neighbours = np.mean(flat[:, 1:] * np.conj(flat[:, :-1])).real / np.mean(np.abs(flat) ** 2)
    assert abs(neighbours) < 0.01


def test_settled_spectra_stay_as_they_are():
    spectra = compact_spectra(item(PLAIN, 0.02, np.exp(1j)), PLAIN, COMPACT)
    once = settle(spectra, COMPACT)
    np.testing.assert_allclose(settle(once, COMPACT), once, atol=1e-5)
    assert np.sqrt(np.mean(np.abs(once[:, 0]) ** 2)) == pytest.approx(1.0, rel=1e-5)


def test_a_missing_state_or_an_empty_spectrum_gives_nan():
    missing = item(PLAIN)
    missing[:, 1] = np.nan
    values = np.asarray(network_input(missing, PLAIN, COMPACT, CHANNELS))
    assert np.isfinite(values[0, :2]).all()
    assert np.isnan(values[0, 2:]).all()
    assert np.isnan(np.asarray(network_input(np.zeros_like(missing), PLAIN, COMPACT, CHANNELS))).all()


@pytest.mark.parametrize(
    ("acquisition", "message"),
    [
        (Acquisition(127.73, 3.0, 2000, 1024), "lasts 0.512 s"),
        (Acquisition(127.73, 7.0, 600, 4096), "outside the spectral width"),
    ],
)
def test_recordings_that_do_not_hold_it_are_refused(acquisition, message):
    with pytest.raises(InputError, match=message):
        network_input(np.ones((1, 2, acquisition.points), np.complex64), acquisition, COMPACT, CHANNELS)


def test_settings_that_are_no_band_are_refused():
    good = {"high_ppm": 4.2, "low_ppm": 1.4, "points": 293, "comb_ppm": [2.008, 3.027, 3.913], "search_ppm": 0.2}
    assert make_compact(good) == COMPACT
    for wrong, message in (({"high_ppm": 1.0}, "must exceed"), ({"comb_ppm": [1.3]}, "outside the band")):
        with pytest.raises(InputError, match=message):
            make_compact(good | wrong)
