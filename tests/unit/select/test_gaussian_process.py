"""Posterior and joint draw against closed forms written out in NumPy."""

import numpy as np
import pytest
from planted_table import cnn_space

from mrsgap.select.gaussian_process import Posterior, expected_improvement, fit
from mrsgap.select.space import read_space

pytestmark = pytest.mark.usefixtures("float64")
SPACE = read_space("toy", {"hyper": {"act": ["tanh", "relu", "elu"], "depth": [2, 3, 5, 8]}})
THETA = np.log([0.8, 0.6, 1.7, 0.05])
OBSERVED = np.array([0, 3, 6, 7, 10])
VALUES = np.array([0.3, -1.1, 0.9, 0.2, 1.4])


def kernel(space, theta):
    """The kernel of every pair, entry by entry: the definition."""
    out = np.full((space.size, space.size), np.exp(theta[-2]))
    for a in range(space.size):
        for b in range(space.size):
            for i, option in enumerate(space.options):
                x, y = space.codes[a, i], space.codes[b, i]
                if option.ordered:
                    r = np.sqrt(5) * abs(x - y) / (len(option.values) - 1) / np.exp(theta[i])
                    out[a, b] *= (1 + r + r**2 / 3) * np.exp(-r)
                else:
                    out[a, b] *= np.exp(-float(x != y) / np.exp(theta[i]))
    return out


def closed_form(theta=THETA):
    full = kernel(SPACE, theta)
    gram = full[np.ix_(OBSERVED, OBSERVED)] + np.exp(theta[-1]) * np.eye(len(OBSERVED))
    cross = full[:, OBSERVED]
    return cross @ np.linalg.solve(gram, VALUES), full - cross @ np.linalg.solve(gram, cross.T)


def test_posterior_equals_the_closed_form():
    mean, deviation = Posterior(SPACE, OBSERVED, VALUES, THETA).predict()
    expected, covariance = closed_form()
    np.testing.assert_allclose(mean, expected, atol=1e-6)
    np.testing.assert_allclose(deviation, np.sqrt(np.diag(covariance)), atol=1e-6)


def test_draws_have_the_joint_mean_and_covariance_of_the_posterior():
    posterior, generator = Posterior(SPACE, OBSERVED, VALUES, THETA), np.random.default_rng(5)
    draws = np.stack([posterior.draw(generator) for _ in range(6000)])
    expected, covariance = closed_form()
    np.testing.assert_allclose(draws.mean(axis=0), expected, atol=0.07)  # 4 sd of the mean of 6000
    np.testing.assert_allclose(np.cov(draws.T), covariance, atol=0.13)


def test_pending_trials_keep_the_mean_and_lower_the_uncertainty():
    posterior = Posterior(SPACE, OBSERVED, VALUES, THETA)
    mean, deviation = posterior.predict()
    believed, lower = posterior.predict((2, 8))
    np.testing.assert_allclose(believed, mean, atol=1e-6)
    assert np.all(lower <= deviation + 1e-9)
    assert lower[2] < 0.7 * deviation[2]


def test_fit_finds_which_option_matters():
    space = cnn_space()
    generator = np.random.default_rng(0)
    observed = generator.choice(space.size, 60, replace=False)
    values = space.codes[observed, 2] - 1.0 + 0.05 * generator.standard_normal(60)
    lengths = np.exp(fit(space, observed, values, generator).theta[:6])
    assert np.argmin(lengths) == 2
    assert lengths[2] < 0.3 * np.delete(lengths, 2).min()


def test_fitted_process_predicts_held_out_configurations():
    space = cnn_space()
    generator = np.random.default_rng(1)
    truth = 0.5 * space.codes[:, 1] - 0.4 * space.codes[:, 3] * (space.codes[:, 4] == 1)
    truth = (truth - truth.mean()) / truth.std()
    observed = generator.choice(space.size, 100, replace=False)
    mean, _ = fit(space, observed, truth[observed] + 0.05 * generator.standard_normal(100), generator).predict()
    held_out = np.setdiff1d(np.arange(space.size), observed)
    assert np.corrcoef(mean[held_out], truth[held_out])[0, 1] > 0.98


def test_expected_improvement_equals_the_integral():
    mean, deviation, best, jitter = 0.3, 0.5, 0.1, 0.01
    f = np.linspace(mean - 8 * deviation, mean + 8 * deviation, 400_001)
    density = np.exp(-0.5 * ((f - mean) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))
    integral = np.trapezoid(np.maximum(best - jitter - f, 0) * density, f)
    assert expected_improvement(mean, deviation, best, jitter) == pytest.approx(integral, rel=1e-6)


def test_expected_improvement_without_uncertainty_is_the_gain():
    np.testing.assert_allclose(expected_improvement([0.0, 2.0], [0.0, 0.0], 1.0, 0.01), [0.99, 0.0])
