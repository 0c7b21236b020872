"""The target `model` makes a network that ships from the config alone, and what it has made answers without training."""

import json

import pandas as pd
import pytest
from workspace import SMOKE, Workspace

MADE = "results/smoke/shipped/family"


@pytest.mark.slow
def test_one_target_makes_what_ships_and_quantify_trains_nothing(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.snakemake(*SMOKE, "--", "model")
    folder = workspace.root / MADE
    about = json.loads((folder / "model.json").read_text())
    assert about["method"] == "family"
    assert about["acquisition"]["larmor_mhz"] == [122, 128.5]
    assert len(about["error_correlations"]) == 5
    coverage = pd.read_csv(folder / "coverage.csv")
    assert set(coverage["set"]) == {"wide", "scanner"}
    assert {"Cr", "Gln+Glu", "GABA/NAA"} <= set(coverage["metabolite"])
    assert (folder / "range.msgpack").stat().st_size > 0
    # Once it lies where shipped networks lie, it answers: nothing is trained for `quantify`.
    assert not any(rule.startswith("train") for rule in workspace.planned(*SMOKE, "quantify"))
    (workspace.root / "models").mkdir()
    (workspace.root / MADE).rename(workspace.root / "models" / "family")
    planned = workspace.planned(*SMOKE, "quantify")
    assert planned["quantify_shipped"] == planned["compare_with_shipped"] == 1
    assert not any(rule.startswith("train") for rule in planned)
