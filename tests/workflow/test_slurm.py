"""The Slurm profile on a real Slurm: jobs go through sbatch, failed and killed ones are reported and tried again.

Slow, and only for root on Debian: the daemons run on loopback in a temporary folder and are stopped at the end.
"""

import os
import shutil
import subprocess

import pytest
import slurm_cluster
import yaml
from reference_data import REPOSITORY
from workspace import BASIS, SIMULATED, SMOKE, Workspace

from mrsgap.core.provenance import checksum

pytestmark = [pytest.mark.slow, pytest.mark.timeout(5400)]
STORE = "results/smoke/basis/study/basis.zarr"
# Sums are taken in another order on two threads; equal to the last bit means on as many as the run compared with.
THREADED = yaml.safe_load((REPOSITORY / "workflow/profiles/slurm/config.yaml").read_text(encoding="utf-8"))["set-threads"]
ONE_THREAD = ("--set-threads", *(f"{rule}=1" for rule in THREADED))
# What a site adds to the profile: here one machine without accounting.
SITE = ("--workflow-profile=workflow/profiles/slurm", "--jobs=2", "--slurm-no-account", "--slurm-status-command=squeue",
        "--slurm-init-seconds-before-status-checks=3", "--seconds-between-status-checks=3")  # fmt: skip
# The first attempt of a script ends in this way; the next finds the note that it left.
FIRST_ATTEMPT = (
    "import os, signal, subprocess, sys, time\nif not os.path.exists({note!r}):\n    open({note!r}, 'w').close()\n    {end}\n"
)
ENDS = {
    "check_basis": "sys.exit(3)",
    "export_basis": "os.kill(os.getpid(), signal.SIGKILL)",
    "gather_basis": "subprocess.run(['scancel', os.environ['SLURM_JOB_ID']]); time.sleep(60)",
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        pytest.skip("needs root on Debian")
    if slurm_cluster.FIXED_SETTINGS.exists():
        pytest.skip("this machine belongs to a Slurm cluster already")
    if slurm_cluster.missing():
        try:
            slurm_cluster.install()
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"slurm-wlm and munge cannot be installed here: {error}")
    with slurm_cluster.running_cluster(tmp_path_factory.mktemp("slurm") / "cluster") as environment:
        yield environment


def test_failed_and_killed_jobs_are_reported_and_tried_again(cluster, tmp_path, basis_run):
    workspace = Workspace(tmp_path / "clone")
    for rule, end in ENDS.items():
        script = workspace.root / "scripts" / f"{rule}.py"
        note = str(tmp_path / f"{rule}-tried")
        script.write_text(FIRST_ATTEMPT.format(note=note, end=end) + script.read_text())
    targets = (BASIS, "results/smoke/basis/study/off.basis")
    done = workspace.snakemake(*SMOKE, *SITE, *targets, environment=cluster)
    for rule in ENDS:
        assert f"Error in rule {rule}" in done.stdout, done.stdout[-6000:]
        assert (tmp_path / f"{rule}-tried").exists()
    assert done.stdout.count("Trying to restart job") == len(ENDS)
    assert "has been submitted with SLURM jobid" in done.stdout
    # Where it ran changes nothing in what was computed.
    assert checksum(workspace.root / STORE) == checksum(basis_run.root / STORE)
    assert workspace.planned(*SMOKE, *targets) == {}


def test_a_job_that_always_fails_ends_the_run_with_its_reason(cluster, tmp_path):
    workspace = Workspace(tmp_path / "clone")
    (workspace.root / "pulse.txt").write_text("1 0\nnan 0\n")
    (workspace.root / "mine.yaml").write_text(
        "scale: smoke\n"
        "pulses: {mine: {shape: file, path: pulse.txt, duration_ms: 20, flip_deg: 180}}\n"
        "bases: {study: {pulses: {edit: mine}}}\n"
    )
    log = "results/smoke/logs/simulate_basis/study-Cr-GABA-Gln-Glu-NAA.log"
    done = workspace.snakemake("--configfile=mine.yaml", *SITE, "--retries=1", SIMULATED, check=False, environment=cluster)
    assert done.returncode != 0
    assert done.stdout.count("Trying to restart job") == 1
    assert log in done.stdout
    assert "holds a value that is not finite (row 2)" in (workspace.root / log).read_text()
    assert not (workspace.root / SIMULATED).exists()


def without_gpus(workspace: Workspace) -> None:
    """What the profile tells a site without GPUs, and with little memory, to change."""
    profile = "workflow/profiles/slurm/config.yaml"
    for rule in ("train_fold", "train_final", "train_trials"):
        workspace.edit(profile, f"  {rule}:\n    mem_mb:", f"  {rule}:\n    gpu: 0\n    mem_mb:")
    text = (workspace.root / profile).read_text(encoding="utf-8")
    (workspace.root / profile).write_text(text.replace("24000", "3000").replace("8000", "3000"), encoding="utf-8")


def test_the_whole_smoke_workflow_gives_the_same_through_slurm(cluster, tmp_path, smoke_run):
    workspace = Workspace(tmp_path / "clone")
    without_gpus(workspace)
    done = workspace.snakemake(*SMOKE, *ONE_THREAD, *SITE, environment=cluster)
    assert done.stdout.count("has been submitted with SLURM jobid") > 50
    assert workspace.products() == smoke_run.products()
    assert workspace.planned(*SMOKE) == {}
