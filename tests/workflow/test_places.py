"""Where results go: a full disk, a read-only or forbidden folder, odd names; nothing half made, nothing written elsewhere."""

import os
import subprocess
from pathlib import Path

import measured_files
import pytest
from workspace import SIMULATED, SMOKE, Workspace

from mrsgap.core.store import read_dataset

STORE = "results/smoke/basis/study/basis.zarr"
ODD = "a b; touch hacked; 'ü\" $(touch hacked) `touch hacked` & #1"


@pytest.fixture
def remade(tmp_path, basis_run):
    """A copy of the finished basis run in which one store is to be made again."""
    workspace = Workspace.copy_of(basis_run, tmp_path / "clone")
    subprocess.run(["rm", "-r", workspace.root / STORE], check=True)
    return workspace


@pytest.fixture
def small_disk(remade):
    """The results of `remade` on a disk of their own with a little room left; yields (workspace, disk, filler)."""
    disk, aside = remade.root / "results", remade.root / "aside"
    disk.rename(aside)
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        subprocess.run(["cp", "-a", f"{aside}/.", disk], check=True)
        yield remade, disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_full_disk_is_one_clear_line_and_leaves_no_half_store(small_disk, basis_run):
    workspace, disk = small_disk
    filler = disk / "filler"
    room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    filler.write_bytes(bytes(room - 100_000))
    done = workspace.snakemake(*SMOKE, STORE, check=False)
    assert done.returncode != 0
    assert "mrsgap: cannot read or write" in done.stdout, done.stdout[-3000:]
    assert "No space left on device. The disk is full: free some space" in done.stdout
    assert not list((disk / "smoke" / "basis" / "study").glob("basis.zarr*"))
    filler.unlink()
    workspace.snakemake(*SMOKE, STORE)
    assert workspace.products() == basis_run.products()


def test_read_only_results_are_named(small_disk):
    workspace, disk = small_disk
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    done = workspace.snakemake(*SMOKE, STORE, check=False)
    assert done.returncode != 0
    assert "Read-only file system" in done.stdout
    assert str(Path(STORE).name) in done.stdout
    assert not (workspace.root / STORE).exists()


def test_a_forbidden_folder_is_one_clear_line(remade):
    folder = (remade.root / STORE).parent
    if os.geteuid() != 0:
        lock, unlock = ["chmod", "555"], ["chmod", "755"]
    else:
        lock, unlock = ["chattr", "+i"], ["chattr", "-i"]
    if subprocess.run([*lock, folder], check=False).returncode:
        pytest.skip("this file system cannot forbid a folder")
    try:
        done = remade.snakemake(*SMOKE, STORE, check=False)
    finally:
        subprocess.run([*unlock, folder], check=True)
    assert done.returncode != 0
    assert "mrsgap: cannot read or write" in done.stdout, done.stdout[-3000:]
    assert "Permission is missing: check who owns the file and its folder" in done.stdout
    assert not (remade.root / STORE).exists()


def test_odd_names_in_config_and_manifest_are_only_names(tmp_path):
    workspace = Workspace(tmp_path / "clone")
    before = workspace.tree()
    folder = workspace.root / "results" / f"input {ODD}"
    folder.mkdir(parents=True)
    measured_files.nifti(folder / f"{ODD}.nii.gz")
    cells = ",".join('"' + ODD.replace('"', '""') + '"' for _ in range(2))
    path = '"' + f"{ODD}.nii.gz".replace('"', '""') + '"'
    (folder / f"{ODD}.csv").write_text(f"series,item,path\n{cells},{path}\n", encoding="utf-8")
    (folder / f"{ODD}.txt").write_text("1 0\n" * 50)
    source = str((folder / ODD).relative_to(workspace.root))
    quoted = source.replace("'", "''")
    (folder / "mine.yaml").write_text(
        "scale: smoke\n"
        f"measured: {{mine: {{path: '{quoted}.csv'}}}}\n"
        f"pulses: {{mine: {{shape: file, path: '{quoted}.txt', duration_ms: 20, flip_deg: 180}}}}\n"
        "bases: {study: {pulses: {edit: mine}}}\n",
        encoding="utf-8",
    )
    targets = ("results/smoke/measured/mine.zarr", SIMULATED)
    workspace.snakemake(*targets, f"--configfile={folder / 'mine.yaml'}")
    read = read_dataset(workspace.root / targets[0], "fid")
    assert list(read["item"].values) == [ODD]
    assert list(read["series"].values) == [ODD]
    assert (workspace.root / targets[1] / "zarr.json").exists()
    assert not list(tmp_path.rglob("hacked"))
    assert workspace.tree() == before


def test_nothing_is_written_outside_results(basis_run):
    assert set(basis_run.tree()) == set(Workspace(basis_run.root.parent / "fresh").tree())
