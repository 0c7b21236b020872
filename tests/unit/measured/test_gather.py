"""Files to the common store: states, truth, several acquisitions, exchanged pairs, transients, and failed items."""

import measured_files as files
import numpy as np
import pytest

from mrsgap.core.acquisition import Acquisition, by_acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.measured.gather import as_dataset, listing, read_items
from mrsgap.measured.item import read_item
from mrsgap.measured.manifest import Row

WIDE = Acquisition(123.25, 4.70, 2000.0, 1024)
NARROW = Acquisition(123.25, 4.70, 1250.0, 512)


def row(item, paths, **words):
    numbers = {name: words.pop(name) for name in ("diff_sign", "dwell_s", "larmor_mhz", "carrier_ppm") if name in words}
    return Row("S", item, "gel", paths, numbers, words, {"GABA": 2.0})


def test_store_holds_every_item_and_gives_back_each_acquisition(tmp_path):
    wide = files.nifti(tmp_path / "wide.nii.gz", files.pair(WIDE), WIDE)
    narrow = files.nifti(tmp_path / "narrow.nii.gz", files.pair(NARROW), NARROW, synthetic=True)
    again = files.nifti(tmp_path / "again.nii.gz", files.pair(WIDE, seed=5), WIDE)
    names = ["wide", "narrow", "again", "absent"]
    rows = [row(name, {"both": tmp_path / f"{name}.nii.gz"}) for name in names]
    items, failures = read_items(rows, [])
    assert [failure.item for failure in failures] == ["absent"]
    write_dataset(as_dataset(items, ["GABA", "NAA"], tmp_path), tmp_path / "set.zarr")
    stored = read_dataset(tmp_path / "set.zarr", "fid", "truth")
    assert list(stored["origin"].values) == ["measured", "synthetic", "measured"]
    assert list(stored["path"].values) == ["wide.nii.gz", "narrow.nii.gz", "again.nii.gz"]
    assert stored["truth"].sel(metabolite="GABA").values.tolist() == [2.0] * 3
    assert np.isnan(stored["truth"].sel(metabolite="NAA").values).all()
    (first, part), (second, other) = by_acquisition(stored)
    assert (first, second) == (WIDE, NARROW)
    assert np.array_equal(part["fid"].values, np.stack([wide, again]))
    assert np.array_equal(other["fid"].values, narrow[None])
    assert np.allclose(other["time"].values, NARROW.time_s)
    table = listing(items, failures, tmp_path)
    assert list(table["status"]) == ["ok"] * 3 + ["failed"]
    assert "no file" in table["reason"].iloc[-1]


def test_scanner_frequency_adjustments_stay_one_acquisition(tmp_path):
    for index in range(3):
        moved = Acquisition(123.25 + 3e-4 * index, 4.70, 2000.0, 1024)
        files.nifti(tmp_path / f"{index}.nii.gz", files.pair(moved), moved)
    items, _ = read_items([row(str(index), {"both": tmp_path / f"{index}.nii.gz"}) for index in range(3)], [])
    dataset = as_dataset(items, [], tmp_path)
    assert len(list(by_acquisition(dataset))) == 1
    assert dataset["header_larmor_mhz"].values.tolist() == pytest.approx([123.25, 123.2503, 123.2506])


def test_exchanged_states_are_an_error_with_an_override(tmp_path):
    off, on = files.pair(offset_ppm=0.05, phase=1.0)
    files.rda(tmp_path / "a.rda", off)
    files.rda(tmp_path / "b.rda", on)
    right = {"off": tmp_path / "a.rda", "on": tmp_path / "b.rda"}
    wrong = {"off": tmp_path / "b.rda", "on": tmp_path / "a.rda"}
    assert read_item(row("x", right)).naa_on_off < 0.5
    with pytest.raises(InputError, match=r"look exchanged.*edit_check"):
        read_item(row("x", wrong))
    trusted = read_item(row("x", wrong, edit_check="trust"))
    assert "manifest says trust" in trusted.note
    assert np.allclose(trusted.fids["off"], on)


def test_difference_alone_keeps_its_sign_or_is_refused(tmp_path):
    off, on = files.pair(noise=0.002)
    files.rda(tmp_path / "d.rda", on - off)
    files.rda(tmp_path / "i.rda", off - on)
    item = read_item(row("x", {"diff": tmp_path / "d.rda"}))
    dataset = as_dataset([item], [], tmp_path)
    assert np.isnan(dataset["fid"].values).all()
    assert np.allclose(dataset["fid_diff"].values[0], on - off, atol=1e-5)
    assert dataset["has_diff"].item()
    with pytest.raises(InputError, match="inverted"):
        read_item(row("x", {"diff": tmp_path / "i.rda"}))
    turned = read_item(row("x", {"diff": tmp_path / "i.rda"}, diff_sign=-1.0))
    assert np.allclose(turned.fids["diff"], on - off, atol=1e-5)


def test_states_of_one_item_must_have_one_acquisition(tmp_path):
    files.rda(tmp_path / "a.rda", files.pair(WIDE)[0], WIDE)
    files.rda(tmp_path / "b.rda", files.pair(NARROW)[1], NARROW)
    with pytest.raises(InputError, match="`points` 1024 and 512"):
        read_item(row("x", {"off": tmp_path / "a.rda", "on": tmp_path / "b.rda"}))


def test_unnamed_states_need_the_manifest(tmp_path):
    fids = np.stack([files.pair(seed=seed) for seed in range(2)], axis=1)
    files.twix(tmp_path / "x.dat", fids)
    item = read_item(row("x", {"both": tmp_path / "x.dat"}))
    assert "told by the signal" in item.note
    files.twix(tmp_path / "unedited.dat", fids[[0, 0]])
    with pytest.raises(InputError, match="`edit_order`"):
        read_item(row("x", {"both": tmp_path / "unedited.dat"}))
    item = read_item(row("x", {"both": tmp_path / "x.dat"}, edit_order="off,on"))
    assert item.transients == 2
    with pytest.raises(InputError, match="look exchanged"):
        read_item(row("x", {"both": tmp_path / "x.dat"}, edit_order="on,off"))


def test_interleaved_transients_are_split_by_the_manifest(tmp_path):
    fids = np.stack([files.pair(seed=seed) for seed in range(3)], axis=1)  # (edit, transient, time)
    alternating = np.swapaxes(fids, 0, 1).reshape(1, 6, -1)
    files.twix(tmp_path / "x.dat", alternating)
    item = read_item(row("x", {"both": tmp_path / "x.dat"}, edit_order="off,on"))
    assert set(item.fids) == {"off", "on"}
    assert item.naa_on_off < 0.3


def test_when_nothing_can_be_read_the_first_reason_is_told(tmp_path):
    with pytest.raises(InputError, match=r"none of 1 items[\s\S]*no file"):
        read_items([row("x", {"both": tmp_path / "absent.nii.gz"})], [])


def test_a_damaged_difference_beside_a_sound_pair_is_a_remark(tmp_path):
    off, on = files.pair()
    for name, fid in (("off", off), ("on", on), ("diff", on - off)):
        files.rda(tmp_path / f"{name}.rda", fid)
    paths = {name: tmp_path / f"{name}.rda" for name in ("off", "on", "diff")}
    (tmp_path / "diff.rda").write_bytes(b"damaged")
    item = read_item(row("x", paths))
    assert set(item.fids) == {"off", "on"}
    assert "difference in the file is not used" in item.note
    (tmp_path / "on.rda").write_bytes(b"damaged")
    with pytest.raises(InputError, match=r"on\.rda"):
        read_item(row("x", paths))


def test_an_inverted_difference_beside_a_pair_is_a_remark(tmp_path):
    off, on = files.pair()
    for name, fid in (("off", off), ("on", on), ("diff", off - on)):
        files.rda(tmp_path / f"{name}.rda", fid)
    item = read_item(row("x", {name: tmp_path / f"{name}.rda" for name in ("off", "on", "diff")}))
    assert "has the opposite sign of on - off" in item.note
    dataset = as_dataset([item], [], tmp_path)
    assert np.allclose(dataset["fid"].values[0], [off, on], atol=1e-5)
    assert np.isnan(dataset["fid_diff"].values).all()


def test_two_items_of_the_same_bytes_are_told(tmp_path):
    files.nifti(tmp_path / "a.nii.gz")
    items, _ = read_items([row(name, {"both": tmp_path / "a.nii.gz"}) for name in ("first", "second")], [])
    assert "the same file contents" not in items[0].note
    assert items[1].note.endswith("the same file contents as item `first`")
