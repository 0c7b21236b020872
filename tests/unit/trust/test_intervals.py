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


def test_an_interval_is_never_empty():
    table = held_out(2, 1.0).assign(ratio=[-0.08, 0.3], sd=0.02)
    calibration = calibrate(held_out(100, 1.0), 0.9).assign(factor=1.0, sd_floor=0.0)
    ends = with_intervals(table, calibration)
    assert ends[["low", "high"]].to_numpy().tolist() == [[0.0, 0.0], [pytest.approx(0.28), pytest.approx(0.32)]]


def test_a_method_without_sd_gets_one_width():
    bare = held_out(400, 1.0).assign(sd=np.nan)
    calibration = calibrate(bare, 0.9)
    intervals = with_intervals(bare, calibration)
    assert np.isfinite(intervals["high"]).all()
    assert calibration["covered"].item() > 0.8


def test_an_uncalibrated_method_has_no_interval():
    intervals = with_intervals(held_out(3, 1.0).assign(method="new"), calibrate(held_out(100, 1.0), 0.9))
    assert intervals[["low", "high"]].isna().all().all()
