"""Killed at random moments: the next run finishes, and its results are those of a run that was left alone."""

import os
import random
import signal
import subprocess
import time

import psutil
import pytest
from workspace import BASIS, SIMULATED, SMOKE, Workspace

TARGETS = (*SMOKE, BASIS, "results/smoke/basis/study/off.basis")
SEED = 8  # of the moments; any will do


def kill(process: subprocess.Popen, *, orphans: bool) -> None:
    """Kill Snakemake with SIGKILL, and its jobs too unless they are to live on as orphans."""
    family = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    for member in family:
        try:
            if not orphans:
                member.kill()
            member.wait(120)
        except psutil.NoSuchProcess:
            continue
    process.communicate()


def interrupt(workspace, targets, seconds, *, orphans=False):
    """Start a run and kill it after `seconds`; false where it had ended before."""
    process = workspace.start("--rerun-incomplete", *targets)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        kill(process, orphans=orphans)
        return True
    return False


def resume(workspace, *targets):
    """What `make resume` does."""
    workspace.snakemake("--unlock", *targets)
    return workspace.snakemake("--rerun-incomplete", *targets)


def wait_for(condition, seconds=300):
    """Wait until `condition()` holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_a_killed_run_is_told_how_to_go_on_and_ends_the_same(tmp_path, basis_run):
    workspace = Workspace(tmp_path / "clone")
    targets = (*SMOKE, SIMULATED)
    process = workspace.start(*targets)
    wait_for(lambda: list(workspace.root.glob("results/smoke/logs/*/*")))
    time.sleep(random.Random(SEED).uniform(0, 4))
    kill(process, orphans=False)
    refused = workspace.snakemake("--rerun-incomplete", *targets, check=False)
    assert refused.returncode != 0
    assert "--unlock" in refused.stdout
    resume(workspace, *targets)
    wanted = {name: value for name, value in basis_run.products().items() if "/parts/" in name}
    assert len(wanted) > 2
    assert workspace.products() == wanted


def test_a_job_killed_half_way_through_writing_is_named_and_leaves_nothing(tmp_path, basis_run):
    workspace = Workspace.copy_of(basis_run, tmp_path / "clone")
    script = workspace.root / "scripts" / "gather_basis.py"
    text = script.read_text()
    script.write_text(
        "import os, signal, xarray\n"
        "whole = xarray.Dataset.to_zarr\n"
        "def half(self, *args, **kwargs):\n"
        "    whole(self, *args, **kwargs)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "xarray.Dataset.to_zarr = half\n" + text
    )
    died = workspace.snakemake(*TARGETS, check=False)
    assert died.returncode != 0
    assert "Error in rule gather_basis" in died.stdout
    assert "results/smoke/logs/gather_basis/study.log" in died.stdout
    assert not (workspace.root / "results/smoke/basis/study/basis.zarr").exists()
    script.write_text(text)
    workspace.snakemake(*SMOKE, "results/smoke/basis/study/basis.zarr")
    assert workspace.products() == basis_run.products()
    assert not list(workspace.root.rglob("*.partial-*"))


def test_a_second_run_in_the_same_folder_says_so(tmp_path):
    workspace = Workspace(tmp_path / "clone")
    script = workspace.root / "scripts" / "simulate_basis.py"
    script.write_text(
        "import pathlib, time\nwhile not pathlib.Path('go').exists():\n    time.sleep(0.1)\n" + script.read_text()
    )
    target = (*SMOKE, SIMULATED)
    first = workspace.start(*target)
    try:
        wait_for(lambda: list(workspace.root.glob(".snakemake/locks/*")))
        second = workspace.snakemake(*target, check=False)
    finally:
        (workspace.root / "go").touch()
        told, _ = first.communicate()
    assert second.returncode != 0
    assert "Directory cannot be locked" in second.stdout
    assert "no other Snakemake process" in second.stdout
    assert first.returncode == 0, told


@pytest.mark.slow
@pytest.mark.timeout(5400)
@pytest.mark.parametrize("orphans", [False, True], ids=["power-cut", "jobs-live-on"])
def test_the_smoke_workflow_survives_kills_at_random_moments(tmp_path, smoke_run, orphans):
    workspace, moments = Workspace(tmp_path / "clone"), random.Random(SEED + orphans)
    for _ in range(6):
        if not interrupt(workspace, SMOKE, moments.uniform(5, 60), orphans=orphans):
            break
        workspace.snakemake("--unlock", *SMOKE)
    workspace.snakemake("--rerun-incomplete", *SMOKE)
    assert workspace.products() == smoke_run.products()
    assert workspace.planned(*SMOKE) == {}
