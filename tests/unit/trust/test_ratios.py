"""Intervals hold what they promise; spectra unlike the training set are told apart, in words and in feature space."""

import numpy as np
import pandas as pd
import pytest

from mrsgap.trust.networks import FeatureSpace
from mrsgap.trust.ratios import (
    NO_RANGE,
    calibrate,
    conformal_factor,
    headline,
    outside,
    training_range,
    with_intervals,
    with_ranges,
)


def test_conformal_factor_is_the_finite_sample_quantile():
    scores = np.arange(1.0, 20.0)  # 19 scores: rank ceil(20 * 0.9) = 18
    assert conformal_factor(scores, 0.9) == 18.0
    assert conformal_factor(np.arange(5.0), 0.95) == np.inf
    assert conformal_factor(np.array([]), 0.5) == np.inf


def held_out(n, wrong_sd, seed=0):
    random = np.random.default_rng(seed)
    sd = random.uniform(0.01, 0.1, n)
    truth = random.uniform(0.1, 1, n)
    ratio = truth + wrong_sd * sd * random.standard_t(5, n)
    keys = {"method": "m", "training_set": "", "metabolite": "GABA", "reference": "NAA", "item": [f"{i:05d}" for i in range(n)]}
    return pd.DataFrame(keys | {"ratio": ratio, "sd": sd, "truth": truth})


@pytest.mark.parametrize("wrong_sd", [0.3, 1.0, 4.0])
def test_intervals_cover_whatever_the_stated_sd(wrong_sd):
    calibration = calibrate(held_out(4000, wrong_sd), 0.95)
    assert calibration["covered"].item() == pytest.approx(0.95, abs=0.015)
    fresh = held_out(4000, wrong_sd, seed=1)
    intervals = with_intervals(fresh, calibration)
    inside = (intervals["low"] <= fresh["truth"]) & (fresh["truth"] <= intervals["high"])
    assert inside.mean() == pytest.approx(0.95, abs=0.015)


def test_a_method_without_sd_gets_one_width():
    bare = held_out(400, 1.0).assign(sd=np.nan)
    calibration = calibrate(bare, 0.9)
    intervals = with_intervals(bare, calibration)
    assert np.isfinite(intervals["high"]).all()
    assert calibration["covered"].item() > 0.8


def test_an_uncalibrated_method_has_no_interval():
    intervals = with_intervals(held_out(3, 1.0).assign(method="new"), calibrate(held_out(100, 1.0), 0.9))
    assert intervals[["low", "high"]].isna().all().all()


def test_the_interval_of_a_negative_ratio_is_not_empty():
    fresh = held_out(3, 1.0).assign(ratio=[-0.08, 0.05, np.nan], sd=0.01)
    factors = calibrate(held_out(400, 1.0), 0.95).assign(factor=2.0, sd_floor=0.001)
    intervals = with_intervals(fresh, factors)
    assert intervals["low"].tolist()[:2] == [0.0, pytest.approx(0.03)]
    assert intervals["high"].tolist()[:2] == [pytest.approx(0.02), pytest.approx(0.07)]
    assert intervals[["low", "high"]].isna().all(axis=1).tolist() == [False, False, True]


@pytest.mark.parametrize("size", [0.0, 0.02])
def test_small_truths_are_covered_though_half_of_the_ratios_are_negative(size):
    random = np.random.default_rng(2)
    truth = np.abs(random.normal(0, size, 4000))
    few = held_out(4000, 1.0).assign(truth=truth, ratio=truth + 0.05 * random.normal(size=4000), sd=0.05)
    intervals = with_intervals(few, calibrate(few, 0.9))
    assert (intervals["low"] <= intervals["high"]).all()
    assert ((intervals["low"] <= truth) & (truth <= intervals["high"])).mean() > 0.88


def quality(n=2000, seed=0, width=(2.0, 8.0)):
    random = np.random.default_rng(seed)
    fwhm, snr = random.uniform(*width, n), random.uniform(20, 200, n)
    return pd.DataFrame({"fwhm_naa_hz": fwhm, "fwhm_cr_hz": fwhm + 0.5, "snr_naa": snr, "snr_cr": snr / 2,
                         "offset_ppm": random.normal(0, 0.01, n), "residual_water": random.uniform(0, 1, n)})  # fmt: skip


def test_inside_says_nothing_and_outside_says_which():
    ranges = training_range(quality())
    inside = headline(quality(1)).iloc[0].to_dict() | {"fwhm_hz": 4.0, "snr": 100, "offset_ppm": 0.0, "residual_water": 0.5}
    assert outside(inside, ranges) == []
    assert outside(inside | {"fwhm_hz": 9.1}, ranges) == ["linewidth 9.1 Hz > 8.0 Hz"]
    assert outside(inside | {"fwhm_hz": 8.01}, ranges | {"fwhm_hz": (1.0, 8.0)}) == ["linewidth 8.01 Hz > 8.00 Hz"]
    assert outside(inside | {"snr": 5.0}, ranges)[0].startswith("SNR 5 < 2")
    assert outside(inside | {"snr": 900.0}, ranges) == []
    assert outside(inside | {"fwhm_hz": np.nan}, ranges) == ["linewidth could not be measured"]


def test_most_training_spectra_are_inside():
    table = headline(quality(seed=1))
    ranges = training_range(quality())
    assert np.mean([bool(outside(row, ranges)) for _, row in table.iterrows()]) < 0.05


def test_feature_space_knows_its_own_and_refuses_strangers():
    random = np.random.default_rng(0)
    mixing = random.normal(size=(30, 30))
    own = random.normal(size=(800, 30)) @ mixing
    space = FeatureSpace(own)
    fresh = random.normal(size=(400, 30)) @ mixing
    assert np.mean(space.distance(fresh) > space.limit) < 0.04
    strange = fresh + 6 * mixing[0] * np.sign(random.normal(size=(400, 1))) * 2
    assert np.mean(space.distance(strange) > space.limit) > 0.95
    assert np.median(space.distance(fresh)) == pytest.approx(1.0, abs=0.15)


def test_dead_and_few_features_are_survived():
    random = np.random.default_rng(0)
    features = np.concatenate([random.normal(size=(40, 60)), np.zeros((40, 4))], axis=1)  # fewer items than features
    space = FeatureSpace(features)
    assert np.isfinite(space.distance(features)).all()
    assert 0 < space.shrinkage <= 1


def test_what_lies_outside_training_is_flagged_for_that_method_only():
    where = {"training_set": "t", "series": "s", "item": 1}
    rows = [{"method": "net", **where}, {"method": "fit", **where, "training_set": ""}]
    table = pd.DataFrame(rows).assign(status="ok", reason="")
    ranges = pd.DataFrame([{"method": "net", **where, "reason": "linewidth 9.1 Hz > 8.0 Hz"}])
    told = with_ranges(table, ranges)
    assert told["status"].tolist() == ["flagged", "ok"]
    assert told["reason"].tolist() == ["outside training range: linewidth 9.1 Hz > 8.0 Hz", ""]


def test_an_empty_reason_column_read_from_a_file_is_no_reason():
    table = pd.DataFrame([{"method": "net", "training_set": "t", "series": "s", "item": 1, "status": "ok", "reason": np.nan}])
    ranges = table[["method", "training_set", "series", "item"]].assign(reason=np.nan)
    assert with_ranges(table, ranges)["status"].tolist() == ["ok"]


def test_a_network_without_a_range_of_its_own_is_refused():
    where = {"method": "net", "series": "s", "item": "1"}
    numbers = {"ratio": 0.2, "sd": 0.1, "low": 0.0, "high": 0.4}
    cases = [("known", "ok", ""), ("selection", "ok", ""), ("selection", "flagged", "negative estimate"),
             ("other", "failed", "empty"), ("", "ok", "")]  # fmt: skip
    rows = [{**where, **numbers, "training_set": name, "status": status, "reason": reason} for name, status, reason in cases]
    answers = with_ranges(pd.DataFrame(rows), pd.DataFrame([{**where, "training_set": "known", "reason": ""}]))
    assert answers["status"].tolist() == ["ok", "refused", "refused", "failed", "ok"]
    assert answers["reason"].tolist() == ["", NO_RANGE, f"negative estimate; {NO_RANGE}", "empty", ""]
    assert answers.loc[[1, 2], list(numbers)].isna().all(axis=None)
    assert answers.loc[[0, 4], list(numbers)].notna().all(axis=None)
