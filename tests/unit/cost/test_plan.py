"""Rates recovered from known times; jobs read from Snakemake's summary; prices from what is nearest."""

import numpy as np
import pandas as pd
import pytest
from reference_data import REPOSITORY

from mrsgap.core.errors import InputError
from mrsgap.cost.plan import HERE, TABLE, UNKNOWN, estimate
from mrsgap.cost.rates import HEADER, WORK, Costs, RuleShape, fit_rates, measure, read_costs, read_jobs, work_units

SETTINGS = {"datasets": {"small": {"items": 100}, "large": {"items": 100_000}}}
SHAPES = {
    "split_folds": RuleShape(
        (r"out/(?P<dataset>small|large)\.zarr", r"out/(?P<dataset>small|large)\.csv"), "marks/{dataset}.tsv"
    ),
    "draw": RuleShape((r"out/picture\.png",), None),
}
SUMMARY = "\n".join([
    "Assuming unrestricted shared filesystem usage.", HEADER,
    "out/small.zarr\tnow\tsplit_folds\t-\tok\tno update", "out/small.csv\tnow\tsplit_folds\t-\tok\tno update",
    "out/large.zarr\t-\tsplit_folds\t-\tmissing\tupdate pending", "out/large.csv\t-\tsplit_folds\t-\tmissing\tupdate pending",
    "out/picture.png\t-\tdraw\t-\tmissing\tupdate pending",
])  # fmt: skip


def table(**columns):
    row = {
        "rule": "split_folds", "when": "", "unit": "spectra", "seconds": 2.0, "seconds_per_unit": 0.01,
        "megabytes": 0.5, "megabytes_per_unit": 0.065536, "memory_mb": 400.0, "jobs": 2,
        "gflop_s": 40.0, "machine": "a machine",
    }  # fmt: skip
    return Costs(pd.DataFrame([row, row | columns] if columns else [row]))


def test_jobs_have_their_wildcards_files_and_state():
    small, large, picture = read_jobs(SUMMARY, SHAPES)
    assert (small.wildcards, small.to_do, len(small.outputs)) == ({"dataset": "small"}, False, 2)
    assert (large.wildcards, large.to_do, str(large.benchmark)) == ({"dataset": "large"}, True, "marks/large.tsv")
    assert (picture.rule, picture.wildcards, picture.benchmark) == ("draw", {}, None)


@pytest.mark.parametrize("text", ["", "Error: no rule", SUMMARY + "\nout/odd.zarr\t-\tsplit_folds\t-\tmissing\tupdate pending"])
def test_what_is_no_summary_is_refused(text):
    with pytest.raises(InputError):
        read_jobs(text, SHAPES)


def test_what_is_to_do_is_priced_from_the_table_and_scaled_to_this_device():
    rows = estimate(read_jobs(SUMMARY, SHAPES), table(), measure([], {}), SETTINGS, gflop_s=20.0).set_index("rule")
    assert rows.loc["split_folds", ["jobs", "to_do", "source"]].tolist() == [2, 1, TABLE]
    np.testing.assert_allclose(rows.loc["split_folds", "hours"], 2 * (2 + 0.01 * 100_000) / 3600)
    # 100,000 items of 4096 complex64 points in two edit states are 6.55 GB.
    np.testing.assert_allclose(rows.loc["split_folds", "gigabytes"], 100_000 * 2 * 4096 * 8 / 1e9, rtol=1e-3)
    assert rows.loc["draw", "source"] == UNKNOWN
    assert np.isnan(rows.loc["draw", "hours"])


def test_the_row_that_says_most_about_a_job_prices_it():
    jobs = read_jobs(SUMMARY, SHAPES)
    costs = table(when="dataset=large scale=paper", seconds_per_unit=1.0)
    cheap = estimate(jobs, costs, measure([], {}), SETTINGS | {"scale": "smoke"}, 40.0)["hours"][0]
    dear = estimate(jobs, costs, measure([], {}), SETTINGS | {"scale": "paper"}, 40.0)["hours"][0]
    np.testing.assert_allclose([cheap, dear], [(2 + 1000) / 3600, (2 + 100_000) / 3600])


def test_a_job_of_the_same_size_that_was_measured_here_wins():
    finished = pd.DataFrame([{"rule": "split_folds", "units": 1e5, "seconds": 7200.0, "megabytes": 6000.0, "memory_mb": 1.0}])
    row = estimate(read_jobs(SUMMARY, SHAPES), table(), finished, SETTINGS, gflop_s=20.0).iloc[0]
    assert (row["hours"], row["gigabytes"], row["source"]) == (2.0, 6.0, HERE)


def test_measured_jobs_give_back_the_rates_behind_them():
    units = np.array([100.0, 1000.0, 5000.0])
    measured = pd.DataFrame({"rule": "split_folds", "units": units, "seconds": 3 + 0.02 * units, "megabytes": 0.1 * units,
                             "memory_mb": [300.0, 500.0, 400.0]})  # fmt: skip
    row = fit_rates(measured, 40.0, "a machine").iloc[0]
    np.testing.assert_allclose(
        row[["seconds", "seconds_per_unit", "megabytes_per_unit"]].astype(float), [3, 0.02, 0.1], rtol=1e-6
    )
    assert row["megabytes"] == pytest.approx(0, abs=1e-6)
    assert (row["memory_mb"], row["jobs"], row["gflop_s"], row["machine"]) == (500.0, 3, 40.0, "a machine")


def test_only_finished_jobs_are_measured(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    jobs = read_jobs(SUMMARY, SHAPES)
    (tmp_path / "marks").mkdir()
    (tmp_path / "marks" / "small.tsv").write_text("s\tmax_rss\n12.5\t300\n")
    (tmp_path / "marks" / "large.tsv").write_text("s\tmax_rss\n99\t300\n")
    (tmp_path / "out" / "small.zarr").mkdir(parents=True)
    (tmp_path / "out" / "small.zarr" / "chunk").write_bytes(bytes(1_500_000))
    (tmp_path / "out" / "small.csv").write_bytes(bytes(500_000))
    seen = measure(jobs, SETTINGS)
    assert seen.to_dict("records") == [
        {"rule": "split_folds", "units": 100.0, "seconds": 12.5, "megabytes": 2.0, "memory_mb": 300.0}
    ]


def test_the_shipped_table_reads_and_a_damaged_one_is_refused(tmp_path):
    shipped = REPOSITORY / "config" / "costs.csv"
    assert (read_costs(shipped).rates[["seconds", "megabytes"]] >= 0).all(axis=None)
    (tmp_path / "costs.csv").write_text(shipped.read_text().replace("seconds_per_unit", "pace"))
    with pytest.raises(InputError, match="lacks `seconds_per_unit`"):
        read_costs(tmp_path / "costs.csv")


SCALE = {
    "datasets": {"train": {"items": 300}, "test": {"items": 40}}, "training": {"epochs": 5, "folds_set": "train"},
    "models": {"cnn": {}, "yae": {"training": {"epochs": 7}}}, "fit": {"kinds": ["joint", "off", "diff"]},
    "folds": {"count": 5},
    "studies": {
        "grid": {"strategies": ["grid"], "fixed": {"training": {"epochs": 2}}, "trials_per_job": 4},
        "halving": {"strategies": ["halving"], "initial": 9, "rounds": 3, "keep": 3, "fixed": {"training": {"epochs": 18}},
                    "trials_per_job": 1},
    }, "selection": {"dataset": "train"},
    "bases": {"study": {"grid": {"positions": 8}}},
}  # fmt: skip


@pytest.mark.parametrize(("rule", "wildcards", "expected"), [
    ("fit_lcm", {"fitted": "train"}, 900), ("fit_lcm", {"fitted": "own"}, 120), ("quantify_simulated", {}, 80),
    ("simulate_basis", {"basis": "study"}, 64), ("simulate_spectra", {"dataset": "test"}, 40),
    ("split_folds", {"dataset": "train"}, 300), ("report", {}, 1),
    ("train_final", {"training_set": "test", "model": "yae", "members": "2-5"}, 40 * 7 * 4),
    ("train_fold", {"model": "cnn", "members": "3"}, 300 * 5),
    ("train_trials", {"study": "grid", "round": "0"}, 300 * 2 * 4 * 5),
    ("train_trials", {"study": "halving", "round": "1"}, 300 * 6 * 5),
])  # fmt: skip
def test_work_of_a_job(rule, wildcards, expected):
    assert work_units(rule, SCALE, wildcards) == expected


def test_the_shipped_table_names_the_units_of_work():
    rates = read_costs(REPOSITORY / "config" / "costs.csv").rates
    assert {rule: unit for rule, unit in zip(rates["rule"], rates["unit"]) if unit} == {rule: WORK[rule].unit for rule in WORK}
