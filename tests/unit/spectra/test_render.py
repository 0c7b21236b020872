"""Items from keys: noise by definition, twins, pools, and independence of batching."""

import jax
import numpy as np
import pytest
import scipy.stats
from reference_data import config
from spectra_signals import line

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_key
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.mix import Pool
from mrsgap.spectra.render import make_renderer, render_items, unit_noise
from mrsgap.spectra.window import Window, network_input

SMALL = Acquisition(123.23, 3.0, 2000, 1024)
WINDOW = Window(4.5, 1.0, 256, "exact", (3.015, 2.01), 0.25, "taper", 4.3, 4.75, 0.75)
NAMES = ("Cr", "GABA", "NAA")
STUDY = read_recipe({"linewidth_hz": 2.0, "noise": {"kind": "gaussian", "sigma": {"uniform": [0, 0.03]}}})


def pool(bases=1, acquisition=SMALL):
    cr, naa = line(3.015, acquisition, 0.0), line(2.01, acquisition, 0.0)
    gaba = np.stack([0 * cr, line(3.0, acquisition, 0.0)])
    one = np.stack([np.stack([cr, cr]), gaba, np.stack([naa, 0.1 * line(2.4, acquisition, 0.0)])])
    fid = np.stack([one * (1 + 0.5 * k) for k in range(bases)]).astype(np.complex64)
    return Pool(fid, tuple(f"basis-{k}" for k in range(bases)), NAMES, acquisition)


def render(recipe, items=64, bases=1, seed=1, first=0, truth=None):
    keys = jax.vmap(lambda item: jax.random.fold_in(named_key(seed, "test"), item))(np.arange(first, first + items))
    truth = np.random.default_rng(0).random((1000, 3)).astype(np.float32)[first : first + items] if truth is None else truth
    noisy, clean, draws = render_items(keys, truth, pool(bases).fid, recipe, SMALL)
    return np.asarray(noisy), np.asarray(clean), {name: np.asarray(values) for name, values in draws.items()}


@pytest.mark.parametrize("relative_to", ["edit_off", "each"])
def test_gaussian_noise_has_the_sd_it_says(relative_to):
    recipe = read_recipe({"noise": {"kind": "gaussian", "sigma": {"uniform": [0.01, 0.03]}, "relative_to": relative_to}})
    noisy, clean, draws = render(recipe)
    noise = noisy - clean
    largest = np.max(np.abs(clean), axis=-1)
    scale = largest if relative_to == "each" else largest[:, :1].repeat(2, axis=1)
    np.testing.assert_allclose(draws["noise_sd"], draws["noise_sigma"][:, None] * scale, rtol=1e-5)
    for part in (noise.real, noise.imag):
        unit = part / draws["noise_sd"][..., None]
        assert unit.std() == pytest.approx(1, abs=0.01)
        assert abs(unit.mean()) < 0.01
        assert scipy.stats.kstest(unit.ravel()[::7], "norm").pvalue > 0.01
    correlation = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in
                   [(noise.real, noise.imag), (noise[:, 0].real, noise[:, 1].real), (noise[1:].real, noise[:-1].real),
                    (noise[..., 1:].real, noise[..., :-1].real)]]  # fmt: skip
    assert np.max(np.abs(correlation)) < 0.02


@pytest.mark.parametrize("shape", [0.8, 1.0, 1.37, 2.0, 4.0])
def test_generalised_noise_has_its_distribution_in_the_frequency_domain(shape):
    recipe = read_recipe({"noise": {"kind": "generalised_gaussian", "sigma": 0.02, "shape": {"uniform": [0.5, 5.0]}}})
    keys = jax.random.split(jax.random.key(2), 24)
    noise = np.asarray(unit_noise(keys, 1024, recipe, {"noise_shape": np.full(24, shape, np.float32)}))
    assert np.std(noise.real) == pytest.approx(1, abs=0.02)
    values = np.fft.fft(noise, axis=-1, norm="ortho")
    expected = scipy.stats.gennorm(shape)
    unit = np.concatenate([values.real.ravel(), values.imag.ravel()]) * expected.std()
    assert scipy.stats.kstest(unit, expected.cdf).statistic < 0.008  # 98,304 values: 1 % level is 0.0052
    assert scipy.stats.kurtosis(unit) == pytest.approx(expected.stats("k"), rel=0.15, abs=0.05)


def test_off_means_off():
    noisy, clean, draws = render(read_recipe({}))
    np.testing.assert_array_equal(noisy, clean)
    assert set(draws) == {"basis", "noise_sd"}
    assert np.all(draws["noise_sd"] == 0)


def test_an_item_does_not_depend_on_its_batch():
    whole = render(STUDY, items=64)
    part = render(STUDY, items=10, first=30)
    np.testing.assert_array_equal(whole[2]["noise_sigma"][30:40], part[2]["noise_sigma"])
    np.testing.assert_allclose(whole[0][30:40], part[0], atol=1e-6)


def test_adding_an_imperfection_leaves_other_draws_as_they_were():
    settings = {"linewidth_hz": {"uniform": [1, 5]}, "noise": {"kind": "gaussian", "sigma": {"uniform": [0, 0.03]}}}
    before = render(read_recipe(settings))
    after = render(read_recipe({**settings, "phase_deg": {"normal": [0, 10]}, "frequency_offset_hz": {"normal": [0, 2]}}))
    for name in ("linewidth_hz", "noise_sigma"):
        np.testing.assert_array_equal(before[2][name], after[2][name])
    np.testing.assert_allclose(before[0] - before[1], after[0] - after[1], atol=1e-6)


def test_every_draw_of_the_full_recipe_is_reported_and_follows_its_law():
    settings = config("config.yaml")["imperfections"]["scanner"]
    recipe = read_recipe(settings)
    _, _, draws = render(recipe, items=256, bases=3)
    assert set(draws) == {name for name, _ in recipe.laws} | {"basis", "noise_sd", "baseline_node"}
    assert scipy.stats.chisquare(np.bincount(draws["basis"], minlength=3)).pvalue > 0.01
    for name, law in recipe.laws:
        low, high = law.bounds
        assert np.all((draws[name] >= np.float32(low)) & (draws[name] <= np.float32(high) * (1 + 1e-6) if high > 0 else True))
        assert len(np.unique(draws[name])) > 200
    names = [name for name, _ in recipe.laws if draws[name].ndim == 1]
    correlation = np.corrcoef([draws[name] for name in names]) - np.eye(len(names))
    assert np.max(np.abs(correlation)) < 0.27  # 256 items: 4.3 standard errors


def test_edit_states_share_their_baseline_but_for_a_small_difference():
    settings = config("config.yaml")["imperfections"]["scanner"]["baseline"]
    quiet = {"amplitude": 0.1, "width_ppm": 0.5}
    nodes = render(read_recipe({"baseline": {**quiet, "edit_difference": 0.2}}), items=256)[2]["baseline_node"]
    assert nodes.std(axis=(0, 2)) == pytest.approx([1, np.sqrt(1.04)], abs=0.05)  # 3,072 values: four standard errors
    assert (nodes[:, 1] - nodes[:, 0]).std() == pytest.approx(0.2, abs=0.01)
    same = render(read_recipe({"baseline": {**quiet, "edit_difference": 0}}))[2]["baseline_node"]
    np.testing.assert_array_equal(same[:, 0], same[:, 1])
    shipped = render(read_recipe({"baseline": settings}), items=256)[2]["baseline_node"]
    assert (shipped[:, 1] - shipped[:, 0]).std() < 0.2 * shipped[:, 0].std()


def test_items_of_a_pool_come_from_the_basis_they_name():
    _, clean, draws = render(read_recipe({}), bases=2)
    alone = render(read_recipe({}), bases=1)[1]
    np.testing.assert_allclose(clean, alone * (1 + 0.5 * draws["basis"])[:, None, None], rtol=1e-5, atol=1e-6)


CHANNELS = ("off-real", "off-imaginary", "on-real", "on-imaginary")


def renderer(recipe=STUDY, clean=False, normalisation="sum", **concentrations):
    return make_renderer(pool(), recipe, {"sampler": "sobol", **concentrations}, WINDOW, CHANNELS, normalisation, clean=clean)


@pytest.fixture(scope="module")
def study():
    """One compiled renderer for the tests that do not need their own."""
    return renderer()


def test_rendered_batch_is_network_input_with_normalised_targets(study):
    batch = study(jax.random.key(1), 32)
    assert batch.inputs.shape == (32, 4, 256)
    assert batch.inputs.dtype == np.float32
    assert batch.clean is None
    np.testing.assert_allclose(batch.concentrations.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.abs(batch.inputs[:, 0] + 1j * batch.inputs[:, 1]).max(axis=-1), 1, rtol=1e-5)
    assert np.all(np.isfinite(batch.inputs))


def test_rendering_can_be_jitted_and_depends_on_its_key_alone(study):
    first, other = study(jax.random.key(1), 32), study(jax.random.key(2), 32)
    again = jax.jit(study, static_argnums=1)(jax.random.key(1), 32)
    np.testing.assert_allclose(first.inputs, again.inputs, atol=1e-5)
    assert np.max(np.abs(first.concentrations - other.concentrations)) > 0.1


def test_twin_differs_by_noise_only():
    noisy = renderer(clean=True)(jax.random.key(1), 256)
    residual = np.asarray(noisy.inputs - noisy.clean)
    assert 0 < residual.std() < 0.1
    assert abs(residual.mean()) < 0.002  # no shift or scale is left in it
    signal = np.asarray(noisy.clean)
    assert abs(np.sum(residual * signal) / np.sum(signal**2)) < 0.005


def test_targets_follow_ranges_and_zeros():
    batch = renderer(read_recipe({}), ranges={"GABA": [0.1, 0.2]}, absent_fraction=0.4, normalisation="none")(
        jax.random.key(3), 2000
    )
    amounts = np.asarray(batch.concentrations)
    gaba = amounts[:, 1][amounts[:, 1] > 0]
    assert np.all((gaba >= 0.1) & (gaba <= 0.2))
    assert np.mean(amounts == 0) == pytest.approx(0.4 - 0.4**3 / 3, abs=0.02)
    assert np.all(amounts.max(axis=1) > 0)


def test_ranges_for_unknown_metabolites_are_refused_at_once():
    with pytest.raises(InputError, match="Lac"):
        renderer(ranges={"Lac": [0, 1]})


def test_a_receiver_s_gain_does_not_matter():
    noisy, _, _ = render(STUDY, items=4)
    expected = network_input(noisy, SMALL, WINDOW, CHANNELS)
    np.testing.assert_allclose(network_input(noisy * np.float32(37.0), SMALL, WINDOW, CHANNELS), expected, atol=2e-5)
