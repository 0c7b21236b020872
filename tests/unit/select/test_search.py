"""Both backends in the same loop: they never repeat themselves, go on where they stopped, and find a planted optimum."""

import jax
import numpy as np
import pytest
from planted_table import cnn_space, planted_scores

from mrsgap.core.errors import InputError
from mrsgap.select import gaussian_process, gpyopt_backend
from mrsgap.select.search import EXPECTED_IMPROVEMENT, GRID, RANDOM, THOMPSON, Search, modelled
from mrsgap.select.space import read_space

pytestmark = pytest.mark.usefixtures("float64")
TOY = read_space("toy", {"hyper": {"act": ["tanh", "relu", "elu"], "depth": [2, 3, 5, 8]}})
BACKENDS = pytest.mark.parametrize("fit", [gaussian_process.fit, gpyopt_backend.fit], ids=["mrsgap", "gpyopt"])
ALTERNATING = (EXPECTED_IMPROVEMENT, THOMPSON)


def toy_objective(configuration):
    act, depth = TOY.codes[configuration]
    return 0.01 * (1 + 0.5 * act + 0.3 * abs(depth - 2))


def run(search, count, objective=toy_objective):
    proposals = []
    for _ in range(count):
        proposals.append(search.ask())
        search.tell(proposals[-1].configuration, objective(proposals[-1].configuration))
    return proposals


@pytest.fixture(scope="module", params=[gaussian_process.fit, gpyopt_backend.fit], ids=["mrsgap", "gpyopt"])
def whole(request):
    """A search through all of the toy space: the backend, the search at its end and its proposals."""
    with jax.enable_x64(True):
        search = Search(TOY, ALTERNATING, 4, 7, "toy", request.param)
        return request.param, search, run(search, TOY.size)


def test_search_visits_each_configuration_once_and_then_stops(whole):
    _, search, proposals = whole
    assert sorted(proposal.configuration for proposal in proposals) == list(range(TOY.size))
    assert search.ask() is None


def test_search_finds_the_planted_optimum_of_the_toy_space_early(whole):
    optimum = TOY.number({"act": "tanh", "depth": "5"})
    assert optimum in [proposal.configuration for proposal in whole[2][:8]]


def test_strategies_take_turns_after_the_design(whole):
    assert [proposal.strategy for proposal in whole[2]] == ["sobol"] * 4 + [*ALTERNATING] * 4


def test_resumed_search_goes_on_as_if_it_had_never_stopped(whole):
    fit, _, proposals = whole
    resumed = Search(TOY, ALTERNATING, 4, 7, "toy", fit)
    for proposal in proposals[:6]:
        resumed.tell(proposal.configuration, toy_objective(proposal.configuration))
    assert run(resumed, 2) == proposals[6:8]


@BACKENDS
def test_a_batch_asked_at_once_has_no_repeats_and_is_not_one_corner(fit):
    search = Search(cnn_space(), ALTERNATING, 12, 1, "batch", fit)
    scores = planted_scores(cnn_space()).groupby("configuration").mae.mean()
    run(search, 12, objective=scores.__getitem__)
    batch = [search.ask().configuration for _ in range(8)]
    assert len(set(batch)) == 8
    codes = cnn_space().codes[batch[::2]]  # those of expected improvement
    assert min(np.sum(codes[i] != codes[j]) for i in range(4) for j in range(i)) >= 1


def test_draws_of_both_backends_differ_from_expected_improvement():
    search = Search(cnn_space(), (THOMPSON,), 12, 1, "draws", gaussian_process.fit)
    scores = planted_scores(cnn_space()).groupby("configuration").mae.mean()
    run(search, 12, objective=scores.__getitem__)
    observed, values = modelled(search.outcomes)
    for fit in (gaussian_process.fit, gpyopt_backend.fit):
        posterior = fit(search.space, observed, values, np.random.default_rng(0))
        draws = [posterior.draw(np.random.default_rng(seed)) for seed in range(2)]
        assert np.std(draws[0] - draws[1]) > 0.02


def test_grid_goes_through_the_space_in_order():
    assert [p.configuration for p in run(Search(TOY, (GRID,), 0, 1, "grid", None), 5)] == [0, 1, 2, 3, 4]


def test_failed_trial_is_not_proposed_again_and_counts_as_the_worst():
    search = Search(TOY, ALTERNATING, 4, 1, "fails", gaussian_process.fit)
    run(search, 4)
    failed = search.ask().configuration
    search.tell(failed, None)
    assert failed not in [proposal.configuration for proposal in run(search, TOY.size - 5)]
    observed, values = modelled({3: 0.01, 5: None, 8: 0.04})
    assert list(observed) == [3, 5, 8]
    assert values[1] == values[2] > values[0]


def test_search_in_which_everything_fails_goes_on_at_random():
    search = Search(TOY, ALTERNATING, 2, 1, "dead", gaussian_process.fit)
    assert [p.strategy for p in run(search, 5, objective=lambda configuration: None)][2:] == [RANDOM] * 3


def test_unknown_strategy_and_impossible_objective_are_refused():
    with pytest.raises(InputError, match="unknown strategy `ucb`"):
        Search(TOY, ("ucb",), 4, 1, "x", None)
    with pytest.raises(InputError, match="finite and > 0"):
        Search(TOY, (RANDOM,), 0, 1, "x", None).tell(0, float("nan"))
