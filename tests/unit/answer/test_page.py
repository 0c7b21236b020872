"""What a user takes away: the page, the document, and the advice where networks refuse."""

import json

import numpy as np
import pandas as pd
import pytest
from estimates import quantities
from reference_data import REPOSITORY, config

from mrsgap.answer.page import advice, document, page
from mrsgap.answer.verdict import with_verdicts
from mrsgap.quality.measures import SHOWN, STORED
from mrsgap.quantities.normalise import ratios

TEMPLATE = (REPOSITORY / "workflow" / "report" / "answer.html.jinja").read_text(encoding="utf-8")
LIMITS = config("config.yaml")["quality"]
CALIBRATION = pd.DataFrame([{
    "method": "fit", "metabolite": "GABA", "reference": "NAA", "wanted": 0.95, "covered": 0.94, "covered_low": 0.9,
    "covered_high": 0.97, "n_check": 100,
}])  # fmt: skip
ESTIMATES = [{"metabolite": "Glu", "estimate": 1.8, "sd": 0.1}, {"metabolite": "GABA", "estimate": 0.5, "sd": 0.1},
             {"metabolite": "NAA", "estimate": 2.0, "sd": 0.2}]  # fmt: skip
NOTHING_POOR = pd.DataFrame([{"series": "s", "item": "1", "poor": ""}])


def judged(rows, low=0.2, high=0.3, order=("fit",)):
    return with_verdicts(ratios(quantities(rows), "NAA").assign(low=low, high=high), NOTHING_POOR, order, 10)


def built(table, pictures=None, fits=None, order=("fit",), items=("1",)):
    fields = dict.fromkeys([*SHOWN, *STORED], 1.0) | {"offset_hz": -123.2, "snr_naa": 90.0, "snr_cr": 80.0}
    quality = pd.DataFrame([{"series": "s", "item": item, "status": "ok", "reason": np.nan} | fields for item in items])
    tables = {"ratios": table, "quality": quality, "calibration": CALIBRATION}
    return page(TEMPLATE, "own", tables, pictures or {}, fits or {}, {"seed": 1}, ["x"], order=list(order), limits=LIMITS)


def test_document_is_json_with_nulls_and_verdicts():
    table = judged([ESTIMATES[2], {"metabolite": "GABA", "estimate": np.nan, "sd": np.nan}], np.nan, np.nan)
    text = json.dumps(document(table, {"seed": 1}), allow_nan=False)
    assert '"Ratio": null' in text
    assert '"Verdict": "do not use"' in text
    assert '"Recommended": true' in text


def test_the_page_escapes_and_says_synthetic(tmp_path):
    who = {"item": "<script>alert(1)", "origin": "synthetic", "reason": "<b>remark</b>", "status": "flagged"}
    (tmp_path / "a.png").write_bytes(b"png")
    text = built(judged([row | who for row in ESTIMATES]), {"A fit": tmp_path / "a.png"}, items=["<script>alert(1)"])
    assert "&lt;script&gt;alert" in text
    assert "<script>alert" not in text
    assert "<b>remark" not in text
    assert "Synthetic." in text
    assert "0.250" in text
    assert "http" not in text


def test_gaba_by_the_recommended_method_is_the_first_line():
    factors = {"GABA": 3, "Glu": 1, "NAA": 1}
    other = [row | {"method": "net", "estimate": factors[row["metabolite"]] * row["estimate"]} for row in ESTIMATES]
    text = built(judged([*other, *ESTIMATES]))
    head = text.split("<h2>Each spectrum</h2>")[0]
    assert "GABA/NAA" in head
    assert ">0.250<" in head
    assert "0.750" not in text.split('<details id="others">')[0]
    assert "0.750" in text


def test_a_method_that_answers_for_nothing_is_named_once():
    mute = [
        row | {"method": "net", "estimate": np.nan, "status": "failed", "reason": "no edit-off spectrum"} for row in ESTIMATES
    ]
    text = built(judged([*ESTIMATES, *mute]))
    assert text.count("No answer from net: no edit-off spectrum.") == 1
    assert '<th scope="col">net</th>' not in text


def test_a_remark_of_many_methods_is_one_footnote():
    flagged = [row | {"method": method, "status": "flagged", "reason": "residual 9 times the noise; lipid"}
               for method in ("a", "b", "c") for row in ESTIMATES]  # fmt: skip
    notes = built(judged([*ESTIMATES, *flagged])).split('footnotes">')[1].split("</ol>")[0]
    assert notes.count("<li>") == 2
    assert notes.count("residual 9 times the noise") == 1


@pytest.mark.parametrize(("count", "opened"), [(2, 2), (30, 0)])
def test_many_spectra_are_folded_and_can_be_filtered(count, opened):
    rows = [row | {"item": f"i{place}"} for place in range(count) for row in ESTIMATES]
    text = built(judged(rows), items=[f"i{place}" for place in range(count)])
    assert text.count('" open>') == opened
    assert ('id="filter"' in text) == (count > 5)
    assert "<h2>The group</h2>" in text


def test_advice_names_the_command_only_where_training_would_help():
    field = "recorded at 297.20 MHz, but the network learnt spectra at 123.23 MHz"
    rows = [{"status": "refused", "reason": field}, {"status": "refused", "reason": field}, {"status": "ok", "reason": ""}]
    sentences = advice(pd.DataFrame(rows), "snakemake --configfile mine.yaml")
    assert sentences == [f"Networks refuse some of these spectra ({field}). To train networks that match field and editing: "
                    "snakemake --configfile mine.yaml"]  # fmt: skip
    absent = [{"status": "failed", "reason": "no edit-on spectrum; the network needs off, on"}]
    assert advice(pd.DataFrame(absent), "snakemake") == []
