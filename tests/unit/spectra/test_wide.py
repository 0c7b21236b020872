"""The set `wide`: each imperfection does to a FID what its definition says, every draw is in the store, twins come back."""

import jax
import numpy as np
import pytest
from reference_data import config
from spectra_signals import line

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_key
from mrsgap.core.store import read_dataset
from mrsgap.spectra.imperfections import LINESHAPE_NODES, read_recipe
from mrsgap.spectra.mix import Pool, clean_fid
from mrsgap.spectra.resonances import group_cuts_ppm, split_resonances
from mrsgap.spectra.simulate import clean_items, simulate_spectra

ACQUISITION = Acquisition(125.0, 3.0, 1000, 512)
TIME_S = ACQUISITION.time_s
WIDE = config("config.yaml")["imperfections"]["wide"]
ITEMS = 3
SIGNAL = np.stack([line(2.0, ACQUISITION, 5.0), 0.4 * line(2.3, ACQUISITION, 5.0)])  # (edit, time)
POOL = SIGNAL[None, None].astype(np.complex64)  # one basis of one metabolite
AMOUNT = np.ones((ITEMS, 1), np.float32)


def mixed(**draws):
    draws = {name: np.asarray(values, np.float32) for name, values in draws.items()}
    return np.asarray(clean_fid(AMOUNT, {"basis": np.zeros(ITEMS, int), **draws}, POOL, ACQUISITION)[0])


def close(found, expected):
    assert np.max(np.abs(found - expected)) < 2e-5 * np.max(np.abs(expected))


def test_editing_efficiency_leaves_edit_on_partly_as_edit_off():
    share = np.array([1.0, 0.9, 0.0])
    expected = np.stack([[SIGNAL[0], e * SIGNAL[1] + (1 - e) * SIGNAL[0]] for e in share])
    close(mixed(editing_efficiency=share), expected)


def test_a_skew_is_a_second_component_in_linewidths_of_the_voigt_line():
    weight, offset, width = np.array([0.1, 0.4, 0]), np.array([1, -2, 1]), np.array([0.5, 1, 1])
    second = np.exp((2j * np.pi * offset * 3.0 - np.pi * width * 3.0)[:, None] * TIME_S)
    shape = (1 - weight[:, None]) + weight[:, None] * second
    expected = SIGNAL * (shape * np.exp(-np.pi * 3.0 * TIME_S))[:, None]
    close(mixed(linewidth_hz=[3.0] * 3, skew_weight=weight, skew_offset=offset, skew_width=width), expected)


def test_a_free_lineshape_broadens_and_does_not_shift():
    node = np.random.default_rng(1).normal(size=(ITEMS, LINESHAPE_NODES))
    drawn = {"free_lineshape_width_hz": [2.0] * 3, "free_lineshape_roughness": [0, 0.5, 1.0], "free_lineshape_node": node}
    shape = (mixed(**drawn) / SIGNAL)[:, 0]
    place_hz = np.linspace(-1.5, 1.5, LINESHAPE_NODES) * 2.0
    weights = np.exp(-4 * np.log(2) * (place_hz / 2.0) ** 2 + np.array([0, 0.5, 1.0])[:, None] * node)
    weights /= weights.sum(axis=1, keepdims=True)
    centre = (weights * place_hz).sum(axis=1, keepdims=True)
    close(shape, np.einsum("in,int->it", weights, np.exp(2j * np.pi * (place_hz - centre)[..., None] * TIME_S)))
    assert np.all(np.abs(np.angle(shape[:, 1])) < 1e-3)  # the phase starts flat: no first moment


def test_eddy_currents_are_the_integral_of_decaying_frequencies():
    hz, decay_ms = np.array([[1, 0], [2, -1], [-3, 0.5]]), np.array([[100, 50], [20, 300], [10, 80]])
    shift_hz = (hz[..., None] * np.exp(-TIME_S * 1e3 / decay_ms[..., None])).sum(axis=1)
    steps = 0.5 * (shift_hz[:, 1:] + shift_hz[:, :-1]) * ACQUISITION.dwell_s
    phase = 2 * np.pi * np.concatenate([np.zeros((ITEMS, 1)), np.cumsum(steps, axis=1)], axis=1)
    found = mixed(eddy_currents_frequency_hz=hz, eddy_currents_decay_ms=decay_ms)
    assert np.max(np.abs(found - SIGNAL * np.exp(1j * phase)[:, None])) < 1e-3  # of the trapezoidal sum


def test_drift_is_the_mean_over_frequencies():
    drift_hz = np.array([0, 1.5, 4.0])
    spread = drift_hz[:, None] * (np.arange(400) + 0.5 - 200) / 400
    mean = np.exp(2j * np.pi * spread[..., None] * TIME_S).mean(axis=1)
    found = mixed(drift_hz=drift_hz)
    assert np.max(np.abs(found - SIGNAL * mean[:, None])) < 1e-4


def test_water_lines_differ_between_the_states():
    draws = {
        "water_lines_amplitude": [[0.5, 1.0]] * 3,
        "water_lines_linewidth_hz": [[5, 8]] * 3,
        "water_lines_phase_deg": [[30, -90]] * 3,
        "water_lines_position_ppm": [[4.7, 4.6]] * 3,
        "water_lines_edit_gain": [[0.8, 1.2]] * 3,
        "water_lines_edit_phase_deg": [[10, -20]] * 3,
    }
    lines = [line(4.7, ACQUISITION, 5), line(4.6, ACQUISITION, 8)]
    start = [0.5 * np.exp(1j * np.radians(30)), np.exp(1j * np.radians(-90))]
    turned = [0.8 * np.exp(1j * np.radians(10)), 1.2 * np.exp(1j * np.radians(-20))]
    off = sum(a * one for a, one in zip(start, lines))
    on = sum(a * b * one for a, b, one in zip(start, turned, lines))
    close(mixed(**draws), np.broadcast_to(SIGNAL + np.stack([off, on]), (ITEMS, 2, 512)))


def test_backgrounds_are_broad_and_nearly_alike_in_both_states():
    draws = {
        "backgrounds_amplitude": [[0.05] * 4] * 3,
        "backgrounds_position_ppm": [[1, 2, 3, 4]] * 3,
        "backgrounds_width_ppm": [[0.5] * 4] * 3,
        "backgrounds_phase_deg": [[0, 180, 0, 180]] * 3,
        "backgrounds_edit_difference": [[0.1] * 4] * 3,
        "backgrounds_edit_node": [[1, -1, 0, 2]] * 3,
    }
    decay = np.exp(-((np.pi * 0.5 * 125.0 * TIME_S) ** 2) / (4 * np.log(2)))
    turns = np.exp(2j * np.pi * ACQUISITION.frequency_hz(np.arange(1, 5.0))[:, None] * TIME_S) * decay
    height = 0.05 * np.array([1, -1, 1, -1])
    extra = np.stack([height @ turns, (height * (1 + 0.1 * np.array([1, -1, 0, 2]))) @ turns])
    close(mixed(**draws), np.broadcast_to(SIGNAL + extra, (ITEMS, 2, 512)))


GROUPED = Acquisition(125.0, 3.0, 2000, 4096)


def grouped_pool():
    """Two metabolites: one with lines at 2.0 and 3.5 ppm, and one with a line at 2.5 ppm."""
    pair = line(2.0, GROUPED, 0.0) + 0.5 * line(3.5, GROUPED, 0.0)
    fid = np.stack([np.stack([one] * 2) for one in (pair, line(2.5, GROUPED, 0.0))])[None]
    return Pool(fid.astype(np.complex64), ("basis",), ("A", "B"), GROUPED)


def test_groups_of_resonances_add_up_and_move_on_their_own():
    pool = grouped_pool()
    assert len(group_cuts_ppm(pool.fid[:, 0], GROUPED)) == 1
    split = split_resonances(pool)
    assert split.rows == (0, 0, 1)
    np.testing.assert_allclose(split.fid[:, :2].sum(axis=1), pool.fid[:, 0], atol=1e-5)
    draws = {
        "basis": np.zeros(1, int),
        "resonance_shift_ppm": np.float32([[0.004, 0, 0]]),
        "linewidth_hz": np.float32([3]),
        "resonance_weight": np.float32([[1.1, 1, 1]]),
        "metabolite_shift_scale": np.float32([2.0]),
    }
    fid = np.asarray(clean_fid(np.float32([[1.0, 0.0]]), draws, split.fid, GROUPED, split.rows)[0])[0, 0]
    expected = line(2.0, GROUPED, 3.0) + 1.1 * 0.5 * line(3.508, GROUPED, 3.0)  # the group above the cut comes first
    assert np.max(np.abs(fid - expected)) < 0.01 * np.max(np.abs(expected))


def test_every_draw_of_wide_is_stored_and_gives_the_twin_again(tmp_path):
    truth = np.random.default_rng(0).random((70, 2))
    recipe = read_recipe(WIDE)
    simulate_spectra(tmp_path / "w.zarr", truth, grouped_pool(), recipe, named_key(1, "w"), {}, store_clean=True)
    spectra = read_dataset(tmp_path / "w.zarr", "fid")
    expected = {"basis", "noise_sd", "backgrounds_edit_node", "free_lineshape_node", *dict(recipe.laws)}
    assert set(spectra.attrs["draws"]) == expected
    assert spectra.resonance_shift_ppm.shape == (70, 3)
    assert spectra.eddy_currents_frequency_hz.shape == (70, 2)
    twins = clean_items(spectra, grouped_pool(), slice(3, 9))
    np.testing.assert_allclose(twins, spectra.fid_clean.values[3:9], atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"skew": {"weight": {"uniform": [0, 1.2]}, "offset": 0, "width": 1}}, "is a share"),
        ({"editing_efficiency": 1.1}, "is a share"),
        ({"skew": {"weight": 0.1}}, "lacks `offset`"),
        ({"eddy_currents": {"frequency_hz": 1, "decay_ms": {"normal": [5, 9]}}}, "must be > 0"),
    ],
)
def test_impossible_settings_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        read_recipe(settings)


def test_adding_an_imperfection_leaves_the_others_as_they_were():
    from mrsgap.spectra.imperfections import draw_imperfections

    keys = jax.random.split(jax.random.key(2), 4)
    fewer = {name: value for name, value in WIDE.items() if name not in ("skew", "backgrounds", "resonance")}
    some, everything = (draw_imperfections(keys, read_recipe(one), 2, 3, 5) for one in (fewer, WIDE))
    for name, values in some.items():
        np.testing.assert_array_equal(values, everything[name])
