"""Figures from a small run: every panel filled or saying why, synthetic data marked, axes labelled."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from estimates import compositions, estimates, study
from unit.publish.test_tables import SETTINGS, evidence

from mrsgap.core.names import MEASURED, SIMULATED
from mrsgap.publish.evidence import Evidence
from mrsgap.publish.figure_06_agreement import bland_altman_figure, simulation_scatter_figure
from mrsgap.publish.figure_07_answer import answer_figure, phantom_errors_figure
from mrsgap.publish.figure_training_sets import training_sets_figure
from mrsgap.quantities.normalise import MAX
from mrsgap.show import style
from mrsgap.stats.comparison import training_set_distances
from mrsgap.stats.errors import item_errors
from mrsgap.stats.judge import judge


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def run(quantities):
    judged = judge(quantities, MAX, {}, {})
    parts = evidence(quantities)
    return (
        judged,
        Evidence(parts["summary"], item_errors(judged, SETTINGS["overall"], "lcm-joint", "study"), parts["agreement"]),
        parts["settings"],
    )


def texts(fig):
    return [text.get_text() for text in fig.findobj(plt.Text) if text.get_text()]


def figures(quantities):
    judged, found, settings = run(quantities)
    simulated = run(quantities.assign(origin=SIMULATED, series=""))[1]
    return [
        phantom_errors_figure(found, simulated, settings, "train"),
        answer_figure(found, settings, "train"),
        bland_altman_figure(judged, found, settings, "train"),
    ]


def test_synthetic_spectra_are_marked_on_every_picture_and_measured_are_not():
    assert all(style.SYNTHETIC_MARK in texts(fig) for fig in figures(study()))
    assert not any(style.SYNTHETIC_MARK in texts(fig) for fig in figures(study().assign(origin=MEASURED)))


def test_an_empty_run_draws_panels_that_say_so(tmp_path):
    for index, fig in enumerate(figures(study().iloc[:0])):
        assert any("no results" in text for text in texts(fig))
        fig.savefig(tmp_path / f"{index}.png", dpi=30)


def test_the_scatter_has_a_panel_per_network_and_says_which_were_not_trained(tmp_path):
    quantities = study().assign(origin=SIMULATED)
    judged, found, settings = run(quantities)
    fig = simulation_scatter_figure(judged, found, settings, "train")
    fig.savefig(tmp_path / "scatter.png", dpi=30)
    shown = texts(fig)
    assert {"YAE", "CNN", "FCNN", "EncDec"} <= set(shown)
    assert shown.count("not trained in this run") == 4  # EncDec's four panels
    assert sum(text.startswith("slope") for text in shown) == 12


def test_errors_beyond_the_axis_are_counted_on_it():
    truths = compositions()
    wild = estimates("yae", truths, training_set="train", member=("", "0"))
    wild.loc[(wild["metabolite"] == "GABA") & (wild["item"] == "E2_01"), "estimate"] = 500.0
    fig = figures(pd.concat([study(methods=1), wild]))[0]
    assert "1↑" in texts(fig)


def test_training_sets_without_a_pair_say_so_and_with_one_show_it():
    items = run(study())[1].items
    empty = training_set_distances(items, "phantoms", [("train", "wide")])
    names, metabolites = {"cnn": "CNN"}, SETTINGS["overall"]
    assert "no network was trained on two training sets" in texts(training_sets_figure(empty, metabolites, names, True))
    other = estimates("cnn", compositions(), sd=3.0, training_set="wide", member=("", "0"))
    both = training_set_distances(run(pd.concat([study(), other]))[1].items, "phantoms", [("train", "wide")])
    assert both["notable"].any()
    assert "CNN\ntrain → wide" in texts(training_sets_figure(both, metabolites, names, True))
