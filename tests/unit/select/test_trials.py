"""Trials: identity, the shared store, failures; and a whole study with a synthetic trainer."""

import json

import numpy as np
import pytest

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_table
from mrsgap.select import gaussian_process
from mrsgap.select.ranking import rank
from mrsgap.select.search import EXPECTED_IMPROVEMENT, THOMPSON, Search
from mrsgap.select.study import read_study, rounds
from mrsgap.select.trials import objectives, propose_round, read_scores, run_trials, trial_identity

SPEC = {
    "architecture": "cnn",
    "fixed": {"data": {"parts": ["real"]}, "hyper": {"filters": [8, 16]}},
    "space": {
        "data": {
            "normalisation": ["sum", "max"],
            "states": {"off+on": {"states": ["off", "on"]}, "diff": {"states": ["diff"]}},
        },
        "hyper": {"dense_units": [2, 3, 4, 5]},
    },
}
SAME = {"data": "d", "code": "c", "seed": 1}


def study():
    return read_study("mine", SPEC)


class Trainer:
    """Stands in for the training loop: an error known from the settings, and a count of how often it was asked."""

    def __init__(self):
        self.calls = 0

    def __call__(self, settings):
        self.calls += 1
        level = 0.01 * (1 + abs(settings["hyper"]["dense_units"] - 4) + (settings["data"]["normalisation"] == "max"))
        return {fold: level * (1 + 0.01 * fold) for fold in range(5)}


def test_settings_of_a_configuration_merge_what_is_fixed_and_chosen():
    settings = study().settings(study().space.number({"normalisation": "max", "states": "off+on", "dense_units": "5"}))
    assert settings == {
        "architecture": "cnn",
        "data": {"channels": ["off-real", "on-real"], "normalisation": "max"},
        "hyper": {"filters": [8, 16], "dense_units": 5},
        "training": {},
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fixed": {"data": {"parts": ["real"]}, "hyper": {"width": 3}}}, "`cnn` has no hyper-parameter `width`"),
        ({"fixed": {"data": {"parts": ["real"]}, "training": {"speed": 3}}}, "unknown `training` setting `speed`"),
        ({"fixed": {}}, "`data.parts` is neither fixed nor an option"),
        ({"space": {}}, "the space is empty"),
        ({"architecture": "frozen_encoder_quantifier"}, "`frozen_encoder_quantifier` needs an encoder"),
    ],
)
def test_bad_study_is_refused_before_anything_runs(change, message):
    with pytest.raises(InputError, match=message):
        read_study("mine", {**SPEC, **change})


def test_identity_depends_on_settings_data_code_and_seed_but_not_on_order():
    base = trial_identity({"a": 1, "b": 2}, "data", "code", 1)
    assert base == trial_identity({"b": 2, "a": 1}, "data", "code", 1)
    others = [({"a": 1, "b": 3}, "data", "code", 1), ({"a": 1, "b": 2}, "other", "code", 1),
              ({"a": 1, "b": 2}, "data", "other", 1), ({"a": 1, "b": 2}, "data", "code", 2)]  # fmt: skip
    assert len({base, *(trial_identity(*other) for other in others)}) == 5


def proposals(count, name="mine"):
    search = Search(study().space, ("grid",), 0, 1, name, None)
    return propose_round(search, study().space.names, study().settings, 0, count)


def test_another_study_finds_a_trial_finished(tmp_path):
    first, second = Trainer(), Trainer()
    scores = run_trials(proposals(3), first, tmp_path, **SAME)
    again = run_trials(proposals(4, "another"), second, tmp_path, **SAME)
    assert (first.calls, second.calls) == (3, 1)
    assert scores.equals(again.iloc[: len(scores)])


def test_changed_code_or_data_trains_again(tmp_path):
    trainer = Trainer()
    run_trials(proposals(2), trainer, tmp_path, **SAME)
    run_trials(proposals(2), trainer, tmp_path, **{**SAME, "code": "other"})
    run_trials(proposals(2), trainer, tmp_path, **{**SAME, "data": "other"})
    assert trainer.calls == 6


def test_failed_trial_is_recorded_with_its_reason_and_tried_again_next_time(tmp_path):
    def train(settings):
        if settings["hyper"]["dense_units"] == 3:
            raise InputError("loss became NaN in epoch 2")
        return {fold: 0.01 if settings["hyper"]["dense_units"] == 2 else np.nan for fold in range(5)}

    scores = run_trials(proposals(3), train, tmp_path, **SAME)
    failed = scores[scores.status == "failed"]
    assert list(failed.trial) == [1, 2]
    assert failed.reason.iloc[0] == "loss became NaN in epoch 2."
    assert "fold 0 is nan" in failed.reason.iloc[1]
    assert objectives(scores) == {0: pytest.approx(0.01), 1: None, 2: None}
    trainer = Trainer()
    run_trials(proposals(3), trainer, tmp_path, **SAME)
    assert trainer.calls == 2


def test_fault_of_ours_stops_the_run(tmp_path):
    def train(settings):
        raise KeyError("bug")

    with pytest.raises(KeyError):
        run_trials(proposals(1), train, tmp_path, **SAME)


def test_damaged_record_is_named(tmp_path):
    run_trials(proposals(1), Trainer(), tmp_path, **SAME)
    (path,) = tmp_path.glob("*.json")
    path.write_text(json.dumps({"mae": [1]}))
    with pytest.raises(InputError, match="damaged"):
        run_trials(proposals(1), Trainer(), tmp_path, **SAME)


def run_study(folder, sizes, trainer):
    """Rounds as the workflow carries them out: each reads the files of those before it."""
    paths, first = [], 0
    for number, count in enumerate(sizes):
        search = Search(study().space, (EXPECTED_IMPROVEMENT, THOMPSON), 4, 1, "mine", gaussian_process.fit)
        for configuration, objective in objectives(read_scores(paths)).items():
            search.tell(configuration, objective)
        trials = propose_round(search, study().space.names, study().settings, first, count)
        paths.append(folder / f"round-{number}.csv")
        write_table(paths[-1], run_trials(trials, trainer, folder / "trials", **SAME))
        first += count
    return read_scores(paths)


@pytest.mark.usefixtures("float64")
def test_study_of_rounds_finds_the_best_and_more_rounds_keep_the_finished(tmp_path):
    trainer = Trainer()
    short = run_study(tmp_path, [4, 3], trainer)
    assert trainer.calls == 7
    longer = run_study(tmp_path, [4, 3, 3], trainer)
    assert trainer.calls == 10
    assert longer.iloc[: len(short)].reset_index(drop=True).equals(short)
    best = rank(longer, study().space).iloc[0]
    assert (best.dense_units, best.normalisation) == ("4", "sum")


def test_rounds_end_with_the_space():
    assert rounds(study().space, 6, 10) == [6, 6, 4]
    assert rounds(study().space, None, 1) == [16]
    assert rounds(study().space, 5, 2) == [5, 5]
