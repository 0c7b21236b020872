"""Faults in selection studies stop at parse time, and a longer study plans only what is new."""

import pytest
from workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return Workspace(tmp_path_factory.mktemp("clone"))


@pytest.mark.parametrize(("setting", "complaint"), [
    ("studies={yae-grid-narrow: {fixed: {hyper: {depth: 3}}}}", "`yae` has no hyper-parameter `depth`"),
    ("studies={yae-grid-narrow: {architecture: resnet}}", "unknown architecture `resnet`"),
    ("studies={yae-grid-narrow: {space: {hyper: {activation: []}}}}", "option `activation` has no values"),
    ("studies={yae-stage-3: {space: {hyper: {width: [1, 2, 3, 4, 5, 6]}}}}", "too many to enumerate"),
    ("selection={run: [nothing]}", "names the unknown study `nothing`"),
    ("selection={shown: cnn-grid}", "which `selection.run` does not carry out"),
    ("selection={run: [yae-grid-narrow, yae-stage-2]}", "study `yae-stage-2` needs `yae-stage-1`"),
])  # fmt: skip
def test_a_fault_in_a_study_stops_at_parse_time(workspace, setting, complaint):
    assert complaint in workspace.complaint("--config", setting)


def test_a_model_of_a_study_waits_for_its_choice(workspace):
    (workspace.root / "mine.yaml").write_text(
        "scale: smoke\nmodels: {mine: {architecture: yae, training_sets: [train], selected_by: yae-gp-narrow}}\n"
    )
    planned = workspace.planned("--configfile=mine.yaml", "results/smoke/models/mine/final-train-seed-0")
    assert planned["train_final"] == 1
    assert planned["choose_model"] == 2  # the search finds trials of the grid, which is therefore done first
    assert planned["train_trials"] == 3


def test_paper_scale_plans_every_trial_of_the_grid_and_every_round_of_the_search(workspace):
    planned = workspace.planned("--configfile=config/paper.yaml")
    assert planned["train_trials"] >= 432 + 150
