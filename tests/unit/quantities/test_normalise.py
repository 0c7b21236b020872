"""Normalised concentrations equal hand values, and a spectrum that cannot be judged says why."""

import numpy as np
import pytest
from estimates import METABOLITES, compositions, estimates, quantities

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_table
from mrsgap.quantities.normalise import MAX, RATIO, correlation_text, normalise_concentrations, normalise_quantities, ratios
from mrsgap.quantities.table import answers_only, read_quantities, read_table

VALUES = np.array([[8.0, 2.0, 10.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


def test_sum_and_max():
    np.testing.assert_allclose(normalise_concentrations(VALUES, "sum")[:2], [[0.4, 0.1, 0.5], [1, 0, 0]])
    np.testing.assert_allclose(normalise_concentrations(VALUES, "max")[:2], [[0.8, 0.2, 1.0], [1, 0, 0]])
    assert normalise_concentrations(VALUES, "none") is VALUES


@pytest.mark.parametrize("how", ["sum", "max"])
def test_nothing_has_no_normalised_form(how):
    assert np.all(np.isnan(normalise_concentrations(VALUES, how)[2]))


@pytest.mark.parametrize("how", ["sum", "max"])
def test_idempotent(how):
    once = normalise_concentrations(VALUES[:2], how)
    np.testing.assert_array_equal(normalise_concentrations(once, how), once)


def test_unknown_words_are_refused():
    with pytest.raises(InputError, match="unknown normalisation 'sun'"):
        normalise_concentrations(VALUES, "sun")


def one_item(estimate, truth, metabolites=METABOLITES, **columns):
    truths = compositions({"E1": 1})
    table = estimates("cnn", truths, metabolites=metabolites, **columns)
    return table.assign(estimate=estimate, truth=truth)


def test_max_normalisation_equals_hand_values():
    table = normalise_quantities(one_item([4.0, 2.0, 1.0, 3.0, 8.0], [8.0, 0.0, 3.0, 12.0, 15.0]), MAX)
    np.testing.assert_allclose(table["estimate"], [0.5, 0.25, 0.125, 0.375, 1.0])
    np.testing.assert_allclose(table["error"], [0.5 - 8 / 15, 0.25, 0.125 - 0.2, 0.375 - 0.8, 0.0])


def test_naa_is_not_forced_to_one():
    table = normalise_quantities(one_item([10.0, 2.0, 1.0, 3.0, 5.0], [15.0, 3.0, 3.0, 3.0, 7.5]), MAX)
    np.testing.assert_allclose(table["estimate"], [1.0, 0.2, 0.1, 0.3, 0.5])
    np.testing.assert_allclose(table["truth"], [1.0, 0.2, 0.2, 0.2, 0.5])


def test_ratios_to_naa_equal_hand_values():
    table = normalise_quantities(one_item([10.0, 2.0, 1.0, 3.0, 5.0], [15.0, 3.0, 3.0, 3.0, 7.5]), RATIO)
    np.testing.assert_allclose(table["estimate"], [2.0, 0.4, 0.2, 0.6, 1.0])
    np.testing.assert_allclose(table["truth"], [2.0, 0.4, 0.4, 0.4, 1.0])


def test_the_overall_scale_of_a_method_does_not_matter():
    truths = compositions()
    one, other = (normalise_quantities(estimates("a", truths, scale=scale), MAX) for scale in (1.0, 1e-6))
    np.testing.assert_allclose(one["error"], other["error"], atol=1e-12)


AMPLITUDES, BOUNDS = np.array([4.0, 0.0, 1.0, 3.0, 8.0]), np.array([0.3, 0.2, 0.1, 0.2, 0.5])
TRUTH = [8.0, 0.0, 3.0, 12.0, 15.0]


def with_bounds(correlation, estimate=AMPLITUDES):
    """One spectrum whose five errors are correlated alike."""
    covariance = np.outer(BOUNDS, BOUNDS) * np.where(np.eye(5), 1.0, correlation)
    texts = [correlation_text(covariance, METABOLITES, place) for place in range(5)]
    return covariance, one_item(estimate, TRUTH).assign(crlb=BOUNDS, sd=BOUNDS, correlations=texts)


@pytest.mark.parametrize("norm", [MAX, RATIO])
@pytest.mark.parametrize("correlation", [0.0, 0.85])
def test_a_normalised_value_errs_as_its_bound_says(norm, correlation):
    """4,000 draws of an efficient estimator: spread over bound is 1 within 5 %, where the truth is 0 too, and NAA is exact."""
    covariance, table = with_bounds(correlation)
    draws = np.random.default_rng(0).multivariate_normal(AMPLITUDES, covariance, 4000)
    observed = (draws / draws[:, 4:]).std(axis=0)
    bound = normalise_quantities(table, norm)["crlb"].to_numpy()
    np.testing.assert_allclose(bound[:4] / observed[:4], 1.0, atol=0.05)
    assert bound[4] == 0


def test_bounds_are_independent_of_the_scale_and_of_the_order():
    _, table = with_bounds(0.5)
    whole = normalise_quantities(table, MAX)
    other = normalise_quantities(table.assign(estimate=7 * table["estimate"], crlb=7 * table["crlb"]).iloc[::-1], MAX)
    np.testing.assert_allclose(other["crlb"].iloc[::-1], whole["crlb"])


def test_a_bound_that_is_unknown_stays_unknown():
    _, table = with_bounds(0.5)
    table.loc[table["metabolite"] == "GABA", "crlb"] = np.nan
    bound = normalise_quantities(table, MAX)["crlb"]
    assert list(np.isnan(bound)) == [False, True, False, False, False]
    table.loc[table["metabolite"] == "NAA", "crlb"] = np.nan
    assert normalise_quantities(table, MAX)["crlb"].isna().all()


@pytest.mark.parametrize("norm", [MAX, RATIO])
def test_zero_truth_is_judged_like_any_other(norm):
    table = normalise_quantities(one_item([4.0, 0.8, 1.0, 3.0, 8.0], [8.0, 0.0, 3.0, 12.0, 15.0]), norm)
    gaba = table[table["metabolite"] == "GABA"].iloc[0]
    assert gaba["truth"] == 0
    np.testing.assert_allclose(gaba["error"], 0.1)


def test_a_failed_estimate_excludes_its_spectrum_with_the_reason():
    table = estimates("cnn", compositions({"E1": 3}))
    first = table["item"] == "E1_00"
    failed = first & (table["metabolite"] == "Glu")
    table.loc[failed, "estimate"], table.loc[failed, "status"], table.loc[failed, "reason"] = np.nan, "failed", "time-out"
    result = normalise_quantities(table, MAX)
    assert result.loc[first, "error"].isna().all()
    assert set(result.loc[first, "excluded"]) == {"an estimate failed"}
    assert result.loc[~first, "error"].notna().all()


@pytest.mark.parametrize(
    ("estimate", "truth", "norm", "reason"),
    [
        ([0, 0, -1, 0, 0], [8, 0, 3, 12, 15], MAX, "all estimates <= 0"),
        ([1, 1, 1, 1, 0], [8, 0, 3, 12, 15], RATIO, "NAA estimate <= 0"),
        ([1, 1, 1, 1, 1], [0, 0, 0, 0, 0], MAX, "all truths are zero"),
        ([1, 1, 1, 1, 1], [1, 1, 1, 1, 0], RATIO, "true NAA is zero"),
        ([1, 1, 1, 1, 1], [1, 1, 1, 1, np.nan], MAX, "truth unknown"),
    ],
)
def test_a_spectrum_without_a_scale_says_why(estimate, truth, norm, reason):
    table = normalise_quantities(one_item(np.array(estimate, float), np.array(truth, float)), norm)
    assert table["error"].isna().all()
    assert set(table["excluded"]) == {reason}


def test_a_metabolite_that_a_method_never_quantifies_has_no_rows_and_no_part_in_the_scale():
    truth = np.array([20.0, 2.0, 3.0, 12.0, 15.0])  # Cr is the largest, and the method has none
    table = one_item(np.array([np.nan, 2.0, 3.0, 12.0, 15.0]), truth)
    table.loc[0, ["status", "reason"]] = ["failed", "not in the fit"]
    result = normalise_quantities(table, MAX)
    assert list(result["metabolite"]) == ["GABA", "Gln", "Glu", "NAA"]
    np.testing.assert_allclose(result["error"], 0.0)


def test_an_empty_table_stays_empty():
    assert normalise_quantities(one_item(1.0, 1.0).iloc[:0], MAX).empty


def test_ratio_and_its_uncertainty():
    table = ratios(quantities([{"metabolite": "NAA", "estimate": 2.0, "sd": 0.2, "truth": 10.0},
                               {"metabolite": "GABA", "estimate": 0.4, "sd": 0.02, "truth": 1.5}]), "NAA")  # fmt: skip
    assert table["ratio"].item() == pytest.approx(0.2)
    assert table["sd"].item() == pytest.approx(0.2 * np.hypot(0.05, 0.1))
    assert table["truth"].item() == pytest.approx(0.15)


@pytest.mark.parametrize("naa", [0.0, -1.0, np.nan])
def test_no_ratio_without_a_reference(naa):
    rows = [{"metabolite": "NAA", "estimate": naa, "sd": 0.1}, {"metabolite": "GABA", "estimate": 0.4, "sd": 0.1}]
    table = ratios(quantities(rows), "NAA")
    assert np.isnan(table["ratio"].item())
    assert table["status"].item() == "failed"
    assert "NAA" in table["reason"].item()


def test_a_refusal_stays_one():
    rows = [
        {"metabolite": name, "estimate": np.nan, "status": "refused", "reason": "another field"} for name in ("NAA", "GABA")
    ]
    table = ratios(quantities(rows), "NAA")
    assert table["status"].item() == "refused"
    assert table["reason"].item() == "another field"


def test_a_flag_on_the_reference_reaches_the_ratio():
    rows = [{"metabolite": "NAA", "estimate": 2.0, "sd": 0.2, "status": "flagged", "reason": "broad"},
            {"metabolite": "GABA", "estimate": 0.4, "sd": 0.02}]  # fmt: skip
    table = ratios(quantities(rows), "NAA")
    assert table["status"].item() == "flagged"
    assert table["reason"].item() == "NAA: broad"


def test_copies_stand_for_themselves_only_without_an_ensemble():
    copies = [
        {"method": "net", "metabolite": "NAA", "estimate": x, "sd": np.nan, "fold": f} for f, x in (("0", 1.0), ("1", 3.0))
    ]
    alone = answers_only(quantities(copies[:1]))
    assert alone[["estimate", "fold"]].to_numpy().tolist() == [[1.0, ""]]
    assert alone["sd"].isna().all()
    with pytest.raises(ValueError, match="several copies but no ensemble"):
        answers_only(quantities(copies))
    both = answers_only(quantities([*copies, {"method": "net", "metabolite": "NAA", "estimate": 2.1, "sd": 0.5}]))
    assert both["estimate"].tolist() == [2.1]


def test_a_ratio_errs_as_its_sd_says():
    """4,000 draws with errors correlated by 0.85: the sd is the spread within 5 %, also for an absent GABA."""
    names, truth, sd = ["Cr", "GABA", "NAA"], np.array([8.0, 0.0, 15.0]), np.array([0.4, 0.1, 0.7])
    covariance = np.outer(sd, sd) * np.where(np.eye(3), 1.0, 0.85)
    rows = [{"metabolite": name, "estimate": truth[place], "sd": sd[place],
             "correlations": correlation_text(covariance, names, place)} for place, name in enumerate(names)]  # fmt: skip
    draws = np.random.default_rng(1).multivariate_normal(truth, covariance, 4000)
    observed = (draws[:, :2] / draws[:, 2:]).std(axis=0)
    np.testing.assert_allclose(ratios(quantities(rows), "NAA")["sd"] / observed, 1.0, atol=0.05)


def test_an_item_called_007_stays_007(tmp_path):
    rows = [{"metabolite": name, "estimate": x, "sd": 0.1, "item": "007"} for name, x in (("NAA", 2.0), ("GABA", 0.5))]
    write_table(tmp_path / "part.csv", quantities(rows))
    table = ratios(read_quantities(tmp_path / "part.csv"), "NAA")
    write_table(tmp_path / "ratios.csv", table)
    assert read_table(tmp_path / "ratios.csv")["item"].tolist() == ["007"]
