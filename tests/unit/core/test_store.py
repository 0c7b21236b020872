"""Stores are whole or absent, readable back, and free of anything that changes between equal runs."""

import contextlib
import hashlib
import json
import threading
import warnings

import numpy as np
import pytest
import xarray as xr

from mrsgap.core.errors import InputError
from mrsgap.core.files import remove_unfinished, write_json, write_table, write_text
from mrsgap.core.store import read_dataset, write_dataset


def example():
    return xr.Dataset({"fid": (("item", "time"), np.arange(6.0).reshape(2, 3) * (1 + 2j))}, {"item": ["a ü", "b"]}, {"n": 1})


def digest(folder):
    whole = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        whole.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return whole.hexdigest()


def test_round_trip_and_equal_bytes(tmp_path):
    write_dataset(example(), tmp_path / "one.zarr", chunks={"item": 1})
    write_dataset(example(), tmp_path / "two.zarr", chunks={"item": 1})
    back = read_dataset(tmp_path / "one.zarr", "fid").load()
    np.testing.assert_array_equal(back["fid"], example()["fid"])
    assert list(back["item"].values) == ["a ü", "b"]
    assert back.attrs == {"n": 1}
    assert digest(tmp_path / "one.zarr") == digest(tmp_path / "two.zarr")


def test_a_store_is_replaced_whole(tmp_path):
    write_dataset(example(), tmp_path / "s.zarr")
    write_dataset(example().isel(item=[0]), tmp_path / "s.zarr")
    assert read_dataset(tmp_path / "s.zarr").sizes["item"] == 1
    assert [p.name for p in tmp_path.iterdir()] == ["s.zarr"]


def test_leavings_of_killed_runs_are_removed(tmp_path):
    (tmp_path / "s [1].zarr.partial-99999" / "fid").mkdir(parents=True)
    (tmp_path / "t.txt.partial-99999").write_text("ha")
    (tmp_path / "other.zarr.partial-99999").mkdir()
    write_dataset(example(), tmp_path / "s [1].zarr")
    write_text(tmp_path / "t.txt", "whole")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other.zarr.partial-99999", "s [1].zarr", "t.txt"]


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_, **__):
        (tmp_path / "s.zarr.partial-0").mkdir(exist_ok=True)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xr.Dataset, "to_zarr", fail)
    with pytest.raises(OSError, match="space"):
        write_dataset(example(), tmp_path / "s.zarr")
    assert not (tmp_path / "s.zarr").exists()


def test_absent_broken_and_incomplete_stores(tmp_path):
    with pytest.raises(InputError, match="no Zarr store"):
        read_dataset(tmp_path / "absent.zarr")
    write_dataset(example(), tmp_path / "s.zarr")
    with pytest.raises(InputError, match="no variable `truth`"):
        read_dataset(tmp_path / "s.zarr", "truth")
    (tmp_path / "s.zarr" / "zarr.json").write_text("{ not json")
    with pytest.raises(InputError, match="cannot be read"):
        read_dataset(tmp_path / "s.zarr")


def test_text_files_are_atomic(tmp_path):
    write_text(tmp_path / "a" / "b.txt", "whole")
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_json_refuses_nan(tmp_path):
    with pytest.raises(ValueError):
        write_json(tmp_path / "x.json", {"a": float("nan")})
    assert not (tmp_path / "x.json").exists()


def test_tables_keep_every_digit(tmp_path):
    import pandas as pd

    table = pd.DataFrame({"x": [0.1 + 0.2, 1e-300, np.pi]})
    write_table(tmp_path / "t.csv", table)
    np.testing.assert_array_equal(pd.read_csv(tmp_path / "t.csv")["x"], table["x"])


def test_a_folder_that_is_still_written_to_is_gone_in_the_end(tmp_path):
    partial, stop = tmp_path / "s.zarr.partial-1", threading.Event()

    def keep_writing():
        for number in range(30):
            (partial / "c").mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                (partial / "c" / str(number)).write_text("late")
            stop.wait(0.003)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    remove_unfinished(partial)
    writer.join()
    remove_unfinished(partial)
    assert not partial.exists()


def test_text_has_the_type_that_zarr_specifies_even_as_an_index(tmp_path):
    dataset = xr.Dataset({"note": ("item", ["", "ä" * 40])}, coords={"item": ["one", "ünf"]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_dataset(dataset, tmp_path / "text.zarr")
    for name in ("item", "note"):
        assert json.loads((tmp_path / "text.zarr" / name / "zarr.json").read_text())["data_type"] == "string"
    assert list(read_dataset(tmp_path / "text.zarr")["item"].values) == ["one", "ünf"]


def test_opening_a_store_that_snakemake_has_stamped_warns_of_nothing(tmp_path):
    write_dataset(xr.Dataset({"truth": ("item", [1.0, 2.0])}), tmp_path / "s.zarr")
    (tmp_path / "s.zarr" / ".snakemake_timestamp").touch()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for opened in (xr.open_zarr(tmp_path / "s.zarr"), read_dataset(tmp_path / "s.zarr")):
            np.testing.assert_array_equal(opened.truth, [1.0, 2.0])


def test_tables_of_text_come_back_cell_by_cell_whatever_their_order_in_memory(tmp_path):
    words = np.asfortranarray([["a", "b"], ["c", "d"], ["e", "f"]])
    write_dataset(xr.Dataset({"words": (("row", "column"), words)}), tmp_path / "words.zarr")
    np.testing.assert_array_equal(read_dataset(tmp_path / "words.zarr").words.values.astype(object), words.astype(object))
