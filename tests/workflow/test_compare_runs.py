"""The comparison of two runs sees one bit anywhere, and nothing where only the run's own story differs."""

import json
import shutil

import numpy as np
import pytest
import xarray as xr
from compare_runs import differences, main

from mrsgap.core.store import write_dataset


@pytest.fixture
def runs(tmp_path):
    """Two equal results folders with one product of every kind; yields (before, after)."""
    before, after = tmp_path / "before", tmp_path / "after"
    fid = np.array([[1 + 2j, np.nan, -0.0], [3.0, 4.0, 5.0]], dtype=np.complex64)
    attributes = {"provenance": "this code", "larmor_mhz": 123.23}
    write_dataset(xr.Dataset({"fid": (("item", "time"), fid)}, {"item": ["a", "b"]}, attributes), before / "spectra/train.zarr")
    (before / "errors.csv").write_text("method,error,seconds\ncnn,0.151,3\nyae,0.2,4\n")
    (before / "choice.json").write_text(
        json.dumps({"score": 0.25, "seconds": 3, "deep": {"provenance": "x", "filters": [4, 8]}})
    )
    (before / "trials").mkdir()
    (before / "trials" / "0123.json").write_text(json.dumps({"settings": {"width": 64}, "mae": {"0": 0.5}}))
    (before / "figure.pdf").write_bytes(b"%PDF /CreationDate (D:2026) drawn")
    (before / "figure.png").write_bytes(bytes(range(64)))
    shutil.copytree(before, after)
    return before, after


def test_equal_runs_are_equal(runs, capsys):
    assert differences(*runs) == []
    assert main(*map(str, runs)) == 0
    assert "6 products compared, 0 differences" in capsys.readouterr().out


def test_the_story_of_a_run_is_no_difference(runs):
    before, after = runs
    store = after / "spectra/train.zarr/zarr.json"
    store.write_text(store.read_text().replace("this code", "other code"))
    (store.parent / ".snakemake_timestamp").touch()
    (after / "errors.csv").write_text("method,error,seconds\ncnn,0.151,30\nyae,0.2,40\n")
    document = {"score": 0.25, "seconds": 5, "deep": {"provenance": "y", "filters": [4, 8]}}
    (after / "choice.json").write_text(json.dumps(document))
    (after / "figure.pdf").write_bytes(b"%PDF /CreationDate (D:2027) drawn")
    (after / "trials" / "0123.json").rename(after / "trials" / "4567.json")
    (after / "logs").mkdir()
    (after / "logs" / "a.csv").write_text("only,here\n")
    assert differences(before, after) == []


def test_one_bit_of_an_array_is_named(runs):
    before, after = runs
    dataset = xr.open_zarr(before / "spectra/train.zarr", consolidated=False).load()
    dataset["fid"].values.view(np.uint8).reshape(-1)[3 * 8] ^= 1
    write_dataset(dataset, after / "spectra/train.zarr")
    (line,) = differences(before, after)
    assert line.startswith("spectra/train.zarr: `fid`[1, 0]: ")
    assert line.endswith("1 of 6 differ")


def test_one_bit_of_a_figure_is_named(runs):
    picture = runs[1] / "figure.png"
    content = bytearray(picture.read_bytes())
    content[17] ^= 1
    picture.write_bytes(content)
    assert differences(*runs) == ["figure.png: byte 17 of 64 and 64"]
    assert main(*map(str, runs)) == 1


@pytest.mark.parametrize(("name", "old", "new", "line"), [
    ("errors.csv", "0.2,", "0.20,", "errors.csv: row 2, `error`: '0.2' and '0.20', 1 rows differ"),
    ("errors.csv", "yae,0.2,4\n", "", "errors.csv: row 2: ['yae', '0.2', '4'] and absent, 1 rows differ"),
    ("choice.json", "8]", "9]", "choice.json: /deep/filters: [4, 8] and [4, 9]"),
    ("trials/0123.json", "0.5", "0.6", "trials/{\"width\": 64}: /mae/0: 0.5 and 0.6"),
    ("spectra/train.zarr/zarr.json", "123.23", "123.24", "spectra/train.zarr: attributes/larmor_mhz: 123.23 and 123.24"),
])  # fmt: skip
def test_a_changed_text_is_named(runs, name, old, new, line):
    path = runs[1] / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert differences(*runs) == [line]


def test_a_missing_and_a_new_product_are_named(runs):
    before, after = runs
    (after / "figure.png").rename(after / "picture.png")
    assert differences(before, after) == [f"figure.png: only in {before}", f"picture.png: only in {after}"]
