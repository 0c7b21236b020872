"""Stored data sets: whole or absent, the same bytes every time, twins from draws, memory that does not grow."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from reference_data import REPOSITORY
from spectra_signals import line

from mrsgap.core import store
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_key
from mrsgap.core.store import read_dataset
from mrsgap.spectra import simulate
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.mix import Pool, make_pool

SMALL = Acquisition(123.23, 3.0, 2000, 256)
STUDY = {"linewidth_hz": 2.0, "noise": {"kind": "gaussian", "sigma": {"uniform": [0, 0.03]}}}
RICH = {"linewidth_hz": {"uniform": [1, 5]}, "metabolite_shift_ppm": {"normal": [0, 0.01]}, "phase_deg": {"normal": [0, 9]},
        "baseline": {"amplitude": 0.1, "width_ppm": 0.5, "edit_difference": 0.1}, "noise": STUDY["noise"]}  # fmt: skip


def pool(bases=1):
    fid = np.stack([np.stack([line(shift, SMALL, 0.0)] * 2) for shift in (3.015, 2.28, 2.01)]).astype(np.complex64)
    return Pool(np.stack([fid] * bases), tuple(f"basis-{k}" for k in range(bases)), ("Cr", "GABA", "NAA"), SMALL)


def truth(items):
    return np.random.default_rng(4).random((items, 3))


def write(path, items=300, settings=STUDY, seed=1, **options):
    recipe = read_recipe(settings)
    simulate.simulate_spectra(path, truth(items), pool(), recipe, named_key(seed, "spectra"), {"basis": "b"}, **options)
    return read_dataset(path, "fid", "truth")


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.update(f"{file.relative_to(folder)}\n".encode() + file.read_bytes())
    return whole.hexdigest()


def test_store_holds_what_the_contract_says(tmp_path):
    dataset = write(tmp_path / "train.zarr")
    assert dataset.fid.dims == ("item", "edit", "time")
    assert dataset.fid.dtype == np.complex64
    assert dataset.truth.dims == ("item", "metabolite")
    np.testing.assert_array_equal(dataset.truth, truth(300))
    assert list(dataset.edit.values) == ["off", "on"]
    assert list(dataset.metabolite.values) == ["Cr", "GABA", "NAA"]
    assert dataset.attrs["origin"] == "simulated"
    assert Acquisition.from_attributes(dataset.attrs) == SMALL
    assert sorted(dataset.attrs["draws"]) == sorted(["basis", "linewidth_hz", "noise_sigma", "noise_sd"])
    assert dataset.noise_sd.dims == ("item", "edit")
    assert np.all(np.isfinite(dataset.fid.values))


def test_same_settings_same_bytes_and_another_seed_others(tmp_path):
    write(tmp_path / "a.zarr")
    write(tmp_path / "b.zarr")
    write(tmp_path / "c.zarr", seed=2)
    assert digest(tmp_path / "a.zarr") == digest(tmp_path / "b.zarr")
    assert digest(tmp_path / "a.zarr") != digest(tmp_path / "c.zarr")


@pytest.mark.parametrize("shard_bytes", [1, 2**17, 2**26])
def test_items_are_the_same_however_they_are_cut(tmp_path, monkeypatch, shard_bytes):
    expected = write(tmp_path / "whole.zarr").fid.values
    monkeypatch.setattr(store, "SHARD_BYTES", shard_bytes)
    np.testing.assert_array_equal(write(tmp_path / "cut.zarr").fid.values, expected)
    np.testing.assert_array_equal(write(tmp_path / "less.zarr", items=70).fid.values[:69], expected[:69])


@pytest.mark.parametrize("items", [1, 256, 257])
def test_any_number_of_items(tmp_path, items):
    assert write(tmp_path / "any.zarr", items=items).sizes["item"] == items


def test_no_items_is_refused(tmp_path):
    with pytest.raises(InputError, match="at least one item"):
        write(tmp_path / "none.zarr", items=0)


def test_clean_twins_come_back_from_the_stored_draws(tmp_path):
    dataset = write(tmp_path / "rich.zarr", settings=RICH, store_clean=True)
    items = np.array([0, 5, 255, 299])
    again = simulate.clean_items(dataset, pool(), items)
    stored = dataset.fid_clean.values[items]
    np.testing.assert_allclose(again, stored, atol=2e-6 * np.abs(stored).max())
    noise = (dataset.fid.values - dataset.fid_clean.values) / dataset.noise_sd.values[..., None]
    assert noise.real.std() == pytest.approx(1, abs=0.01)


def test_twins_from_other_bases_are_refused(tmp_path):
    with pytest.raises(InputError, match="made from basis-0, not basis-0, basis-1"):
        simulate.clean_items(write(tmp_path / "x.zarr", items=4), pool(bases=2), [0])


def test_a_failing_run_leaves_nothing(tmp_path, monkeypatch):
    appended = []

    def fail(self, **rows):
        appended.append(rows)
        if len(appended) == 2:
            raise RuntimeError("disk full")

    monkeypatch.setattr(store.ItemStream, "append", fail)
    with pytest.raises(RuntimeError, match="disk full"):
        write(tmp_path / "broken.zarr")
    assert list(tmp_path.iterdir()) == []


def test_missing_items_are_an_error_not_zeros(tmp_path):
    with (
        pytest.raises(ValueError, match="has 1 of 3 items"),
        store.stream_items(tmp_path / "short.zarr", 3, {"fid": (("time",), (4,), np.complex64)}, lambda: None) as stream,
    ):
        stream.append(fid=np.ones((1, 4), np.complex64))
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
import numpy as np
from mrsgap.core.store import stream_items
with stream_items(sys.argv[1], 100, {"fid": (("time",), (4,), np.complex64)}, lambda: None) as stream:
    stream.append(fid=np.ones((60, 4), np.complex64))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_leaves_no_store_and_the_next_run_clears_up(tmp_path):
    path = tmp_path / "killed.zarr"
    environment = {"PYTHONPATH": str(REPOSITORY / "workflow" / "src"), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment, check=False)
    left = list(tmp_path.iterdir())
    assert [entry.name.startswith("killed.zarr.partial-") for entry in left] == [True]
    with pytest.raises(InputError, match="no Zarr store"):
        read_dataset(path)
    write(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["killed.zarr"]


def test_pools_want_equal_metabolites_and_acquisitions(tmp_path):
    import xarray as xr

    def basis(names, acquisition=SMALL, scale=1.0):
        fid = scale * np.ones((len(names), 2, acquisition.points), np.complex64) * np.arange(1, len(names) + 1)[:, None, None]
        return xr.Dataset({"fid": (("metabolite", "edit", "time"), fid)}, attrs=acquisition.as_attributes(),
                          coords={"metabolite": names, "edit": ["off", "on"]})  # fmt: skip

    made = make_pool({"a": basis(["Cr", "NAA"]), "b": basis(["NAA", "Cr"], scale=50.0)})
    np.testing.assert_allclose(np.abs(made.fid[:, :, 0, 0]), [[0.5, 1.0], [1.0, 0.5]])
    with pytest.raises(InputError, match="different metabolites"):
        make_pool({"a": basis(["Cr", "NAA"]), "b": basis(["Cr"])})
    with pytest.raises(InputError, match="different acquisitions"):
        make_pool({"a": basis(["Cr"]), "b": basis(["Cr"], Acquisition(123.23, 3.0, 2500, 256))})


MEMORY = """
import json, sys
import numpy as np
sys.path.insert(0, sys.argv[3])
from test_simulate import STUDY, named_key, read_recipe, simulate
from test_simulate import Pool
from mrsgap.core.acquisition import Acquisition
acquisition = Acquisition(123.23, 3.0, 2000, 4096)
fid = np.ones((1, 5, 2, 4096), np.complex64)
pool = Pool(fid, ("b",), ("Cr", "GABA", "Gln", "Glu", "NAA"), acquisition)
peaks = []
for items in (2000, 12000):
    values = np.random.default_rng(0).random((items, 5))
    simulate.simulate_spectra(sys.argv[1], values, pool, read_recipe(STUDY), named_key(1, "m"), {})
    status = dict(line.split(":") for line in open("/proc/self/status"))  # getrusage would tell the parent's peak
    peaks.append(int(status["VmHWM"].split()[0]) / 1024)
open(sys.argv[2], "w").write(json.dumps(peaks))
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_items(tmp_path):
    environment = {"PYTHONPATH": f"{REPOSITORY / 'workflow' / 'src'}:{REPOSITORY / 'tests'}", "PATH": "/usr/bin:/bin"}
    arguments = [str(tmp_path / "m.zarr"), str(tmp_path / "peaks.json"), str(Path(__file__).parent)]
    subprocess.run([sys.executable, "-c", MEMORY, *arguments], env=environment, check=True)
    small_mb, large_mb = json.loads((tmp_path / "peaks.json").read_text())
    assert large_mb < 2048
    assert large_mb - small_mb < 150  # ten thousand items more are 655 MB on disk
