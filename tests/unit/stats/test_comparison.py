"""Paired tests against SciPy and statsmodels; distances and degenerate input."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from mrsgap.stats.comparison import compare_errors, holm, paired_test, standardised_wasserstein, study_tests


def test_wilcoxon_equals_scipy_and_counts_by_hand():
    rng = np.random.default_rng(0)
    better, worse = rng.uniform(0, 1, 14), rng.uniform(0.1, 1.1, 14)
    result = paired_test(better, worse)
    assert result["p"] == stats.wilcoxon(better, worse, alternative="less").pvalue
    assert result["win_proportion"] == np.mean(better < worse)
    assert result["mean_difference"] == pytest.approx(np.mean(better) - np.mean(worse))


def test_exact_p_by_hand():
    """Five pairs all smaller, no ties: 1 of the 2^5 sign patterns is as extreme."""
    assert paired_test([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])["p"] == pytest.approx(1 / 32)


def test_the_test_is_one_tailed():
    a, b = np.arange(8.0), np.arange(8.0) + np.linspace(0.1, 1, 8)
    assert paired_test(a, b)["p"] < 0.01
    assert paired_test(b, a)["p"] > 0.99


def test_holm_equals_statsmodels_and_ignores_nan():
    p = np.array([0.01, 0.04, np.nan, 0.03, 0.005, 0.8])
    known = np.isfinite(p)
    np.testing.assert_allclose(holm(p)[known], multipletests(p[known], method="holm")[1])
    assert np.isnan(holm(p)[2])
    assert holm([]).shape == (0,)


def test_degenerate_pairs_state_a_result_without_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        none = paired_test([], [])
        equal = paired_test([1, 2, 3, 4], [1, 2, 3, 4])
        single = paired_test([1.0], [2.0])
        gaps = paired_test([1, np.nan, 3], [2, 2, np.nan])
    assert np.isnan(none["p"])
    assert none["note"] == "no common experiment"
    assert equal["p"] == 1.0
    assert equal["note"] == "all differences are zero"
    assert single["p"] == 0.5
    assert "p cannot fall below 0.5" in single["note"]
    assert gaps["n"] == 1


def test_wasserstein_of_a_shift_is_the_shift_in_standard_deviations():
    errors = np.random.default_rng(1).normal(0, 2, 500)
    assert standardised_wasserstein(errors, errors + 3) == pytest.approx(3 / errors.std())
    assert standardised_wasserstein(errors, errors) == 0


def test_wasserstein_without_spread_or_data_is_nan():
    assert np.isnan(standardised_wasserstein([1, 1, 1], [1, 2, 3]))
    assert np.isnan(standardised_wasserstein([], [1, 2, 3]))
    assert np.isnan(standardised_wasserstein([1, 2], []))


def test_notable_above_one_and_change_of_mae():
    rng = np.random.default_rng(1)
    errors = np.abs(rng.normal(0, 0.1, 200))
    result = compare_errors(errors, errors + 0.2)
    assert result["notable"]
    assert result["mae_change"] == pytest.approx(0.2)
    assert not compare_errors(errors, errors + 0.001)["notable"]


def test_one_tailed_tests_of_two_training_sets_say_which_errs_less():
    errors = np.linspace(0.1, 0.5, 10)
    result = compare_errors(errors, errors - np.linspace(0.01, 0.09, 10))
    assert result["p_less"] == pytest.approx(1 / 2**10)
    assert result["p_more"] == pytest.approx(1.0)
    back = compare_errors(errors - np.linspace(0.01, 0.09, 10), errors)
    assert (back["p_less"], back["p_more"]) == (result["p_more"], result["p_less"])


def test_a_batch_measured_four_times_is_one_pair():
    names = ["E1", "E2", "E3", "E4a", "E4b", "E4c", "E4d"]
    rows = [{"dataset": "d", "metabolite": "GABA", "method": method, "training_set": "", "basis": "", "member": "fit",
             "series": name, "mae": level + 0.01 * place} for method, level in (("a", 0.1), ("b", 0.3))
            for place, name in enumerate(names)]  # fmt: skip
    test = study_tests(pd.DataFrame(rows), "d", [{"better": "a", "worse": ["b"], "metabolites": ["GABA"]}], [], "").iloc[0]
    assert (test["n"], test["p"]) == (7, pytest.approx(1 / 2**7))
    assert (test["n_batches"], test["p_batches"]) == (4, pytest.approx(1 / 2**4))
