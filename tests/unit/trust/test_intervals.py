"""Intervals hold what they promise, whatever the stated SD."""

import numpy as np
import pandas as pd
import pytest

from mrsgap.trust.intervals import calibrate, conformal_factor, with_intervals


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
