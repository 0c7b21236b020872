"""Errors of an ablation: what series have in common is bias, and nothing else is."""

import numpy as np
import pandas as pd
import pytest

from mrsgap.show.figure_ablation import ablation_figure
from mrsgap.trust.ablation import bias_share


def test_the_share_of_bias_is_that_of_the_series_means_beyond_chance():
    random = np.random.default_rng(0)
    series = np.repeat(np.arange(400), 10).astype(str)
    offsets = np.repeat(random.normal(size=400) * 0.03, 10)
    noise = random.normal(size=4000) * 0.04
    assert bias_share(noise, series) == pytest.approx(0.0, abs=0.1)  # means of ten vary by a tenth of the variance, taken off
    assert bias_share(offsets + noise, series) == pytest.approx(0.03**2 / (0.03**2 + 0.04**2), abs=0.08)
    assert bias_share(offsets, series) == pytest.approx(1.0)
    assert np.isnan(bias_share(noise, None))


def test_every_training_set_is_drawn_in_every_panel():
    names = ["judged_on", "training_set", "architecture", "seed", "metabolite", "mae"]
    rows = [
        (panel, learnt, kind, seed, metabolite, 0.1 / (1 + place))
        for panel in ("held-out members, wide", "phantoms")
        for place, learnt in enumerate(("study", "wide-family"))
        for kind in ("residual_mlp", "yae")
        for seed in (0, 1)
        for metabolite in ("Cr", "GABA", "Gln", "Glu", "NAA")
    ]
    figure = ablation_figure(pd.DataFrame(rows, columns=names))
    assert [ax.get_title() for ax in figure.axes] == ["held-out members, wide", "phantoms"]
    for ax in figure.axes:
        assert [label.get_text() for label in ax.get_xticklabels()] == ["study", "wide-family"]
        means = [line for line in ax.get_lines() if line.get_linestyle() == "-"]
        np.testing.assert_allclose([line.get_ydata() for line in means], [[0.1, 0.05]] * 2)
