"""What a user takes away: the page, the document, and the advice where networks refuse."""

import json

import numpy as np
import pandas as pd
import pytest
from answer_examples import ESTIMATES, built, judged

from mrsgap.answer.page import advice, document


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
