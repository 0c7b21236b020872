"""Ratios, their calibrated intervals, and the document a user takes away."""

import json

import numpy as np
import pandas as pd
import pytest
from estimates import quantities
from reference_data import REPOSITORY

from mrsgap.answer.page import advice, document, page
from mrsgap.quality.measures import SHOWN
from mrsgap.quantities.ratios import ratios
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
    told = with_intervals(fresh, calibration)
    inside = (told["low"] <= fresh["truth"]) & (fresh["truth"] <= told["high"])
    assert inside.mean() == pytest.approx(0.95, abs=0.015)


def test_an_interval_is_never_empty():
    table = held_out(2, 1.0).assign(ratio=[-0.08, 0.3], sd=0.02)
    calibration = calibrate(held_out(100, 1.0), 0.9).assign(factor=1.0, sd_floor=0.0)
    ends = with_intervals(table, calibration)
    assert ends[["low", "high"]].to_numpy().tolist() == [[0.0, 0.0], [pytest.approx(0.28), pytest.approx(0.32)]]


def test_a_method_without_sd_gets_one_width():
    bare = held_out(400, 1.0).assign(sd=np.nan)
    calibration = calibrate(bare, 0.9)
    told = with_intervals(bare, calibration)
    assert np.isfinite(told["high"]).all()
    assert calibration["covered"].item() > 0.8


def test_an_uncalibrated_method_has_no_interval():
    told = with_intervals(held_out(3, 1.0).assign(method="new"), calibrate(held_out(100, 1.0), 0.9))
    assert told[["low", "high"]].isna().all().all()


def test_document_is_json_with_nulls():
    rows = [{"metabolite": "NAA", "estimate": 2.0, "sd": 0.2}, {"metabolite": "GABA", "estimate": np.nan, "sd": np.nan}]
    table = ratios(quantities(rows), "NAA").assign(low=np.nan, high=np.nan)
    text = json.dumps(document(table, {"seed": 1}), allow_nan=False)
    assert '"Ratio": null' in text


def test_the_page_escapes_and_says_synthetic(tmp_path):
    who = {"item": "<script>", "origin": "synthetic"}
    rows = [{"metabolite": "NAA", "estimate": 2.0, "sd": 0.2}, {"metabolite": "GABA", "estimate": 0.5, "sd": 0.1}]
    table = ratios(quantities([row | who for row in rows]), "NAA").assign(low=0.2, high=0.3)
    quality = pd.DataFrame([{"series": "s", "item": "<script>", "status": "ok", "reason": np.nan} | dict.fromkeys(SHOWN, 1.0)])
    tables = {"ratios": table, "quality": quality, "calibration": calibrate(held_out(100, 1.0), 0.9)}
    (tmp_path / "a.png").write_bytes(b"png")
    template = (REPOSITORY / "workflow" / "report" / "answer.html.jinja").read_text()
    text = page(template, "own", tables, {"A fit": tmp_path / "a.png"}, {"seed": 1}, ["x"])
    assert "&lt;script&gt;" in text
    assert "<script" not in text
    assert "Synthetic." in text
    assert "0.250" in text
    assert "http" not in text


def test_a_method_that_answers_for_nothing_is_named_once(tmp_path):
    rows = [{"metabolite": name, "estimate": x, "sd": 0.1} for name, x in (("NAA", 2.0), ("GABA", 0.5))]
    mute = [row | {"method": "net", "estimate": np.nan, "status": "failed", "reason": "no edit-off spectrum"} for row in rows]
    table = ratios(quantities([*rows, *mute]), "NAA").assign(low=0.2, high=0.3)
    quality = pd.DataFrame([{"series": "s", "item": "1", "status": "ok", "reason": ""} | dict.fromkeys(SHOWN, 1.0)])
    tables = {"ratios": table, "quality": quality, "calibration": calibrate(held_out(100, 1.0), 0.9)}
    text = page((REPOSITORY / "workflow" / "report" / "answer.html.jinja").read_text(), "own", tables, {}, {}, [])
    assert text.count("No answer from net: no edit-off spectrum.") == 1
    assert '<th scope="col">net</th>' not in text


def test_advice_names_the_command_only_where_training_would_help():
    field = "recorded at 297.20 MHz, but the network learnt spectra at 123.23 MHz"
    rows = [{"status": "refused", "reason": field}, {"status": "refused", "reason": field}, {"status": "ok", "reason": ""}]
    told = advice(pd.DataFrame(rows), "snakemake --configfile mine.yaml")
    assert told == [f"Networks refuse some of these spectra ({field}). To train networks that match field and editing: "
                    "snakemake --configfile mine.yaml"]  # fmt: skip
    absent = [{"status": "failed", "reason": "no edit-on spectrum; the network needs off, on"}]
    assert advice(pd.DataFrame(absent), "snakemake") == []
