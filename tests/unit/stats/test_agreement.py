"""Agreement statistics against SciPy, statsmodels and values worked by hand."""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from mrsgap.stats.agreement import bland_altman, concordance, regression

rng = np.random.default_rng(3)
TRUTH = rng.uniform(0, 1, 40)
ESTIMATE = 0.1 + 0.8 * TRUTH + rng.normal(0, 0.05, 40)


def test_regression_equals_statsmodels():
    fit = sm.OLS(ESTIMATE, sm.add_constant(TRUTH)).fit()
    line = regression(TRUTH, ESTIMATE)
    expected = (fit.params[1], fit.bse[1], fit.params[0], fit.bse[0], fit.rsquared, fit.pvalues[1])
    found = [line[name] for name in ("slope", "slope_se", "intercept", "intercept_se", "r2", "p")]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_bland_altman_equals_the_1986_formulas():
    difference = ESTIMATE - TRUTH
    result = bland_altman(TRUTH, ESTIMATE)
    assert result["bias"] == pytest.approx(difference.mean())
    low, high = stats.t.interval(0.95, 39, difference.mean(), stats.sem(difference))
    assert (result["bias_low"], result["bias_high"]) == pytest.approx((low, high))
    sd = difference.std(ddof=1)
    assert result["upper"] == pytest.approx(difference.mean() + 1.96 * sd)
    half = stats.t.ppf(0.975, 39) * np.sqrt(sd**2 / 40 + 1.96**2 * sd**2 / (2 * 39))
    assert result["upper_high"] - result["upper"] == pytest.approx(half)


def test_bland_altman_limit_intervals_cover():
    """The interval of the upper limit holds the true one in about 95 of 100 data sets."""
    draws = np.random.default_rng(5).normal(0, 1, (2000, 30))
    inside = [result["upper_low"] <= 1.96 <= result["upper_high"] for result in (bland_altman(0 * row, row) for row in draws)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)


def test_concordance_by_hand():
    # truth 1, 2, 3 (variance 2/3), estimate 2, 3, 4: covariance 2/3, shift 1: 2 (2/3) / (2/3 + 2/3 + 1) = 4/7
    assert concordance([1, 2, 3], [2, 3, 4])["concordance"] == pytest.approx(4 / 7)
    assert concordance([1, 2, 3], [1, 2, 3])["concordance"] == pytest.approx(1)
    assert concordance([1, 2, 3], [3, 2, 1])["concordance"] == pytest.approx(-1)


@pytest.mark.parametrize("statistic", [regression, bland_altman, concordance])
def test_nan_pairs_are_left_out(statistic):
    with_gaps = np.append(ESTIMATE, [np.nan, 1.0])
    assert statistic(np.append(TRUTH, [0.5, np.nan]), with_gaps) == statistic(TRUTH, ESTIMATE)


@pytest.mark.parametrize(
    ("truth", "estimate", "note"),
    [
        ([], [], "0 pairs"),
        ([1, 2], [1, 2], "2 pairs"),
        ([1, 1, 1], [1, 2, 3], "constant truth"),
        ([1, 2, 3], [5, 5, 5], "constant"),
    ],
)
def test_degenerate_lines_state_why_without_warnings(truth, estimate, note):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        line = regression(truth, estimate)
        bland_altman(truth, estimate)
        concordance(truth, estimate)
    assert note in line["note"]
    assert line["slope"] == 0 if note == "constant" else np.isnan(line["slope"])


def test_equal_differences_are_stated():
    assert bland_altman([1, 2, 3], [2, 3, 4])["note"] == "all differences are equal"
