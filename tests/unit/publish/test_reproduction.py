"""Verdicts follow their rules, and never call a stand-in or a small run a reproduction."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from estimates import study
from reference_data import REPOSITORY

from mrsgap.core.errors import InputError
from mrsgap.core.names import MEASURED, SYNTHETIC
from mrsgap.publish.facts import design_facts, phantom_facts
from mrsgap.publish.lookup import Finding, Run, find
from mrsgap.publish.reproduction import agreements, compare_published, obstacle, read_published, reproduction_table, verdict
from mrsgap.quantities.normalise import MAX
from mrsgap.stats.agreement import agreement_table
from mrsgap.stats.comparison import study_tests, training_set_distances
from mrsgap.stats.errors import item_errors, overall_errors, series_errors
from mrsgap.stats.judge import judge

PUBLISHED = REPOSITORY / "config" / "published.csv"
SETTINGS = {
    "phantoms": "phantoms", "validation": "test", "basis": "study", "training_sets": {"fixed": "train", "augmented": "train"},
    "study_methods": {"YAE": "yae", "CNN": "cnn", "FCNN": "fcnn", "LCModel-OFF": "lcmodel-off"}, "overall": ["Cr", "GABA"],
}  # fmt: skip


SIMILARITY = pd.DataFrame(
    [("E1", "magnitude", "fixed", 0.01), ("E2", "magnitude", "fixed", 0.03), ("all", "magnitude", "fixed", 9.0),
     ("E1", "phase", "fixed", 9.0), ("E1", "magnitude", "estimated", 0.02), ("E2", "magnitude", "estimated", 0.04)],
    columns=["series", "kind", "variant", "rmse"],
)  # fmt: skip
FEATURES = pd.DataFrame(
    [("naa_on_feature", 0.04, 0.1), ("naa_on_feature", 0.06, 0.1), ("naa_on_feature", 0.02, 0.1), ("cr_39_over_30", 0.6, 0.5)],
    columns=["feature", "measured", "simulated"],
)  # fmt: skip


def make_run(quantities):
    judged = judge(quantities, MAX, {}, {})
    items = item_errors(judged, ["Cr", "GABA", "Gln", "Glu"], "lcm-joint", "study")
    norm = {"norm": "max"}
    series = series_errors(items).assign(**norm)
    comparisons = [{"better": "yae", "worse": ["cnn"], "metabolites": ["GABA"]}]
    overall = overall_errors(items, judged, 0.95, 200, lambda name: np.random.default_rng(0))
    return Run(
        errors=overall.assign(**norm),
        series=series,
        agreement=agreement_table(judged, 0.95, 200, lambda dataset: np.random.default_rng(0)).assign(**norm),
        tests=study_tests(series, "phantoms", comparisons, ["train"], "study"),
        distances=training_set_distances(items, "phantoms", []),
        similarity=SIMILARITY,
        features=FEATURES,
        facts={"larmor_mhz": 123.23, "training_items": 300},
        settings=SETTINGS,
    )


@pytest.fixture(scope="module")
def run():
    return make_run(study())


def statements(**columns):
    table = read_published(PUBLISHED)
    return table[np.logical_and.reduce([table[name] == value for name, value in columns.items()])]


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.151, "exact"), (0.1514, "within rounding"), (0.160, "within tolerance"), (0.170, "within interval"), (0.3, "differs")],
)
def test_numbers(value, word):
    found = Finding(value, low=value - 0.03, high=value + 0.03)
    assert verdict(0.151, 3, 0.015, "", "", found)[0] == word


def test_claims_and_what_outranks_them():
    assert verdict(math.nan, math.nan, math.nan, "", "", Finding(holds=True))[0] == "holds"
    assert verdict(math.nan, math.nan, math.nan, "", "", Finding(holds=False))[0] == "differs"
    assert verdict(1.0, 0, 1, "", "stand-ins", Finding(1.0)) == ("not comparable", "stand-ins")
    assert verdict(1.0, 0, 1, "contradicts itself", "stand-ins", Finding(1.0))[0] == "paper inconsistent"
    assert verdict(1.0, 0, 1, "", "", Finding(missing="not run")) == ("not comparable", "not run")
    assert verdict(1.0, 0, 1, "", "", Finding())[0] == "not comparable"


def test_obstacles():
    assert obstacle("design", {SYNTHETIC}, 10, 100) == ""
    assert "stand-ins" in obstacle("phantoms", {SYNTHETIC}, 100, 100)
    assert "stand-ins" in obstacle("phantoms", {SYNTHETIC, MEASURED}, 100, 100)
    assert "no phantom spectra" in obstacle("phantoms", set(), 100, 100)
    assert "10 training spectra" in obstacle("phantoms", {MEASURED}, 10, 100)
    assert obstacle("phantoms", {MEASURED}, 100, 100) == ""
    assert "no training set" in obstacle("simulation", {SYNTHETIC}, None, 100)


@pytest.mark.parametrize(("origin", "items"), [(SYNTHETIC, 100_000), (MEASURED, 300), (SYNTHETIC, 300)])
def test_stand_ins_and_small_runs_never_reproduce_anything(origin, items):
    """Only what the config sets may be compared; nothing about errors gets a verdict that sounds like agreement."""
    published = read_published(PUBLISHED)
    verdicts = compare_published(published, make_run(study().assign(origin=origin)), {origin}, items, 100_000)
    bound = published["scope"].isin(["phantoms", "simulation"] if items < 100_000 else ["phantoms"])
    words = set(verdicts.loc[bound.to_numpy() & (published["inconsistent"] == "").to_numpy(), "verdict"])
    assert words == {"not comparable"}


def test_at_full_scale_on_measurements_numbers_and_claims_are_judged(run):
    measured = make_run(study().assign(origin=MEASURED))
    verdicts = compare_published(read_published(PUBLISHED), measured, {MEASURED}, 100_000, 100_000).set_index("id")
    yae = measured.errors.query("method == 'yae' and member == 'copy' and metabolite == 'GABA'")["mae"].item()
    assert verdicts.loc["gaba-augmented-yae", "reproduced"] == yae
    assert verdicts.loc["gaba-augmented-yae", "verdict"] in ("within tolerance", "within interval", "differs")
    assert verdicts.loc["gaba-augmented-lcmodel-off", "verdict"] == "not comparable"
    assert "no result of LCModel-OFF" in verdicts.loc["gaba-augmented-lcmodel-off", "reason"]
    p = measured.tests["p"].item()
    assert verdicts.loc["wilcoxon-not-gaba-yae-cnn-fixed", "verdict"] == ("holds" if p >= 0.05 else "differs")


def test_lowest_holds_only_against_every_other(run):
    row = statements(id="best-cr-fixed").assign(method="CNN", other="YAE;FCNN")
    table = compare_published(row, run, {MEASURED}, 100_000, 100_000)
    errors = run.errors.query("metabolite == 'Cr' and member == 'copy'").set_index("method")["mae"]
    assert (table["verdict"].item() == "holds") == (errors.idxmin() == "cnn")


def test_hardest_series():
    hard = study()
    hard.loc[hard["series"].isin(["E1", "E6"]) & (hard["metabolite"] == "GABA"), "estimate"] += 30
    row = statements(id="hardest-series")
    for named, word in (("E1;E6", "holds"), ("E2;E6", "differs"), ("E11;E14", "not comparable")):
        assert (
            compare_published(row.assign(other=named), make_run(hard), {MEASURED}, 100_000, 100_000)["verdict"].item() == word
        )


@pytest.mark.parametrize(
    ("name", "columns", "word"),
    [
        ("sim-to-real-linewidth", {}, "holds"),
        ("sim-to-real-linewidth", {"method": "estimated", "other": "fixed"}, "differs"),
        ("sim-to-real-linewidth", {"other": "another"}, "not comparable"),
        ("sim-to-real-hardest", {"other": "E2"}, "holds"),
        ("sim-to-real-hardest", {"other": "E1"}, "differs"),
        ("sim-to-real-hardest", {}, "not comparable"),
        ("sim-to-real-naa-on", {}, "holds"),
        ("sim-to-real-naa-on", {"published": 0.3}, "differs"),
        ("sim-to-real-naa-on", {"field": "unknown"}, "not comparable"),
        ("sim-to-real-cr-ratio", {}, "differs"),
    ],
)
def test_claims_about_measured_spectra_against_simulation(run, name, columns, word):
    row = statements(id=name).assign(**columns)
    assert compare_published(row, run, {MEASURED}, 100_000, 100_000)["verdict"].item() == word


def test_an_order_that_holds_says_which_methods_the_spectra_do_not_tell_apart(run):
    row = statements(id="gaba-augmented-order").iloc[0].to_dict() | {"method": "CNN", "other": "YAE;FCNN"}
    claim = SimpleNamespace(**row)
    pairs = [("cnn", "yae", -0.02, 0.001), ("fcnn", "cnn", 0.01, 0.03)]
    table = pd.DataFrame([("GABA", *pair[:2], sum(pair[2:]) / 2, *pair[2:]) for pair in pairs],
                         columns=["metabolite", "first", "second", "difference", "low", "high"]).assign(note="")  # fmt: skip
    finding = find(claim, replace(run, differences=table))
    assert finding.holds
    assert finding.remark == "not told apart on the same spectra: YAE"
    assert find(claim, run).remark == ""


def test_a_training_set_that_helps_says_where_the_spectra_do_not_show_it():
    quantities = study()
    other = quantities[quantities["training_set"] == "train"].assign(training_set="wide")
    other["estimate"] += 0.5 * (other["metabolite"] == "GABA")
    settings = SETTINGS | {"training_sets": {"fixed": "wide", "augmented": "train"}}
    run = replace(make_run(pd.concat([quantities, other], ignore_index=True)), settings=settings)
    claim = SimpleNamespace(**(statements(id="augmentation-lowers-yae").iloc[0].to_dict() | {"metabolite": "GABA"}))
    row = {"metabolite": "GABA", "first": "yae · wide", "second": "yae · train", "difference": 0.02, "note": ""}
    for low, remark in ((-0.01, "not told apart on the same spectra"), (0.01, "")):
        finding = find(claim, replace(run, differences=pd.DataFrame([row | {"low": low, "high": 0.03}])))
        assert (finding.holds, finding.remark) == (True, remark)


def test_every_published_row_is_well_formed_and_judged(run):
    published = read_published(PUBLISHED)
    assert len(published) > 100
    numbers = published[published["kind"] == "value"]
    assert numbers["published"].notna().all()
    assert numbers["decimals"].notna().all()
    statements = published[published["kind"] == "statement"]
    reasons = (statements[["inconsistent", "code_differs"]] != "").sum(axis=1)
    assert ((reasons == 1) | ((reasons == 0) & (statements["note"] != ""))).all()
    verdicts = compare_published(published, run, {SYNTHETIC}, 300, 100_000)
    table = reproduction_table(verdicts, published)
    assert len(table.text) == len(published)
    assert "stand-ins" in " ".join(verdicts["reason"])


def test_agreements_are_counted_by_what_they_take(run):
    published = read_published(PUBLISHED)
    rows = {row["needs"]: row for row in agreements(compare_published(published, run, {SYNTHETIC}, 300, 100_000))}
    total = rows.pop("all statements")
    assert total["statements"] == len(published) == sum(row["statements"] for row in rows.values())
    for row in (total, *rows.values()):
        assert row["statements"] == row["agree"] + row["differ"] + row["missing"] + row["paper"]
    phantoms = rows["these, and the study's phantoms"]
    assert phantoms["missing"] == phantoms["statements"]  # stand-ins reproduce nothing
    assert rows["settings"]["agree"] > 0


def test_bad_rows_are_refused(tmp_path, run):
    published = read_published(PUBLISHED)
    for change, message in (({"scope": "moon"}, "unknown scope"), ({"id": "same"}, "stands twice")):
        published.assign(**change).to_csv(tmp_path / "bad.csv", index=False)
        with pytest.raises(InputError, match=message):
            read_published(tmp_path / "bad.csv")
    with pytest.raises(InputError, match="unknown kind"):
        compare_published(published.assign(kind="guess"), run, {MEASURED}, 1, 1)


def test_design_facts_come_from_the_config():
    config = {}
    for name in ("config", "sequence"):
        config |= yaml.safe_load((REPOSITORY / "config" / f"{name}.yaml").read_text())
    facts = design_facts(config)
    assert facts["echo_time_ms"] == 68
    assert facts["field_t"] == pytest.approx(2.8943, abs=1e-4)
    assert facts["training_items"] == config["datasets"][config["statistics"]["training_sets"]["fixed"]]["items"]
    config["basis_export"]["linewidth_hz"] = 9.0  # of files for LCModel: no network sees it
    config["imperfections"]["study"] |= {"linewidth_hz": 3.5, "noise": {"sigma": {"uniform": [0, 0.07]}}}
    other = design_facts(config)
    assert (other["linewidth_hz"], other["noise_sigma_max"]) == (3.5, 0.07)


def test_phantom_counts():
    series = ["E1", "E1", "E4a", "E4a", "E4b", "E4b", "E4b"]
    table = pd.DataFrame({"series": series, "medium": ["gel" if name > "E2" else "solution" for name in series]})
    assert phantom_facts(table) == {
        "phantom_spectra": 7, "phantom_series": 3, "phantoms": 5, "spectra_E1": 2, "spectra_E4a": 2, "spectra_E4b": 3,
        "series_gel": 2, "series_solution": 1,
    }  # fmt: skip
