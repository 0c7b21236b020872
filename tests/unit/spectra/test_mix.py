"""Every imperfection does to a FID what its definition says, alone and on the right state."""

import numpy as np
import pytest
from spectra_signals import line

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.signal import spectrum
from mrsgap.spectra.broad import BASELINE_BAND_PPM
from mrsgap.spectra.mix import clean_fid

ACQUISITION = Acquisition(123.23, 3.0, 2000, 600)
TIME_S = ACQUISITION.time_s
ITEMS, METABOLITES, BASES = 4, 3, 2
RNG = np.random.default_rng(8)
POOL = (RNG.normal(size=(BASES, METABOLITES, 2, 600)) + 1j * RNG.normal(size=(BASES, METABOLITES, 2, 600))).astype(np.complex64)
POOL *= np.exp(-TIME_S / 0.05)  # so that the largest |FID| is at the start and spectra are smooth
AMOUNT = RNG.uniform(0.1, 1, (ITEMS, METABOLITES)).astype(np.float32)
BASIS = np.array([0, 1, 1, 0])
PURE = np.einsum("im,imet->iet", AMOUNT, POOL[BASIS].astype(complex))


def mixed(**draws):
    draws = {name: np.asarray(values, np.float32) for name, values in draws.items()}
    fid, largest = clean_fid(AMOUNT, {"basis": BASIS, **draws}, POOL, ACQUISITION)
    assert fid.dtype == np.complex64
    return np.asarray(fid), np.asarray(largest)


def close(found, expected):
    assert np.max(np.abs(found - expected)) < 1e-5 * np.max(np.abs(expected))


def each(low, high, *shape):
    return np.linspace(low, high, ITEMS * int(np.prod(shape))).reshape(ITEMS, *shape).astype(np.float32)


def test_no_imperfection_is_the_weighted_sum_of_the_item_s_own_basis():
    fid, largest = mixed()
    close(fid, PURE)
    close(largest, np.max(np.abs(PURE), axis=-1))


def test_lorentzian_and_gaussian_widths_multiply():
    lorentz, gauss = each(0, 9), each(5, 0)
    expected = np.exp(-np.pi * lorentz[:, None] * TIME_S - (np.pi * gauss[:, None] * TIME_S) ** 2 / (4 * np.log(2)))
    close(mixed(linewidth_hz=lorentz, gaussian_linewidth_hz=gauss)[0], PURE * expected[:, None])


def test_metabolites_have_widths_and_shifts_of_their_own():
    width, own, shift = each(1, 3), each(-2, 4, METABOLITES), each(-0.05, 0.05, METABOLITES)
    total = np.maximum(width[:, None] + own, 0)
    assert np.any(width[:, None] + own < 0)  # so that the floor at zero is tried
    turn = np.exp((-np.pi * total - 2j * np.pi * shift * ACQUISITION.larmor_mhz)[..., None] * TIME_S)
    expected = np.einsum("im,imt,imet->iet", AMOUNT, turn, POOL[BASIS].astype(complex))
    close(mixed(linewidth_hz=width, metabolite_linewidth_hz=own, metabolite_shift_ppm=shift)[0], expected)


def test_a_positive_shift_moves_towards_higher_ppm():
    singlet = np.broadcast_to(line(2.0, ACQUISITION, 5.0), (1, 1, 2, 600)).astype(np.complex64)
    draws = {"basis": np.zeros(1, int), "metabolite_shift_ppm": np.ones((1, 1), np.float32)}
    moved, _ = clean_fid(np.ones((1, 1), np.float32), draws, singlet, ACQUISITION)
    assert abs(ACQUISITION.ppm[np.argmax(np.abs(spectrum(np.asarray(moved)[0, 0])))] - 3.0) < 0.02


def test_phase_offset_and_eddy_current_act_alike_on_both_states():
    phase, offset, eddy, decay_ms = each(-90, 90), each(-12, 12), each(5, 40), each(10, 80)
    angle = np.deg2rad(phase[:, None] + eddy[:, None] * np.exp(-TIME_S * 1e3 / decay_ms[:, None]))
    expected = PURE * np.exp(1j * (angle + 2 * np.pi * offset[:, None] * TIME_S))[:, None]
    draws = {"eddy_current_phase_deg": eddy, "eddy_current_decay_ms": decay_ms}
    close(mixed(phase_deg=phase, frequency_offset_hz=offset, **draws)[0], expected)


def test_mismatch_touches_edit_on_only():
    frequency, phase, gain = each(-3, 3), each(-20, 20), each(0.9, 1.1)
    fid, _ = mixed(edit_mismatch_frequency_hz=frequency, edit_mismatch_phase_deg=phase, edit_mismatch_gain=gain)
    close(fid[:, 0], PURE[:, 0])
    turn = gain[:, None] * np.exp(1j * (np.deg2rad(phase)[:, None] + 2 * np.pi * frequency[:, None] * TIME_S))
    close(fid[:, 1], PURE[:, 1] * turn)


def test_first_order_phase_is_linear_in_chemical_shift_and_zero_at_the_carrier():
    slope = each(-20, 20)
    fid, _ = mixed(first_order_phase_deg_per_ppm=slope)
    turn = np.exp(1j * np.deg2rad(slope[:, None] * (ACQUISITION.ppm - ACQUISITION.carrier_ppm)))
    close(spectrum(fid), spectrum(PURE) * turn[:, None])


def test_water_is_one_line_relative_to_edit_off_in_both_states():
    amplitude, width, position, phase = each(0.1, 3), each(3, 9), each(4.6, 4.8), each(-180, 180)
    draws = {
        "water_amplitude": amplitude,
        "water_linewidth_hz": width,
        "water_position_ppm": position,
        "water_phase_deg": phase,
    }
    fid, largest = mixed(**draws)
    turn = 2j * np.pi * ACQUISITION.frequency_hz(position) - np.pi * width
    line = (largest[:, 0] * amplitude * np.exp(1j * np.deg2rad(phase)))[:, None] * np.exp(turn[:, None] * TIME_S)
    close(fid - PURE, np.broadcast_to(line[:, None], fid.shape))
    close(largest, np.max(np.abs(PURE), axis=-1))  # water does not raise what noise is relative to


def test_baseline_is_smooth_within_its_band_and_as_large_as_asked():
    rng = np.random.default_rng(0)
    nodes = rng.normal(size=(ITEMS, 2, 12))
    fid, largest = mixed(baseline_amplitude=np.full(ITEMS, 0.3), baseline_width_ppm=each(0.4, 1.0), baseline_node=nodes)
    added = fid - PURE
    start = 0.3 * largest[:, :1] * nodes.sum(axis=-1) / np.sqrt(12)
    np.testing.assert_allclose(added[..., 0], start, atol=1e-5 * largest.max())
    absorption = spectrum(added * np.where(TIME_S == 0, 0.5, 1)).real  # half the first sample, or all bins are raised
    far = (ACQUISITION.ppm < BASELINE_BAND_PPM[0] - 1.5) | (ACQUISITION.ppm > BASELINE_BAND_PPM[1] + 1.5)
    assert np.max(np.abs(absorption[..., far])) < 1e-2 * np.max(np.abs(absorption))
    assert np.max(np.abs(added[..., TIME_S > 0.06])) < 1e-3 * np.max(np.abs(added))  # nothing narrower than its width


@pytest.mark.parametrize("name", ["linewidth_hz", "metabolite_linewidth_hz"])
def test_noise_scale_follows_the_lineshape(name):
    shape = (ITEMS,) if name == "linewidth_hz" else (ITEMS, METABOLITES)
    fid, largest = mixed(**{name: np.full(shape, 5.0)})
    close(largest, np.max(np.abs(fid), axis=-1))
