"""Agreement statistics against SciPy, statsmodels and values worked by hand."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from estimates import compositions, estimates, study
from scipy import stats

from mrsgap.quantities.normalise import MAX, normalise_quantities
from mrsgap.quantities.table import add_labels
from mrsgap.stats.agreement import VALUES, agreement_table, bland_altman, concordance, regression
from mrsgap.stats.bootstrap import batches

rng = np.random.default_rng(3)
TRUTH = rng.uniform(0, 1, 40)
ESTIMATE = 0.1 + 0.8 * TRUTH + rng.normal(0, 0.05, 40)


def test_regression_equals_statsmodels():
    fit = sm.OLS(ESTIMATE, sm.add_constant(TRUTH)).fit()
    line = regression(TRUTH, ESTIMATE)
    expected = (fit.params[1], fit.bse[1], fit.params[0], fit.bse[0], fit.rsquared, fit.pvalues[1])
    found = [line[name] for name in ("slope", "slope_se", "intercept", "intercept_se", "r2", "p")]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    ends = [line[f"{name}_{end}"] for name in ("intercept", "slope") for end in ("low", "high")]
    np.testing.assert_allclose(ends, fit.conf_int(0.05).ravel(), rtol=1e-9)


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


SERIES = np.array(["E1", "E2", "E3", "E4a", "E4b", "E4c", "E4d", "E6", "E7", "E8", "E9a", "E9b", "E11", "E14"])
REPEATS = 8


def planted(seed, own_slope=0.05):
    """Judged rows of 14 series of 10 batches: 80 % of the variance between series is shared within a batch."""
    generator = np.random.default_rng(seed)
    names, batch = np.unique(batches(SERIES), return_inverse=True)
    truth = np.tile(np.linspace(0, 1, REPEATS), len(SERIES))
    shift = generator.normal(0, np.sqrt(0.8), len(names))[batch] + generator.normal(0, np.sqrt(0.2), len(SERIES))
    slope = 0.9 + generator.normal(0, own_slope, len(names))[batch]
    estimate = np.repeat(slope, REPEATS) * truth + 0.05 + 0.1 * np.repeat(shift, REPEATS)
    estimate = estimate + generator.normal(0, 0.05, len(truth))
    words = {"label": "a", "method": "a", "basis": "", "training_set": "", "member": "fit", "oracle": False, "dataset": "d",
             "origin": "measured", "metabolite": "GABA", "fold": "", "seed": ""}  # fmt: skip
    return pd.DataFrame({"series": np.repeat(SERIES, REPEATS), "truth": truth, "estimate": estimate}).assign(**words)


def row_of(judged, draws=400, seed=0):
    table = agreement_table(judged, 0.95, draws, lambda dataset: np.random.default_rng(seed))
    assert len(table) == 1
    return table.iloc[0]


def test_intervals_over_ten_batches_cover_what_they_promise():
    """Slope, intercept and bias within 3 %. Limits of agreement cover 91 % (1,500 repeats): ten batches tell a spread badly."""
    truth = np.linspace(0, 1, REPEATS)
    variance = np.mean((0.05 - 0.1 * truth) ** 2) + 0.05**2 * np.mean(truth**2) + 0.1**2 + 0.05**2
    limit = 1.96 * np.sqrt(variance)
    true = dict(zip(VALUES, (0.9, 0.05, 0.0, -limit, limit)))
    rows = pd.DataFrame([row_of(planted(seed), 1000, seed) for seed in range(400)])
    inside = {name: ((rows[f"{name}_low"] <= value) & (value <= rows[f"{name}_high"])).mean() for name, value in true.items()}
    assert all(abs(inside[name] - 0.95) < 0.03 for name in ("slope", "intercept", "bias")), inside
    assert all(abs(inside[name] - 0.91) < 0.05 for name in ("lower", "upper")), inside
    textbook = [bland_altman(one["truth"], one["estimate"]) for one in map(planted, range(100))]
    assert np.mean([one["bias_low"] <= 0 <= one["bias_high"] for one in textbook]) < 0.6


def test_a_slope_that_only_batches_carry_is_not_significant():
    """Slopes of mean 0 that differ between batches: 5 % of tests may find one; the textbook finds far more."""
    judged = [planted(seed, own_slope=0.5) for seed in range(150)]
    judged = [one.assign(estimate=one["estimate"] - 0.9 * one["truth"]) for one in judged]
    resampled = np.mean([row_of(one, 200, place)["p"] < 0.05 for place, one in enumerate(judged)])
    assert resampled < 0.09
    assert np.mean([regression(one["truth"], one["estimate"])["p"] < 0.05 for one in judged]) > 0.3


def test_errors_between_batches_equal_statsmodels():
    """Of single copies: the sandwich estimator with g / (g - 1), without its other small-sample factor."""
    judged = planted(3)
    groups = np.unique(batches(judged["series"]), return_inverse=True)[1]
    fit = sm.OLS(judged["estimate"].to_numpy(), sm.add_constant(judged["truth"].to_numpy()))
    fit = fit.fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    factor = np.sqrt(10 / 9)
    row = row_of(judged)
    np.testing.assert_allclose([row["intercept_se"], row["slope_se"]], factor * fit.bse, rtol=1e-6)
    assert row["n_batches"] == 10


def test_limits_of_independent_spectra_are_the_textbooks():
    """One spectrum in each batch: the variance of the bias makes up for the degree of freedom that it takes."""
    judged = planted(5).iloc[::REPEATS].assign(series=[f"S{place}" for place in range(len(SERIES))])
    judged["truth"] = np.linspace(0, 1, len(judged))
    row, textbook = row_of(judged), bland_altman(judged["truth"], judged["estimate"])
    assert [row[name] for name in ("lower", "upper", "sd")] == pytest.approx(
        [textbook[name] for name in ("lower", "upper", "sd")]
    )


def test_copies_of_a_network_do_not_shorten_an_interval():
    one = planted(4)
    three = pd.concat([one.assign(seed=str(seed), member="copy") for seed in range(3)], ignore_index=True)
    single, many = row_of(one), row_of(three)
    assert many["n_copies"] == 3
    for name in VALUES:
        assert many[f"{name}_low"] == pytest.approx(single[f"{name}_low"])


def test_two_batches_have_no_interval_and_say_so():
    table = agreement_table(
        add_labels(normalise_quantities(study({"E1": 4, "E4a": 3, "E4b": 3}), MAX)), 0.95, 100, lambda name: rng
    )
    assert table[[f"{name}_low" for name in VALUES]].isna().all(axis=None)
    assert table["note"].str.contains("2 batches, 3 needed").all()
    assert table["bias"].notna().all()


def test_simulated_spectra_are_independent_and_keep_the_textbook():
    simulated = add_labels(normalise_quantities(estimates("cnn", compositions(), dataset="test").assign(series=""), MAX))
    row = agreement_table(simulated, 0.95, 100, lambda name: rng).query("metabolite == 'GABA'").iloc[0]
    mine = simulated[simulated["metabolite"] == "GABA"]
    assert row["slope_se"] == pytest.approx(regression(mine["truth"], mine["estimate"])["slope_se"])
    assert row["n_batches"] == 0
