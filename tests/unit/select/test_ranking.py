"""Ranks, their significance, and replays of searches on a stored table."""

import numpy as np
import pandas as pd
import pytest
from planted_table import cnn_space, planted_scores
from scipy.stats import mannwhitneyu

from mrsgap.core.errors import InputError
from mrsgap.select import gaussian_process
from mrsgap.select.ranking import ReplaySize, choice, fold_errors, optimum_set, rank, replay, summarise_replay
from mrsgap.select.space import read_space

SPACE = read_space("toy", {"hyper": {"depth": [2, 3, 4]}})
FOLDS = {0: [5.0, 5.1, 5.2, 5.3, 5.4], 1: [1.0, 1.1, 1.2, 1.3, 1.4], 2: [1.05, 1.15, 1.25, 1.35, 1.45]}


def scores(folds=FOLDS):
    return pd.DataFrame([(number, fold, mae) for number, values in folds.items() for fold, mae in enumerate(values)],
                        columns=["configuration", "fold", "mae"])  # fmt: skip


def test_ranks_and_separators_follow_means_and_folds():
    table = rank(scores(), SPACE)
    assert list(table.configuration) == [1, 2, 0]
    assert list(table.depth) == ["3", "4", "2"]
    assert list(table.separated) == [False, True, False]
    assert table.p_next[1] == pytest.approx(mannwhitneyu(FOLDS[2], FOLDS[0]).pvalue)
    assert table.mae_sd[0] == pytest.approx(np.std(FOLDS[1], ddof=1))


def test_few_folds_claim_no_significance():
    table = rank(scores({number: values[:4] for number, values in FOLDS.items()}), SPACE)
    assert table.p_next.isna().all()
    assert not table.separated.any()


def test_optimum_holds_what_folds_do_not_tell_from_the_best():
    assert optimum_set(fold_errors(scores())) == {1, 2}


def test_choice_carries_its_evidence():
    chosen = choice("mine", rank(scores(), SPACE), {"architecture": "cnn"}, ["depth"])
    assert chosen["options"] == {"depth": "3"}
    assert chosen["not_separable_from_best"] == 2
    assert chosen["mae_mean"] == pytest.approx(1.2)


def test_study_without_a_finished_trial_is_refused():
    failed = pd.DataFrame(
        {"trial": [0], "configuration": [0], "fold": [None], "mae": [np.nan], "status": ["failed"], "reason": ["diverged"]}
    )
    with pytest.raises(InputError, match=r"no finished trial.*diverged"):
        rank(failed, SPACE)


def test_replay_needs_the_whole_grid():
    with pytest.raises(InputError, match="1 of 3 configurations have no score"):
        replay(SPACE, fold_errors(scores({0: FOLDS[0], 1: FOLDS[1]})), "none", None, ["random"], ReplaySize(1, 3, 0), 1)


@pytest.mark.usefixtures("float64")
def test_alternating_search_beats_random_on_a_planted_table():
    space = cnn_space()
    errors = fold_errors(planted_scores(space))
    guided = replay(space, errors, "mrsgap", gaussian_process.fit, ["alternating"], ReplaySize(5, 120, 12), 1)
    blind = replay(space, errors, "mrsgap", None, ["random"], ReplaySize(50, 432, 0), 1)
    table = summarise_replay(pd.concat([guided, blind]), space.size).set_index(["strategy", "goal"])
    for goal in ("optimum", "best mean"):
        assert table.loc[("alternating", goal), "median"] < table.loc[("random", goal), "median"] / 3
    assert table.loc[("random", "best mean"), "found"] == 50


def test_replay_summary_counts_repeats_that_never_arrive():
    rows = [("b", "s", 0, 1, 4, 2.0, 2.0, False), ("b", "s", 0, 2, 5, 1.0, 1.0, True), ("b", "s", 1, 1, 4, 2.0, 2.0, False)]
    columns = ["backend", "strategy", "repeat", "iteration", "configuration", "mae", "best_mae", "in_optimum"]
    table = summarise_replay(pd.DataFrame(rows, columns=columns), 10)
    assert list(table.found) == [1, 1]
    assert table.lower_quartile[0] == 2
    assert np.isnan(table.upper_quartile[0])
