"""Artefact checks pass on a sound run and catch each kind of broken one."""

import numpy as np
import pandas as pd
import pytest
from estimates import study

from mrsgap.publish.artefacts import MUST, check_artefacts
from mrsgap.quantities.normalise import MAX
from mrsgap.stats.agreement import agreement_table
from mrsgap.stats.comparison import study_tests
from mrsgap.stats.errors import item_errors, overall_errors, series_errors
from mrsgap.stats.judge import judge

OVERALL = ["Cr", "GABA", "Gln", "Glu"]


def run(quantities):
    judged = judge(quantities, MAX, {}, {})
    items = item_errors(judged, OVERALL, "lcm-joint", "study")
    series = series_errors(items)
    comparisons = [{"better": "yae", "worse": ["cnn", "fcnn"], "metabolites": ["GABA"]}]
    tables = {
        "items": items.assign(norm=MAX),
        "errors": overall_errors(items, judged, 0.95, 200, lambda name: np.random.default_rng(0)).assign(norm=MAX),
        "series": series.assign(norm=MAX),
        "agreement": agreement_table(judged, 0.95, 200, lambda dataset: np.random.default_rng(0)),
        "tests": study_tests(series, "phantoms", comparisons, ["train"], "study"),
        "verdicts": pd.DataFrame({"id": ["a"], "verdict": ["exact"]}),
    }
    return quantities, tables


def failed(quantities, tables):
    checks = check_artefacts(quantities, tables, OVERALL)
    return set(checks.loc[~checks["passed"] & (checks["weight"] == MUST), "check"])


def test_a_sound_run_passes_and_so_does_an_empty_one():
    assert failed(*run(study())) == set()
    assert failed(*run(study().iloc[:0])) == set()


@pytest.mark.parametrize(
    ("table", "column", "value", "check"),
    [
        ("items", "truth", 1.5, "max-normalised truths lie in [0, 1]"),
        ("items", "estimate", 1.2, "max-normalised estimates do not exceed 1"),
        ("errors", "cluster_low", 0.9, "MAE lies within its own intervals"),
        ("errors", "rmse", 0.0, "RMSE is at least MAE"),
        ("series", "mae", 0.7, "series errors average to the overall error"),
        ("tests", "p_holm", 0.0, "p values lie in [0, 1], adjusted ones are not smaller"),
        ("verdicts", "verdict", "reproduced", "every verdict is one of the fixed words"),
        ("agreement", "r2", 1.1, "R² lies in [0, 1]"),
    ],
)
def test_a_broken_table_is_caught(table, column, value, check):
    quantities, tables = run(study())
    tables[table].loc[tables[table].index[0], column] = value
    assert check in failed(quantities, tables)


def test_items_in_two_series_and_truths_that_disagree_are_caught():
    quantities, tables = run(study())
    moved = quantities.copy()
    moved.loc[0, "series"] = "E99"
    assert "an item belongs to one series" in failed(moved, tables)
    changed = quantities.copy()
    changed.loc[0, "truth"] += 1
    assert "truth of an item is the same for every method" in failed(changed, tables)


def test_a_method_worse_than_a_constant_is_told_but_does_not_stop_the_run():
    bad = study()
    bad.loc[bad["method"] == "lcm-joint", "estimate"] = np.random.default_rng(0).uniform(
        0, 15, (bad["method"] == "lcm-joint").sum()
    )
    checks = check_artefacts(*run(bad), OVERALL).set_index("check")
    assert not checks.loc["fits beat a constant on the phantoms", "passed"]
    assert "lcm-joint" in checks.loc["fits beat a constant on the phantoms", "detail"]


def test_methods_judged_on_other_spectra_are_told():
    part = study()
    part = part[(part["method"] != "cnn") | (part["series"] != "E1")]
    checks = check_artefacts(*run(part), OVERALL).set_index("check")
    detail = checks.loc["all methods of a data set are judged on the same spectra", "detail"]
    assert "cnn (18 of 22 on phantoms)" in detail
    assert "yae" not in detail
