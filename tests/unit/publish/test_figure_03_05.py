"""Pictures of model selection show what they were given."""

import numpy as np
import pandas as pd

from mrsgap.publish.figure_03_05 import (
    draw_explored,
    draw_ranking,
    draw_search,
    draw_sensitivity,
    ranking_figure,
    search_figure,
    sensitivity_figure,
)
from mrsgap.select.space import read_space
from mrsgap.show import style

RANKING = pd.DataFrame({"rank": [1, 2, 3], "configuration": [2, 0, 1], "mae_mean": [0.01, 0.02, 0.03],
                        "separated": [True, False, False]})  # fmt: skip
SCORES = pd.DataFrame({"configuration": [0, 0, 1, 1, 2, 2], "mae": [0.019, 0.021, 0.029, 0.031, 0.009, 0.011]})
RUNS = pd.DataFrame(
    [("alternating", 0, 1, 0.02, 0.02), ("alternating", 0, 2, 0.01, 0.01), ("random", 0, 1, 0.03, 0.03),
     ("random", 0, 2, 0.02, 0.02), ("random", 0, 3, 0.01, 0.01)],
    columns=["strategy", "repeat", "iteration", "mae", "best_mae"],
)  # fmt: skip


def test_ranking_draws_folds_at_their_rank_and_one_separator():
    fig, ax = style.figure(8, 6)
    draw_ranking(ax, RANKING, SCORES)
    points = next(line for line in ax.lines if line.get_label() == "fold")
    assert sorted(zip(points.get_xdata(), points.get_ydata()))[0] == (1, 0.009)
    assert [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == ":"] == [1.5]
    style.plt.close(fig)


def test_search_curve_stays_at_the_optimum_once_found():
    fig, (left, right) = style.figure(8, 6, ncols=2)
    draw_search(left, RUNS, 0.01)
    curve = next(line for line in left.lines if line.get_label().startswith("alternating"))
    np.testing.assert_allclose(curve.get_ydata(), [0.02, 0.01, 0.01])
    draw_explored(right, RUNS, 10)
    np.testing.assert_allclose([line.get_ydata()[0] for line in right.lines], [20, 30])
    style.plt.close(fig)


def test_sensitivity_shows_every_value_of_an_option():
    fig, ax = style.figure(8, 6)
    draw_sensitivity(ax, "batch_size", ["16", "32"], [np.array([0.01, 0.02]), np.array([0.03])])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["16", "32"]
    assert ax.get_title() == "batch size"
    style.plt.close(fig)


def test_figures_have_a_row_per_backend_and_a_panel_per_option():
    space = read_space("s", {"training": {"batch_size": ["16", "32"], "rate": ["1", "2", "3"]}})
    ranking = RANKING.assign(batch_size=["16", "32", "16"], rate=[1, 2, 3])
    runs = pd.concat([RUNS.assign(backend=name) for name in ("own", "other")])
    assert len(search_figure(runs, 0.01, 10).axes) == 4
    panels = [ax for ax in sensitivity_figure(ranking, space.options).axes if ax.get_visible()]
    assert [ax.get_title() for ax in panels] == ["batch size", "rate"]
    assert len(ranking_figure(ranking, SCORES).axes) == 1
    style.plt.close("all")
