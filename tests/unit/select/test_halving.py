"""Successive halving: good configurations get the epochs, the planted optimum is found, and the longest trained is chosen."""

import numpy as np
import pytest
from planted_table import CNN_SPACE, cnn_space, planted_scores

from mrsgap.core.errors import InputError
from mrsgap.select.ranking import fold_errors, optimum_set, rank
from mrsgap.select.search import HALVING, Halving, searcher
from mrsgap.select.space import read_space
from mrsgap.select.study import read_study, round_sizes, rung_epochs, rung_sizes
from mrsgap.select.trials import first_trials, outcomes, propose_round, read_scores, run_trials

TOY = read_space("toy", {"hyper": {"act": ["tanh", "relu", "elu"], "depth": [2, 3, 5, 8]}})
SPEC = {"architecture": "cnn", "backend": "mrsgap", "strategies": [HALVING], "initial": 9, "rounds": 3, "keep": 3,
        "trials_per_round": None, "fixed": {"data": {"states": ["off"], "parts": ["real"], "normalisation": "sum"},
                                            "training": {"epochs": 18}},
        "space": {"hyper": {"dense_units": [8, 16, 32, 64]}, "training": {"batch_size": [16, 32, 64]}}}  # fmt: skip


def halved(search, objective):
    """All proposals of a search and the errors told, (proposal, error)."""
    told = []
    while (proposal := search.ask()) is not None:
        told.append((proposal, objective(proposal.configuration, proposal.epochs)))
        search.tell(proposal.configuration, told[-1][1])
    return told


def test_rungs_shrink_as_the_epochs_grow():
    assert rung_sizes(432, 3, 4) == [432, 144, 48, 16]
    assert rung_epochs(100, 3, 4) == [4, 11, 33, 100]
    assert rung_sizes(4, 3, 9) == [4, 2, 1]


def test_the_planted_optimum_is_found_with_a_seventh_of_the_epochs():
    """Errors fall towards the planted ones with the epochs, each configuration at a pace of its own."""
    space, table = cnn_space(), fold_errors(planted_scores(cnn_space()))
    means = np.array([table[number].mean() for number in range(space.size)])
    found, spent = [], []
    for seed in range(10):
        pace = np.random.default_rng(seed).uniform(1, 6, space.size)
        told = halved(Halving(space, 432, 3, 4, 100, seed, "planted"), lambda n, epochs: means[n] * (1 + pace[n] / epochs))  # noqa: B023
        last = [(error, proposal.configuration) for proposal, error in told if proposal.epochs == 100]
        found.append(min(last)[1])
        spent.append(sum(proposal.epochs for proposal, _ in told))
    assert set(spent) == {432 * 4 + 144 * 11 + 48 * 33 + 16 * 100}
    assert spent[0] < 100 * space.size / 6
    good = optimum_set(table)
    assert sum(number in good for number in found) >= 8


def test_a_search_that_is_told_its_past_goes_on_as_if_it_had_never_stopped():
    objective = lambda number, epochs: 0.01 * (1 + number % 5) * (1 + 3 / epochs)  # noqa: E731
    told = halved(Halving(TOY, 6, 2, 3, 8, 3, "toy"), objective)
    assert [proposal.strategy for proposal, _ in told] == ["sobol"] * 6 + [HALVING] * (3 + 2)
    resumed = Halving(TOY, 6, 2, 3, 8, 3, "toy")
    for proposal, error in told[:6]:
        resumed.tell(proposal.configuration, error)
    assert [resumed.ask() for _ in range(3)] == [proposal for proposal, _ in told[6:9]]
    assert resumed.ask() is None  # their errors are not told yet


def test_a_failed_trial_does_not_go_on():
    told = halved(Halving(TOY, 12, 3, 2, 9, 1, "fails"), lambda n, epochs: None if n == 0 else 0.01 * (n + 1))
    assert 0 not in [proposal.configuration for proposal, _ in told[12:]]
    assert [proposal.configuration for proposal, _ in told[12:]] == [1, 2, 3, 4]


def test_a_study_trains_survivors_longer_and_chooses_among_the_longest(tmp_path):
    study = read_study("halving", SPEC)
    sizes, paths, seen = round_sizes(SPEC, study.space), [], []

    def train(settings):
        epochs, units = settings["training"]["epochs"], settings["hyper"]["dense_units"]
        seen.append(epochs)
        return {fold: 0.01 * (1 + abs(units - 32) / 32) * (1 + 2 / epochs) * (1 + 0.01 * fold) for fold in range(5)}

    for number, size in enumerate(sizes):
        search = searcher(study, SPEC, 1)
        for configuration, objective in outcomes(read_scores(paths)):
            search.tell(configuration, objective)
        trials = propose_round(search, study.space.names, study.settings, sum(sizes[:number]), size)
        assert len(trials) == size
        paths.append(tmp_path / f"scores-{number}.csv")
        run_trials(trials, train, tmp_path / "trials", data="d", code="c", seed=1).to_csv(paths[-1], index=False)
    assert sorted(seen) == [2] * 9 + [6] * 3 + [18]
    scores = read_scores(paths)
    ranked = rank(scores, study.space)
    assert len(ranked) == 9
    assert list(ranked["trials"]) == [3, 2, 2, *[1] * 6]
    assert ranked["dense_units"].iloc[0] == "32"
    assert ranked["mae_mean"].iloc[0] == pytest.approx(0.01 * (1 + 2 / 18) * 1.02)
    assert np.isnan(ranked["p_next"].iloc[0])  # the next was trained for fewer epochs
    assert study.settings(int(ranked["configuration"].iloc[0]))["training"]["epochs"] == 18
    assert first_trials(scores)["trial"].max() == 8


@pytest.mark.parametrize(("change", "message"), [
    ({"strategies": [HALVING, "random"]}, "takes no turns"),
    ({"keep": 1}, "needs `keep` of at least 2"),
    ({"rounds": 1}, "needs `rounds` of at least 2"),
    ({"initial": 13}, "the space has 12 configurations"),
    ({"fixed": SPEC["fixed"] | {"training": {}}}, "needs the epochs of its last round"),
])  # fmt: skip
def test_a_halving_that_cannot_be_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        read_study("halving", SPEC | change)


def test_the_space_of_the_study_is_planned_whole():
    assert round_sizes({"strategies": [HALVING], "initial": 432, "keep": 3, "rounds": 4}, read_space("cnn", CNN_SPACE)) == [
        432, 144, 48, 16]  # fmt: skip
