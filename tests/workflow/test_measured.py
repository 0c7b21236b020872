"""A user's own recordings through the workflow: folder, archive and manifest by one option, damaged files told and left out."""

import shutil

import measured_files as files
import numpy as np
import pandas as pd
import pytest
from workspace import SMOKE, Workspace

from mrsgap.core.store import read_dataset

QC = "results/smoke/measured/own-qc.csv"


@pytest.fixture
def workspace(tmp_path):
    """A copy of the workflow beside a folder of three items, one of them damaged."""
    workspace = Workspace(tmp_path)
    folder = tmp_path / "my data" / "study"
    folder.mkdir(parents=True)
    for name in ("one", "two", "bad"):
        files.nifti(folder / f"{name}.nii.gz", files.pair(seed=len(name)))
    (folder / "bad.nii.gz").write_bytes((folder / "bad.nii.gz").read_bytes()[:-500])
    return workspace


def statuses(workspace) -> dict:
    return pd.read_csv(workspace.root / QC).set_index("item")["status"].to_dict()


def test_an_archive_is_unpacked_indexed_read_and_judged(workspace):
    shutil.make_archive(str(workspace.root / "mine"), "zip", workspace.root / "my data")
    option = ("--config", "measured=mine.zip")
    workspace.snakemake(*SMOKE, QC, *option)
    assert statuses(workspace) == {"study-one": "ok", "study-two": "ok", "study-bad": "failed"}
    reason = pd.read_csv(workspace.root / QC).set_index("item").loc["study-bad", "reason"]
    assert "bad.nii.gz" in reason
    store = read_dataset(workspace.root / "results/smoke/measured/own.zarr", "fid", "truth")
    assert np.array_equal(store["fid"].values[0], files.pair(seed=3))
    assert workspace.planned(*SMOKE, QC, *option) == {}


@pytest.mark.slow
def test_a_folder_is_read_again_when_a_file_of_it_changes(workspace):
    option = ("--config", "measured=my data")
    workspace.snakemake(*SMOKE, QC, "results/smoke/figures/figure-quality-own.png", *option)
    assert statuses(workspace)["study-bad"] == "failed"
    files.nifti(workspace.root / "my data" / "study" / "bad.nii.gz")
    assert set(workspace.planned(*SMOKE, QC, *option)) == {"index_swansea", "read_measured", "assess_quality"}
    workspace.snakemake(*SMOKE, QC, *option)
    assert statuses(workspace)["study-bad"] == "ok"


@pytest.mark.slow
def test_faults_of_the_option_are_one_clear_line(workspace):
    done = workspace.snakemake(*SMOKE, "--dry-run", QC, "--config", "measured=nowhere", check=False)
    assert done.returncode != 0
    assert "no file or folder `nowhere` (config: measured.own)" in done.stdout
    (workspace.root / "m.csv").write_text("series,item\n1,2\n")
    done = workspace.snakemake(*SMOKE, QC, "--config", "measured=m.csv", check=False)
    assert "mrsgap: the manifest `m.csv` names no files" in done.stdout
    (workspace.root / "m.csv").write_text("series,item,path\n1,2,absent.rda\n")
    done = workspace.snakemake(*SMOKE, QC, "--config", "measured=m.csv", check=False)
    assert "mrsgap: none of 1 items can be read" in done.stdout
    done = workspace.snakemake(*SMOKE, "--dry-run", QC, "--config", "measured={phantoms: m.csv}", check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
