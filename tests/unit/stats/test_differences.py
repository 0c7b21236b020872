"""Paired differences: their intervals by coverage, and what they tell that two intervals do not."""

import numpy as np
import pandas as pd
import pytest
from estimates import compositions, estimates, study

from mrsgap.quantities.normalise import MAX, normalise_quantities
from mrsgap.quantities.table import add_labels
from mrsgap.stats.differences import difference_between, paired_differences
from mrsgap.stats.errors import OVERALL, item_errors, overall_errors

FOUR = ["Cr", "GABA", "Gln", "Glu"]


def generator(_metabolite):
    return np.random.default_rng(0)


def judged(quantities):
    return add_labels(normalise_quantities(quantities, MAX))


def differences(table, draws=300):
    return paired_differences(table, "phantoms", FOUR, 0.95, draws, generator)


def test_a_difference_is_that_of_the_two_errors():
    table = judged(study())
    summary = overall_errors(item_errors(table, FOUR, "lcm-joint", "study"), table, 0.95, 100, generator)
    mae = summary.set_index(["label", "metabolite"])["mae"]
    rows = differences(table)
    for metabolite in ("GABA", OVERALL):
        found = difference_between(rows, metabolite, "fcnn", "yae")["difference"]
        assert found == pytest.approx(mae["fcnn", metabolite] - mae["yae", metabolite])
    assert not rows[["first", "second"]].isin(["cnn (ensemble)"]).any(axis=None)


def test_either_way_round_is_the_same_difference():
    rows = differences(judged(study()))
    one, other = (difference_between(rows, "GABA", *pair) for pair in (("cnn", "fcnn"), ("fcnn", "cnn")))
    assert one["difference"] == -other["difference"]
    assert (one["low"], one["high"]) == (-other["high"], -other["low"])
    assert difference_between(rows, "GABA", "cnn", "absent") is None


def planted(seed, copies=3):
    """Judged rows of two networks with equal errors on average: batches, copies and spectra move them apart."""
    rng = np.random.default_rng(seed)
    batch, items = np.repeat(np.arange(10), 4), np.arange(40)
    shared = rng.normal(0, 0.5, 10)[batch]  # what moves the errors of both
    parts = []
    for label in ("a", "b"):
        own = rng.normal(0, 0.15, 10)[batch]
        for copy in range(copies):
            errors = 3 + shared + own + rng.normal(0, 0.1) + rng.normal(0, 0.2, 40)
            words = {"label": label, "member": "copy", "fold": "", "seed": str(copy)}
            parts.append(pd.DataFrame({"item": items, "series": batch.astype(str), "abs_error": errors}).assign(**words))
    return pd.concat(parts, ignore_index=True).assign(dataset="phantoms", metabolite="GABA")


def only_row(table):
    return paired_differences(table, "phantoms", ["GABA"], 0.95, 300, generator).iloc[0]


def test_intervals_over_ten_batches_and_three_trainings_cover_what_they_promise():
    tables = [only_row(planted(seed)) for seed in range(250)]
    assert np.mean([row["low"] <= 0 <= row["high"] for row in tables]) == pytest.approx(0.95, abs=0.04)


def test_without_the_spread_between_trainings_an_interval_would_be_too_short():
    one = [only_row(planted(seed, 1)) for seed in range(100)]
    assert np.mean([row["low"] <= 0 <= row["high"] for row in one]) < 0.9
    assert one[0]["note"] == "one training of a; one training of b"


def test_pairs_are_told_apart_whose_intervals_overlap():
    """The batches differ by far more than the methods do."""
    table = planted(1)
    table["abs_error"] += 0.4 * (table["label"] == "b")
    row = only_row(table)
    assert row["high"] < 0
    means = table.groupby(["label", "series"])["abs_error"].mean()
    half = 2.26 * means.groupby("label").std() / np.sqrt(10)
    centre = means.groupby("label").mean()
    assert centre["a"] + half["a"] > centre["b"] - half["b"]


def test_two_batches_have_a_difference_without_interval():
    rows = differences(judged(study({"E4a": 3, "E4b": 3, "E1": 3})))
    assert rows["difference"].notna().all()
    assert rows["low"].isna().all()
    assert rows["note"].str.contains("2 batches, 3 needed").all()


def test_methods_without_common_spectra_say_so():
    truths = compositions()
    first = estimates("a", truths[truths["series"] == "E1"])
    second = estimates("b", truths[truths["series"] == "E2"])
    rows = differences(judged(pd.concat([first, second], ignore_index=True)))
    assert set(rows["note"]) == {"no common spectrum"}
    assert differences(judged(study()).iloc[:0]).empty
