"""Laws and recipes from the config: drawn as they say by training and by stand-ins, or refused with the key named."""

import jax
import numpy as np
import pytest
import scipy.stats
from reference_data import config

from mrsgap.core.errors import InputError
from mrsgap.core.laws import KINDS, read_law, sample
from mrsgap.spectra.imperfections import draw, read_recipe, with_recorded_noise

KEY = jax.random.key(3)


CONTINUOUS = [
    ({"uniform": [2, 5]}, scipy.stats.uniform(2, 3)), ({"normal": [1, 0.5]}, scipy.stats.norm(1, 0.5)),
    ({"log_uniform": [0.01, 10]}, scipy.stats.loguniform(0.01, 10)), ({"student": [2, 4]}, scipy.stats.t(4, scale=2)),
    ({"log_normal": [3, 0.5]}, scipy.stats.lognorm(0.5, scale=3)), ({"exponential": 2}, scipy.stats.expon(scale=2)),
    ({"beta": [4, 2, 0.3, 1.0]}, scipy.stats.beta(4, 2, loc=0.3, scale=0.7)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"), CONTINUOUS, ids=lambda value: next(iter(value), "") if type(value) is dict else ""
)
def test_training_and_stand_ins_draw_what_the_law_says(value, expected):
    law = read_law(value, "here")
    for values in (draw(KEY, law, (4000,)), sample(np.random.default_rng(3), law, (4000,))):
        assert scipy.stats.kstest(np.asarray(values), expected.cdf).pvalue > 0.01


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"fixed"}))
def test_ends_hold(kind):
    numbers = {"grid": [1, 2, 0.25], "choice": [1, 2], "beta": [1, 1, 1, 2], "exponential": 2}.get(kind, [1, 2])
    law = read_law({kind: numbers, "within": [1.25, 1.5]}, "here")
    for values in (draw(KEY, law, (100,)), sample(np.random.default_rng(3), law, (100,))):
        assert law.bounds == (1.25, 1.5)
        assert np.min(values) >= 1.25
        assert np.max(values) <= 1.5


@pytest.mark.parametrize(
    ("value", "options"),
    [(2.5, [2.5]), ({"grid": [0.5, 2, 0.5]}, [0.5, 1, 1.5, 2]), ({"grid": [1, 2, 0.4]}, [1, 1.4, 1.8, 2]),
     ({"choice": [3, 1, 7]}, [1, 3, 7])],
    ids=str,
)  # fmt: skip
def test_discrete_draws_take_every_option_equally(value, options):
    law = read_law(value, "here")
    found, counts = np.unique(np.asarray(draw(KEY, law, (4000,))), return_counts=True)
    np.testing.assert_allclose(found, options, rtol=1e-6)
    assert scipy.stats.chisquare(counts).pvalue > 0.01 or len(options) == 1
    assert law.bounds == (min(options), max(options))


@pytest.mark.parametrize(
    ("value", "message"),
    [("wide", "'wide' is no law"), (True, "no law"), ({}, "no law"),
     ({"beta": [1, 2]}, "takes 4"), ({"gamma": [1, 2]}, "no law"), ({"within": [0, 1]}, "no law"),
     ({"normal": [0, 1], "within": [1, 0]}, "within. runs from 1 down"), ({"student": [1, 0]}, "degrees of freedom"),
     ({"uniform": [1, 2], "normal": [0, 1]}, "no law"), ({"uniform": [2, 1]}, "from 2 down to 1"),
     ({"uniform": [1]}, "takes 2"), ({"normal": [0, -1]}, "SD"), ({"grid": [0, 1, 0]}, "step"), ({"choice": []}, "takes"),
     ({"log_uniform": [0, 1]}, "low of .log_uniform. must be > 0"), ({"normal": [0, float("nan")]}, "finite")],
    ids=str,
)  # fmt: skip
def test_nonsense_is_refused_with_its_place(value, message):
    with pytest.raises(InputError, match=message) as caught:
        read_law(value, "config: imperfections.study.linewidth_hz")
    assert "imperfections.study.linewidth_hz" in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"linewidth_hz": {"normal": [2, 1]}}, "`linewidth_hz` must be >= 0"), ({"linewidth_hz": -1.0}, r"must be >= 0.*-1"),
     ({"line_width": 2}, "unknown imperfection `line_width`"), ({"eddy_current": {"phase_deg": 3}}, "lacks `decay_ms`"),
     ({"eddy_current": {"phase_deg": 3, "decay_ms": 0}}, "decay_ms` must be > 0"),
     ({"noise": {"kind": "generalised_gaussian", "sigma": 0.01}}, "shape"),
     ({"noise": {"kind": "gaussian", "sigma": 0.01, "shape": 1}}, "shape")],
    ids=str,
)  # fmt: skip
def test_impossible_recipes_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        read_recipe(settings)


def test_shipped_recipes_read_and_equal_settings_are_equal_recipes():
    for settings in config("config.yaml")["imperfections"].values():
        source = settings["noise"].get("estimated_from")
        settings = with_recorded_noise(settings, ESTIMATE | {"set": source})
        recipe = read_recipe(settings)
        assert recipe == read_recipe(dict(reversed(settings.items())))
        assert hash(recipe) == hash(read_recipe(settings))


def test_what_is_not_named_is_off():
    assert read_recipe({}).laws == ()
    study = read_recipe(config("config.yaml")["imperfections"]["study"])
    assert [name for name, _ in study.laws] == ["linewidth_hz", "noise_sigma"]


RECORDED = {"linewidth_hz": 2.0, "noise": {"kind": "generalised_gaussian", "estimated_from": "mine", "relative_to": "edit_off"}}
ESTIMATE = {
    "set": "mine", "converged": True,
    "parameters": {"shape": {"mean": 1.4, "sd": 0.02, "low": 1.36, "high": 1.44}, "sigma_median": {"mean": 0.008},
                   "sigma_log_sd": {"mean": 0.4}},
}  # fmt: skip


def test_recorded_noise_gives_the_laws_of_a_training_set():
    laws = dict(read_recipe(with_recorded_noise(RECORDED, ESTIMATE)).laws)
    assert laws["noise_sigma"] == read_law({"log_normal": [0.008, 0.4]}, "")
    assert laws["noise_shape"] == read_law({"normal": [1.4, 0.02], "within": [1.36, 1.44]}, "")


def test_noise_with_laws_of_its_own_stays_as_it_is():
    own = {"linewidth_hz": 2.0, "noise": {"kind": "gaussian", "sigma": 0.01, "relative_to": "each"}}
    assert with_recorded_noise(own, None) is own


@pytest.mark.parametrize(("estimate", "complaint"), [
    (None, "the noise of `mine` has not been estimated"),
    (ESTIMATE | {"set": "other"}, "the noise of `mine` has not been estimated"),
    (ESTIMATE | {"converged": False}, "the chains for the noise of `mine` have not converged.*Raise `noise_estimate.warm_up`"),
])  # fmt: skip
def test_noise_that_is_not_known_is_refused(estimate, complaint):
    with pytest.raises(InputError, match=complaint):
        with_recorded_noise(RECORDED, estimate)
