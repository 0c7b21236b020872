"""The study's tables from a small run: right numbers, right marks, and a reason where a method is missing."""

import numpy as np
import pandas as pd
import pytest
from estimates import study

from mrsgap.core.names import MEASURED
from mrsgap.publish.evidence import reasons_for_absence
from mrsgap.publish.table_09_13 import (
    experiment_ranking,
    experiment_table,
    overall_table,
    overfitting_table,
    paired_tests_table,
    simulation_table,
)
from mrsgap.quantities.normalise import MAX
from mrsgap.show.printed import SYNTHETIC_NOTE, Table, as_latex, as_markdown, write_all
from mrsgap.stats.agreement import agreement_table
from mrsgap.stats.comparison import study_tests
from mrsgap.stats.errors import item_errors, overall_errors, series_errors
from mrsgap.stats.judge import TEST_MEAN, judge

SETTINGS = {
    "overall": ["Cr", "GABA", "Gln", "Glu"],
    "basis": "study",
    "study_methods": {"YAE": "yae", "CNN": "cnn", "FCNN": "fcnn", "LCModel-OFF": "lcmodel-off", "EncDec": "encdec"},
    "own_methods": {"Joint fit": "lcm-joint"},
}


@pytest.fixture(scope="module")
def run():
    return evidence(study())


def evidence(quantities, generating=None):
    judged = judge(quantities, MAX, {}, generating or {})
    items = item_errors(judged, SETTINGS["overall"], "lcm-joint", "study")
    summary = overall_errors(items, judged, 0.95, 200, lambda dataset: np.random.default_rng(0))
    settings = SETTINGS | {"absent": reasons_for_absence(quantities, SETTINGS)}
    return {
        "summary": summary,
        "series": series_errors(items),
        "agreement": agreement_table(judged, 0.95, 200, lambda dataset: np.random.default_rng(0)),
        "settings": settings,
    }


def test_overall_table_holds_the_summary_numbers(run):
    table = overall_table(run["summary"], run["settings"], "train", 12, "fixed")
    number = table.numbers.query("method == 'YAE' and metabolite == 'GABA'")["mae"].item()
    expected = run["summary"].query("label == 'yae' and metabolite == 'GABA'")["mae"].item()
    assert number == expected
    assert f"{expected:.4f}"[:5] in table.text.set_index("method").loc["YAE", "GABA"]


def test_every_error_table_has_the_constant_as_a_row(run):
    overall = overall_table(run["summary"], run["settings"], "train", 12, "fixed")
    simulation = simulation_table(run["summary"], run["agreement"], run["settings"], "train")
    experiments = experiment_table(run["series"], run["summary"], run["settings"], "train")
    assert TEST_MEAN in set(overall.text["method"])
    assert TEST_MEAN in set(simulation.text["method"])
    assert TEST_MEAN in set(experiments.text.columns)


def test_a_missing_method_says_why_and_no_fit_stands_in_for_it(run):
    text = overall_table(run["summary"], run["settings"], "train", 12, "fixed").text.set_index("method")
    assert text.loc["LCModel-OFF", "GABA"] == "LCModel not available (lcmodel.executable)"
    assert "±" in text.loc["Joint fit", "GABA"]
    other = overall_table(run["summary"], run["settings"], "elsewhere", 13, "augmented").text.set_index("method")
    assert other.loc["YAE", "GABA"] == "not trained on elsewhere"


def test_a_method_that_failed_everywhere_names_its_commonest_failure():
    dead = (
        study().query("method == 'lcm-joint'").assign(method="lcmodel-off", estimate=np.nan, status="failed", reason="time-out")
    )
    settings = evidence(pd.concat([study(), dead]))["settings"]
    assert settings["absent"]["lcmodel-off"] == "time-out"


def test_synthetic_data_are_marked_and_measured_are_not(run):
    assert SYNTHETIC_NOTE in overall_table(run["summary"], run["settings"], "train", 12, "fixed").notes
    measured = evidence(study().assign(origin=MEASURED))
    assert SYNTHETIC_NOTE not in overall_table(measured["summary"], measured["settings"], "train", 12, "fixed").notes


def test_the_oracle_has_a_row_on_synthetic_data_only():
    own = study().query("method == 'lcm-joint'").assign(basis="truth")
    quantities = pd.concat([study(), own])
    run = evidence(quantities, {"phantoms": "truth"})
    names = list(overall_table(run["summary"], run["settings"], "train", 12, "fixed").text["method"])
    assert [name for name in names if "oracle" in name] == ["lcm-joint · truth (oracle basis)"]
    measured = evidence(quantities.assign(origin=MEASURED), {"phantoms": "truth"})
    assert not any(
        "oracle" in name
        for name in overall_table(measured["summary"], measured["settings"], "train", 12, "fixed").text["method"]
    )


def test_experiments_are_in_the_order_of_the_study(run):
    table = experiment_table(run["series"], run["summary"], run["settings"], "train")
    assert list(table.numbers["series"][:6]) == ["E1", "E2", "E3", "E4a", "E4b", "E6"]


def test_series_won_and_ranking_by_the_median_of_series_errors(run):
    settings = run["settings"]
    table = experiment_ranking(run["series"], run["summary"], settings, "train")
    rows = table.numbers[table.numbers["metabolite"] == "GABA"].set_index("method")
    assert list(rows.index) == ["YAE", "CNN", "FCNN"]
    by_series = run["series"][run["series"]["metabolite"] == "GABA"].pivot_table(index="series", columns="label", values="mae")
    by_series = by_series[["yae", "cnn", "fcnn"]]
    assert rows["series_won"].tolist() == [(by_series.idxmin(axis=1) == name).sum() for name in by_series]
    assert rows["median_mae"].tolist() == by_series.median().tolist()
    assert rows["rank"].tolist() == (1 + np.argsort(np.argsort(by_series.median().to_numpy()))).tolist()
    assert any("LCModel-OFF is left out" in note for note in table.notes)


def test_overfitting_is_the_held_out_error_above_that_of_training(run):
    rows = [("yae", "train", "seed 0", 0.010, 0.013), ("yae", "train", "seed 1", 0.010, 0.011), ("yae", "else", "seed 0", 1, 9)]
    errors = pd.DataFrame(rows, columns=["method", "training_set", "run", "training_mae", "held_out_mae"])
    table = overfitting_table(errors, run["settings"], "train")
    text = table.text.set_index("method")
    assert text.loc["YAE", "held-out above training"] == "20 %"
    assert text.loc["YAE", "trainings"] == 2
    assert text.loc["CNN", "held-out above training"] == "–"


def test_where_lcmodel_is_missing_its_tests_say_what_they_would_rest_on(run):
    tests = study_tests(run["series"], "phantoms", [], ["train"], "study")
    absent = paired_tests_table(tests, run["summary"], run["settings"], run["settings"]["absent"])
    assert any("presets" in note for note in absent.notes)
    there = paired_tests_table(tests, run["summary"], run["settings"], {})
    assert not any("presets" in note for note in there.notes)


def test_paired_tests_keep_a_row_for_an_absent_method(run):
    comparisons = [{"better": "yae", "worse": ["cnn", "lcmodel-off"], "metabolites": ["GABA"]}]
    tests = study_tests(run["series"], "phantoms", comparisons, ["train"], "study")
    table = paired_tests_table(tests, run["summary"], run["settings"], run["settings"]["absent"])
    assert list(table.text["experiments won"])[1] == "–"
    assert table.text["remark"].iloc[1] == "LCModel not available (lcmodel.executable)"
    assert tests["p"].notna().tolist() == [True, False]
    assert table.text["p over batches"].iloc[0].endswith(" (5)")  # E4a and E4b are the same phantoms
    assert table.text["p over batches"].iloc[1] == "–"


def test_an_empty_run_makes_tables_that_say_so():
    run = evidence(study().iloc[:0])
    table = overall_table(run["summary"], run["settings"], "train", 12, "fixed")
    assert set(table.text["GABA"]) == {"not trained in this run", "LCModel not available (lcmodel.executable)"}
    assert table.notes[0] == "No results at this scale."
    assert simulation_table(run["summary"], run["agreement"], run["settings"], "train").notes
    assert experiment_table(run["series"], run["summary"], run["settings"], "train").numbers.empty
    assert experiment_ranking(run["series"], run["summary"], run["settings"], "train").numbers.empty


def test_three_forms_of_one_table(tmp_path):
    numbers = pd.DataFrame({"method": ["a_b"], "mae": [1 / 3]})
    table = Table("T & T", numbers, pd.DataFrame({"method": ["a_b|c"], "MAE (%)": ["0.33 ± 0.10"]}), ["n < 3"])
    write_all(table, *(tmp_path / f"t.{kind}" for kind in ("csv", "md", "tex")))
    assert pd.read_csv(tmp_path / "t.csv")["mae"].item() == 1 / 3
    assert r"a_b\|c" in as_markdown(table)
    latex = as_latex(table)
    assert r"a\_b|c & 0.33 $\pm$ 0.10 \\" in latex
    assert r"T \& T" in latex
    assert r"MAE (\%)" in latex
