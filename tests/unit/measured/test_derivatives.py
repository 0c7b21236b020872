"""Stages of the receive chain as NIfTI-MRS in BIDS derivatives: what is written reads back and says what was done."""

import json

import measured_files as files
import numpy as np
from nifti_mrs.nifti_mrs import NIFTI_MRS

from mrsgap.core.recording import Recording
from mrsgap.measured.derivatives import write_derivatives
from mrsgap.measured.formats import read_recording
from mrsgap.measured.item import read_item
from mrsgap.measured.manifest import Row
from mrsgap.measured.nifti_out import write_recording


def test_every_stage_reads_back_with_its_history(tmp_path):
    fids = np.stack([files.pair(seed=seed) for seed in range(4)], axis=1)
    files.twix(tmp_path / "x.dat", fids, channels=2)
    row = Row("S", "my scan #1", "", {"both": tmp_path / "x.dat"}, {}, {"edit_order": "off,on"})
    written, failures = write_derivatives([row], tmp_path / "out", "1.0")
    assert not failures
    names = {path.name.split("_desc-")[1]: path for path in written}
    assert set(names) == {f"{stage}_svs.nii.gz" for stage in ("combined", "aligned", "averaged", "difference")}
    assert all(path.parent == tmp_path / "out" / "sub-Smyscan1" / "mrs" for path in written)
    shapes = {name.split("_")[0]: read_recording(path).fid.shape[:3] for name, path in names.items()}
    assert shapes == {"combined": (2, 1, 4), "aligned": (2, 1, 4), "averaged": (2, 1, 1), "difference": (1, 1, 1)}
    item = read_item(row)
    averaged = read_recording(names["averaged_svs.nii.gz"])
    assert averaged.states == ("off", "on")
    assert np.allclose(averaged.fid[:, 0, 0], [item.fids["off"], item.fids["on"]], rtol=1e-5, atol=1e-5)
    difference = read_recording(names["difference_svs.nii.gz"])
    assert np.allclose(difference.fid[0, 0, 0], item.fids["on"] - item.fids["off"], rtol=1e-5, atol=1e-5)
    methods = [step.method for step in difference.steps]
    assert methods[0] == "RF coil combination"
    assert methods[-1] == "Subtraction of sub-spectra"
    assert {step.program for step in difference.steps} == {"mrsgap"}
    assert NIFTI_MRS(names["combined_svs.nii.gz"]).dim_tags == ["DIM_EDIT", "DIM_DYN", None]
    description = json.loads((tmp_path / "out" / "dataset_description.json").read_text())
    assert description["DatasetType"] == "derivative"


def test_water_goes_beside_and_bids_names_stay(tmp_path):
    scan = {"larmor_mhz": 123.25, "carrier_ppm": 4.7, "dwell_s": 5e-4}
    name = "sub-01_acq-press"
    write_recording(tmp_path / f"{name}_svs.nii.gz", Recording(files.pair()[:1, None, None], ("off",), **scan), "1.0")
    write_recording(tmp_path / f"{name}_mrsref.nii.gz", Recording(files.water()[None, None, None], (None,), **scan), "1.0")
    paths, waters = {"off": tmp_path / f"{name}_svs.nii.gz"}, {"off": tmp_path / f"{name}_mrsref.nii.gz"}
    broken = Row("sub-01", "sub-01_acq-broken", "", {"off": tmp_path / "absent.nii.gz"})
    written, failures = write_derivatives([Row("sub-01", name, "", paths, waters=waters), broken], tmp_path / "out", "1.0")
    assert [failure.item for failure in failures] == ["sub-01_acq-broken"]
    place = tmp_path / "out" / "sub-01" / "mrs"
    assert place / f"{name}_desc-averaged_svs.nii.gz" in written
    assert place / f"{name}_desc-combined_mrsref.nii.gz" in written


def test_names_that_become_alike_are_numbered(tmp_path):
    files.nifti(tmp_path / "x.nii.gz")
    rows = [Row("S", item, "", {"both": tmp_path / "x.nii.gz"}) for item in ("a b", "a-b")]
    written, _ = write_derivatives(rows, tmp_path / "out", "1.0")
    assert len(set(written)) == len(written) == 8
