"""Distributions and recipes from the config: drawn as they say, or refused with the key named."""

import jax
import numpy as np
import pytest
import scipy.stats
from reference_data import config

from mrsgap.core.errors import InputError
from mrsgap.spectra.distribution import draw, read_distribution
from mrsgap.spectra.imperfections import read_recipe

KEY = jax.random.key(3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [({"uniform": [2, 5]}, scipy.stats.uniform(2, 3)), ({"normal": [1, 0.5]}, scipy.stats.norm(1, 0.5)),
     ({"log_uniform": [0.01, 10]}, scipy.stats.loguniform(0.01, 10))],
    ids=["uniform", "normal", "log-uniform"],
)  # fmt: skip
def test_continuous_draws_follow_their_distribution(value, expected):
    values = np.asarray(draw(KEY, read_distribution(value, "here"), (4000,)))
    assert scipy.stats.kstest(values, expected.cdf).pvalue > 0.01


@pytest.mark.parametrize(
    ("value", "options"),
    [(2.5, [2.5]), ({"grid": [0.5, 2, 0.5]}, [0.5, 1, 1.5, 2]), ({"grid": [1, 2, 0.4]}, [1, 1.4, 1.8, 2]),
     ({"choice": [3, 1, 7]}, [1, 3, 7])],
    ids=str,
)  # fmt: skip
def test_discrete_draws_take_every_option_equally(value, options):
    distribution = read_distribution(value, "here")
    found, counts = np.unique(np.asarray(draw(KEY, distribution, (4000,))), return_counts=True)
    np.testing.assert_allclose(found, options, rtol=1e-6)
    assert scipy.stats.chisquare(counts).pvalue > 0.01 or len(options) == 1
    assert distribution.bounds == (min(options), max(options))


@pytest.mark.parametrize(
    ("value", "message"),
    [("wide", "'wide' is no distribution"), (True, "no distribution"), ({}, "no distribution"),
     ({"beta": [1, 2]}, "no distribution"),
     ({"uniform": [1, 2], "normal": [0, 1]}, "no distribution"), ({"uniform": [2, 1]}, "from 2 down to 1"),
     ({"uniform": [1]}, "takes 2"), ({"normal": [0, -1]}, "SD"), ({"grid": [0, 1, 0]}, "step"), ({"choice": []}, "takes"),
     ({"log_uniform": [0, 1]}, "above 0"), ({"normal": [0, float("nan")]}, "finite")],
    ids=str,
)  # fmt: skip
def test_nonsense_is_refused_with_its_place(value, message):
    with pytest.raises(InputError, match=message) as caught:
        read_distribution(value, "config: imperfections.study.linewidth_hz")
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
        recipe = read_recipe(settings)
        assert recipe == read_recipe(dict(reversed(settings.items())))
        assert hash(recipe) == hash(read_recipe(settings))


def test_what_is_not_named_is_off():
    assert read_recipe({}).distributions == ()
    study = read_recipe(config("config.yaml")["imperfections"]["study"])
    assert [name for name, _ in study.distributions] == ["linewidth_hz", "noise_sigma"]
