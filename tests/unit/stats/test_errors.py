"""Error summaries against values worked by hand; intervals by their coverage."""

import warnings

import numpy as np
import pandas as pd
import pytest
from estimates import compositions, estimates, study

from mrsgap.quantities.normalise import MAX, normalise_quantities
from mrsgap.quantities.table import add_labels
from mrsgap.stats.bootstrap import batches, cluster_interval
from mrsgap.stats.errors import OVERALL, equal_groups, errors_by_group, item_errors, overall_errors, series_errors
from mrsgap.stats.judge import TEST_MEAN, constant_predictors, skill, training_mean

FOUR = ["Cr", "GABA", "Gln", "Glu"]


def summaries(quantities, with_constant=True):
    normalised = normalise_quantities(quantities, MAX)
    if with_constant:
        normalised = pd.concat([normalised, constant_predictors(normalised, {})], ignore_index=True)
    normalised = add_labels(normalised)
    items = item_errors(normalised, FOUR, "lcm-joint", "study")
    return items, overall_errors(items, normalised, 0.95, 500, lambda dataset: np.random.default_rng(0))


def cell(summary, label, metabolite):
    rows = summary[(summary["label"] == label) & (summary["metabolite"] == metabolite)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_mae_sem_and_interval_by_hand():
    quantities = estimates("lcm-joint", compositions(), seed=2)
    _items, summary = summaries(quantities)
    normalised = normalise_quantities(quantities, MAX)
    errors = normalised.loc[normalised["metabolite"] == "GABA", "abs_error"]
    row = cell(summary, "lcm-joint", "GABA")
    sem = errors.std(ddof=1) / np.sqrt(len(errors))
    assert row["mae"] == pytest.approx(errors.mean())
    assert row["sem"] == pytest.approx(sem)
    assert (row["normal_low"], row["normal_high"]) == pytest.approx(
        (errors.mean() - 1.959964 * sem, errors.mean() + 1.959964 * sem)
    )
    assert row["cluster_low"] < row["mae"] < row["cluster_high"]
    assert row["rmse"] ** 2 == pytest.approx(row["bias"] ** 2 + row["precision_sd"] ** 2)


def test_overall_is_the_mean_over_the_four_metabolites():
    _items, summary = summaries(study())
    for label in ("lcm-joint", "cnn"):
        assert cell(summary, label, OVERALL)["mae"] == pytest.approx(
            np.mean([cell(summary, label, name)["mae"] for name in FOUR])
        )


def test_copies_are_averaged_in_error_and_their_spread_is_told():
    quantities = study(seeds=3)
    normalised = normalise_quantities(quantities, MAX)
    _, summary = summaries(quantities)
    copies = normalised[(normalised["method"] == "cnn") & (normalised["seed"] != "") & (normalised["metabolite"] == "GABA")]
    per_copy = copies.groupby("seed")["abs_error"].mean()
    row = cell(summary, "cnn", "GABA")
    assert row["mae"] == pytest.approx(per_copy.mean())
    assert row["copies_sd"] == pytest.approx(per_copy.std(ddof=1))
    assert np.isnan(cell(summary, "cnn (ensemble)", "GABA")["copies_sd"])


def test_zero_truths_are_counted_and_told_apart():
    _items, summary = summaries(study())
    row = cell(summary, "cnn", "GABA")
    assert row["n_zero_truth"] == 6  # the first item of each series
    n = row["n_items"]
    parts = (row["n_zero_truth"] * row["mae_zero_truth"] + (n - row["n_zero_truth"]) * row["mae_nonzero_truth"]) / n
    assert row["mae"] == pytest.approx(parts)
    assert np.isnan(cell(summary, "cnn", "NAA")["mae_zero_truth"])


def test_experiment_errors_are_means_over_the_series():
    items, _ = summaries(study())
    series = series_errors(items)
    mine = items[(items["label"] == "cnn") & (items["series"] == "E2") & (items["metabolite"] == "Gln")]
    row = series[(series["label"] == "cnn") & (series["series"] == "E2") & (series["metabolite"] == "Gln")].iloc[0]
    assert row["mae"] == pytest.approx(mine["abs_error"].mean())
    assert row["n_items"] == 5


def test_the_constant_predictor_scores_the_mean_absolute_deviation_and_has_no_skill():
    truths = compositions()
    _, summary = summaries(estimates("lcm-joint", truths))
    scaled = truths[[*FOUR, "NAA"]].div(truths[[*FOUR, "NAA"]].max(axis=1), axis=0)
    deviation = (scaled - scaled.mean()).abs().mean()
    assert cell(summary, TEST_MEAN, "GABA")["mae"] == pytest.approx(deviation["GABA"])
    assert cell(summary, TEST_MEAN, "GABA")["skill"] == pytest.approx(0)
    row = cell(summary, "lcm-joint", "GABA")
    assert row["skill"] == pytest.approx(1 - row["mae"] / deviation["GABA"])


def test_the_training_mean_predictor_uses_the_training_composition():
    normalised = normalise_quantities(estimates("lcm-joint", compositions()), MAX)
    composition = pd.Series({"Cr": 0.5, "GABA": 0.5, "Gln": 0.5, "Glu": 0.5, "NAA": 0.5})
    rows = constant_predictors(normalised, {"train": composition})
    mine = rows[(rows["method"] == training_mean("train")) & (rows["metabolite"] == "GABA")]
    np.testing.assert_allclose(mine["abs_error"], (0.5 - mine["truth"]).abs())


def test_a_method_that_lacks_a_metabolite_has_no_overall_and_does_not_shrink_the_constant():
    truths = compositions()
    table = pd.concat([estimates("lcmodel-diff", truths, metabolites=[*FOUR[1:], "NAA"]), estimates("cnn", truths)])
    _, summary = summaries(table)
    assert OVERALL not in set(summary.loc[summary["label"] == "lcmodel-diff", "metabolite"])
    assert "Cr" not in set(summary.loc[summary["label"] == "lcmodel-diff", "metabolite"])
    assert "Cr" in set(summary.loc[summary["label"] == TEST_MEAN, "metabolite"])


def test_failed_spectra_are_counted_not_hidden():
    table = estimates("cnn", compositions())
    failed = table["item"].isin(["E1_00", "E3_01"])
    table.loc[failed, ["estimate", "status", "reason"]] = [np.nan, "failed", "diverged"]
    _, summary = summaries(table)
    assert (cell(summary, "cnn", "Glu")[["n_items", "n_failed"]] == [20, 2]).all()


def test_rmse_over_the_bound():
    _, summary = summaries(estimates("lcm-joint", compositions(), relative_bound=0.1))
    row = cell(summary, "lcm-joint", "Glu")
    assert row["rmse_over_crlb"] == pytest.approx(row["rmse"] / row["crlb"])
    assert np.isnan(cell(summary, TEST_MEAN, "Glu")["rmse_over_crlb"])


def test_a_network_is_held_against_the_bounds_of_the_fit_of_the_same_spectra():
    truths = compositions()
    table = pd.concat([estimates("lcm-joint", truths, relative_bound=0.1), estimates("cnn", truths)])
    items, summary = summaries(table)
    mine, fit = cell(summary, "cnn", "Glu"), cell(summary, "lcm-joint", "Glu")
    assert np.isnan(mine["rmse_over_crlb"])
    assert mine["fit_crlb"] == fit["crlb"] == fit["fit_crlb"] > 0
    assert mine["rmse_over_fit_crlb"] == pytest.approx(mine["rmse"] / fit["crlb"])
    one = items[(items["item"] == "E1_00") & (items["metabolite"] == "Glu")].set_index("label")
    assert one.loc["cnn", "fit_crlb"] == one.loc["lcm-joint", "crlb"]


@pytest.mark.parametrize("series", [{"E1": 1}, {"E1": 6}, {"E1": 1, "E2": 1}])
def test_one_series_or_one_item_gives_stated_gaps_without_warnings(series):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, summary = summaries(estimates("cnn", compositions(series), sd=0.0))
    row = cell(summary, "cnn", "GABA")
    assert row["mae"] == pytest.approx(0, abs=1e-15)
    assert np.isnan(row["cluster_low"]) == (len(series) < 3)


def test_a_method_without_a_single_answer_disappears_and_the_rest_stands():
    dead = estimates("lcmodel-off", compositions()).assign(estimate=np.nan, status="failed", reason="not installed")
    _, summary = summaries(pd.concat([dead, estimates("cnn", compositions())]))
    assert set(summary["label"]) == {"cnn", TEST_MEAN}


def test_skill_of_a_perfect_constant_is_undefined():
    assert np.isnan(skill(0.1, 0.0))
    assert skill(0.0, 0.2) == 1


def test_series_of_the_same_phantoms_are_one_batch():
    study = ["E1", "E2", "E3", "E4a", "E4b", "E4c", "E4d", "E6", "E7", "E8", "E9a", "E9b", "E11", "E14"]
    assert len(set(batches(study))) == 10
    assert batches(["control", "E4", ""]).tolist() == ["control", "E4", ""]


def test_interval_over_ten_batches_covers_what_it_promises():
    """80 % of the variance between series is shared within a batch (E4a-d, E9a-b): 95 % holds within 3 %, 14 series do not."""
    rng = np.random.default_rng(7)
    series = np.array(["E1", "E2", "E3", "E4a", "E4b", "E4c", "E4d", "E6", "E7", "E8", "E9a", "E9b", "E11", "E14"])
    names, index = np.unique(batches(series), return_inverse=True)
    repeats, trials = 8, 1000
    inside, naive, by_series = [], [], []
    for _ in range(trials):
        shared = rng.normal(0, np.sqrt(0.8), len(names))[index] + rng.normal(0, np.sqrt(0.2), len(series))
        values = np.repeat(shared, repeats) + rng.normal(0, 0.3, repeats * len(series))
        items = np.repeat(series, repeats)
        low, high = cluster_interval(values, batches(items), 0.95, 400, rng)
        inside.append(low <= 0 <= high)
        low, high = cluster_interval(values, items, 0.95, 400, rng)
        by_series.append(low <= 0 <= high)
        naive.append(abs(values.mean()) <= 1.96 * values.std(ddof=1) / np.sqrt(len(values)))
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)
    assert np.mean(by_series) < 0.92
    assert np.mean(naive) < 0.6


def test_cluster_interval_of_single_item_clusters_is_the_ordinary_bootstrap():
    values = np.random.default_rng(1).normal(3, 1, 200)
    low, high = cluster_interval(values, np.arange(200), 0.95, 4000, np.random.default_rng(2))
    half = 1.96 * values.std() / np.sqrt(200)
    np.testing.assert_allclose([low, high], [values.mean() - half, values.mean() + half], atol=0.02)


def test_groups_are_equal_and_unknown_values_stay_out():
    groups = equal_groups([5, 1, np.nan, 3, 2, 4, 6], 3)
    assert list(groups) == [2, 0, -1, 1, 0, 1, 2]
    assert set(equal_groups([1, 1, 1], 3)) == {0}
    assert set(equal_groups([np.nan], 3)) == {-1}


def test_errors_by_group_by_hand():
    items, _ = summaries(estimates("cnn", compositions(), relative_bound=0.1), with_constant=False)
    order = pd.Series(np.arange(items["item"].nunique(), dtype=float), index=items["item"].unique(), name="snr")
    table = errors_by_group(items, order, "snr", 2)
    gaba = items[items["metabolite"] == "GABA"].set_index("item").loc[order.index]
    row = table[(table["metabolite"] == "GABA") & (table["group"] == 1)].iloc[0]
    assert row["n_items"] == 11
    assert row["mae"] == pytest.approx(gaba["abs_error"].iloc[11:].mean())
    assert row["low"] == 11
    assert row["rmse_over_crlb"] == pytest.approx(row["rmse"] / np.sqrt((gaba["crlb"].iloc[11:] ** 2).mean()))


def test_labels_name_only_what_differs():
    truths = compositions()
    table = pd.concat([
        estimates("cnn", truths, training_set="a", basis="study", member=("", "0")),
        estimates("cnn", truths, training_set="b", basis="study"),
        estimates("yae", truths, training_set="a", basis="study"),
        estimates("lcm-off", truths, basis="study"), estimates("lcm-off", truths, basis="ideal"),
    ])  # fmt: skip
    assert set(add_labels(table)["label"]) == {"cnn · a", "cnn · b", "yae", "lcm-off · study", "lcm-off · ideal"}
    assert set(add_labels(table).query("method == 'cnn' and training_set == 'b'")["member"]) == {"fit"}
    assert add_labels(table.iloc[:0]).empty
