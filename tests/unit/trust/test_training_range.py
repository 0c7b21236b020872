"""Spectra unlike the training set are told apart, in words and in feature space."""

import numpy as np
import pandas as pd
import pytest

from mrsgap.trust.networks import FeatureSpace
from mrsgap.trust.training_range import NO_RANGE, headline, outside, training_range, with_ranges


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
