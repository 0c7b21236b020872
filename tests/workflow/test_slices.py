"""Training in slices, for real and tiny: killed at the end of each, and in the end as if nothing had happened."""

import os
import subprocess
import sys

import pandas as pd
import pytest
from workspace import Workspace

from mrsgap.cost.slices import FINISHED, STARTED

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
TINY = """
scale: tiny
datasets: {train: {items: 40}, train-augmented: {items: 40}}
models:
  yae: {seeds: 2, training_sets: [train-augmented, train], hyper: {width: 64}, training: {epochs: 4000, patience: 5000}}
  fcnn: {training_sets: [train-augmented, train], hyper: {filters: [4, 8, 8, 8, 8], dense_units: 32}, training: {epochs: 3}}
  cnn: {training_sets: [train-augmented, train], hyper: {filters: [4, 8], dense_units: 32}, training: {epochs: 3}}
training: {run: [yae, fcnn, cnn], checkpoint_every_s: 1}
selection: {run: []}
"""
MINUTES = "1.5"
CONFIG = ("--configfile", "config/smoke.yaml", "tiny.yaml")
ORDER = [(name, chosen) for chosen in ("train-augmented", "train") for name in ("yae", "fcnn", "cnn")]


def workspace(root):
    made = Workspace(root)
    (made.root / "tiny.yaml").write_text(TINY)
    return made


def test_networks_trained_in_slices_are_those_of_a_run_left_alone(tmp_path):
    sliced = workspace(tmp_path / "sliced")
    sliced.snakemake(*CONFIG, "--", *(f"results/tiny/spectra/{name}.zarr" for name in ("train-augmented", "train")))
    whole = Workspace.copy_of(sliced, tmp_path / "whole")
    command = [sys.executable, "scripts/train_slice.py", MINUTES, "results/tiny", "--cores", "2", *CONFIG]
    environment, states = os.environ | {"PYTHONPATH": str(sliced.root / "workflow" / "src")}, []
    for _ in range(40):
        done = subprocess.run(command, cwd=sliced.root, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or "not enough to list" in done.stderr, done.stderr[-3000:]
        if done.returncode == 0:
            table = pd.read_csv(sliced.root / "results/tiny/plan/slices.csv")
            states.append(list(table["state"]))
            assert list(zip(table["model"], table["training_set"])) == ORDER
            if states[-1] == [FINISHED] * len(ORDER):
                break
    assert states[-1] == [FINISHED] * len(ORDER), states
    assert any(STARTED in state for state in states), "no slice ended within a training: let them be shorter"
    folders = pd.read_csv(sliced.root / "results/tiny/plan/networks.csv")["folder"]
    whole.snakemake(*CONFIG, "--", *folders)
    for folder in folders:
        files = [made.root / folder / "weights.msgpack" for made in (sliced, whole)]
        assert files[0].read_bytes() == files[1].read_bytes(), folder
