"""A store says what it was made from, in words that an equal run repeats to the letter."""

import json

import numpy as np
import pytest
import xarray as xr

from mrsgap.core.errors import InputError
from mrsgap.core.provenance import checksum, device, made_from
from mrsgap.core.store import write_dataset


@pytest.fixture
def store(tmp_path):
    write_dataset(xr.Dataset({"fid": ("time", np.arange(8.0))}), tmp_path / "in.zarr")
    return tmp_path / "in.zarr"


def test_a_record_names_everything_that_can_change_a_number(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("x\n1\n")
    record = json.loads(made_from(["a.csv", store], code="abc", seed=7)["provenance"])
    assert set(record) == {"code", "device", "inputs", "python", "seed", "versions"}
    assert (record["code"], record["seed"], record["device"]) == ("abc", 7, device())
    assert record["inputs"] == [["a.csv", checksum("a.csv")], ["in.zarr", checksum(store)]]
    assert {"jax", "numpy", "zarr"} <= set(record["versions"])


def test_equal_runs_give_equal_records(store):
    assert made_from([store], code="abc", seed=7) == made_from([store], code="abc", seed=7)


def test_a_file_elsewhere_goes_by_its_name(store, tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert json.loads(made_from([store], code="abc")["provenance"])["inputs"] == [["in.zarr", checksum(store)]]


def test_a_checksum_sees_every_byte_and_every_name_but_no_time_stamp(store):
    before = checksum(store)
    (store / ".snakemake_timestamp").touch()
    assert checksum(store) == before
    (store / "fid" / "c").rename(store / "fid" / "d")
    renamed = checksum(store)
    assert renamed != before
    chunk = store / "fid" / "d" / "0"
    chunk.write_bytes(bytes([chunk.read_bytes()[0] ^ 1]) + chunk.read_bytes()[1:])
    assert checksum(store) != renamed


def test_a_file_has_its_plain_sha256(tmp_path):
    (tmp_path / "empty").touch()
    assert checksum(tmp_path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_what_is_absent_has_no_checksum(tmp_path):
    with pytest.raises(InputError, match="no file or folder"):
        checksum(tmp_path / "absent")
