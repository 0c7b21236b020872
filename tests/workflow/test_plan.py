"""`snakemake plan` at the paper's scale: every job counted, the large stores priced as what they hold."""

import pandas as pd
import pytest
from workspace import Workspace

# complex64 samples of two edit states, for 100,000 training items on each of six training sets and four sets of 10,000.
SPECTRA_GB = (6 * 100_000 + 4 * 10_000) * 2 * 4096 * 8 / 1e9


def test_the_papers_scale_is_priced_before_anything_runs(tmp_path):
    workspace = Workspace(tmp_path / "clone")
    paper = "--configfile=config/paper.yaml"
    told = workspace.snakemake(paper, "plan").stdout
    assert "mrsgap at the scale paper" in told
    assert "GB free" in told
    table = pd.read_csv(workspace.root / "results/paper/plan/plan.csv").set_index("rule")
    assert table["jobs"].to_dict() == workspace.planned(paper)
    assert (table["jobs"] == table["to_do"]).all()
    assert table.loc["simulate_spectra", "gigabytes"] == pytest.approx(SPECTRA_GB, rel=0.1)
    assert table.loc["train_trials", "hours"] > 0
    assert {path.name for path in (workspace.root / "results/paper").iterdir()} == {"logs", "plan"}
