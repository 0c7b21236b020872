"""A script's digest follows the meaning of exactly the modules it uses; a store says what it was made from.

What it says is in words that an equal run repeats to the letter.
"""

import json

import numpy as np
import pytest
import xarray as xr

from mrsgap.core import provenance
from mrsgap.core.errors import InputError
from mrsgap.core.provenance import checksum, device, made_from
from mrsgap.core.store import write_dataset


@pytest.fixture
def package(tmp_path):
    root = tmp_path / "src"
    (root / "thing").mkdir(parents=True)
    (root / "thing" / "__init__.py").write_text("")
    (root / "thing" / "a.py").write_text(
        '"""Doc."""\nfrom thing.b import two\n\n\ndef one():\n    """Doc."""\n    return two()\n'
    )
    (root / "thing" / "b.py").write_text("def two():\n    return 2\n")
    (root / "thing" / "c.py").write_text("def three():\n    from thing import b\n\n    return b\n")
    (tmp_path / "script.py").write_text("from thing.a import one\none()\n")
    return tmp_path


def digest(package):
    for cached in (provenance._tree, provenance._meaning, provenance._imports):
        cached.cache_clear()
    return provenance.source_digest(package / "script.py", package / "src")


def change(package, name, text):
    (package / "src" / "thing" / name).write_text(text)


def test_imports_are_followed_and_others_ignored(package):
    used = provenance.used_modules(package / "script.py", package / "src")
    assert [path.name for path in used] == ["__init__.py", "a.py", "b.py"]


def test_only_used_meaning_counts(package):
    before = digest(package)
    change(package, "c.py", "def three():\n    return 4\n")
    assert digest(package) == before
    change(package, "b.py", '"""New words."""\n\n\ndef two():  # a comment\n    """More."""\n    return 2\n')
    assert digest(package) == before
    change(package, "b.py", "def two():\n    return 3\n")
    assert digest(package) != before


def test_imports_inside_functions_count(package):
    (package / "script.py").write_text("from thing.c import three\n")
    assert {path.name for path in provenance.used_modules(package / "script.py", package / "src")} == {
        "__init__.py", "c.py", "b.py",
    }  # fmt: skip


def test_versions_are_known():
    assert set(provenance.versions()) == set(provenance.VERSIONED)


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
