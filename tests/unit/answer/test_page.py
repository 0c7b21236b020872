"""What a user takes away: the page, the document, and the advice where networks refuse."""

import json

import numpy as np
import pandas as pd
from estimates import quantities
from reference_data import REPOSITORY

from mrsgap.answer.page import advice, document, page
from mrsgap.quality.measures import SHOWN
from mrsgap.quantities.normalise import ratios

CALIBRATION = pd.DataFrame([{
    "method": "fit", "metabolite": "GABA", "reference": "NAA", "wanted": 0.95, "covered": 0.94, "covered_low": 0.9,
    "covered_high": 0.97, "n_check": 100,
}])  # fmt: skip


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
    tables = {"ratios": table, "quality": quality, "calibration": CALIBRATION}
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
    tables = {"ratios": table, "quality": quality, "calibration": CALIBRATION}
    text = page((REPOSITORY / "workflow" / "report" / "answer.html.jinja").read_text(), "own", tables, {}, {}, [])
    assert text.count("No answer from net: no edit-off spectrum.") == 1
    assert '<th scope="col">net</th>' not in text


def test_advice_names_the_command_only_where_training_would_help():
    field = "recorded at 297.20 MHz, but the network learnt spectra at 123.23 MHz"
    rows = [{"status": "refused", "reason": field}, {"status": "refused", "reason": field}, {"status": "ok", "reason": ""}]
    sentences = advice(pd.DataFrame(rows), "snakemake --configfile mine.yaml")
    assert sentences == [f"Networks refuse some of these spectra ({field}). To train networks that match field and editing: "
                    "snakemake --configfile mine.yaml"]  # fmt: skip
    absent = [{"status": "failed", "reason": "no edit-on spectrum; the network needs off, on"}]
    assert advice(pd.DataFrame(absent), "snakemake") == []
