"""Errors made together, sums and ratios from them, and what a network is worth on members held out."""

import numpy as np
import pandas as pd
import pytest

from mrsgap.trust import held_out
from mrsgap.trust.held_out import coverage, error_correlations, interval_of, joint_draws


class Stated:
    """A network in whose place numbers stand: estimates and scales are read off its input."""

    class inputs:
        metabolites = ("GABA", "Gln", "Glu", "NAA")

    has_scales = True

    def predict(self, x):
        return x[None, :, 0]

    def scales(self, x):
        return x[None, :, 1]


def made(items, spread=1.0, seed=0):
    """Laplace errors, those of Gln and Glu against each other, in units of scales that differ between items."""
    random = np.random.default_rng(seed)
    truth = random.uniform(0.3, 1.0, (items, 4))
    scales = random.uniform(0.005, 0.03, (items, 1)) * np.ones(4)
    errors = random.laplace(size=(items, 4)) * spread
    errors[:, 2] = -0.9 * errors[:, 1] + 0.1 * errors[:, 2]
    inputs = np.stack([truth + errors * scales, scales], axis=1)
    return held_out.Examples(inputs, truth), errors


def test_intervals_hold_what_they_promise_by_metabolite_sum_and_ratio():
    table = coverage(Stated(), {"same": made(6000)[0], "wider": made(3000, 2.0, 1)[0]}, 0.95).set_index(["set", "metabolite"])
    for name in (*Stated.inputs.metabolites, "Gln+Glu", "GABA/NAA"):
        assert table.loc[("same", name), "covered"] == pytest.approx(0.95, abs=0.015)
        assert table.loc[("wider", name), "covered"] < 0.90
    assert table.loc[("same", "GABA"), "items"] == 3000  # the other half gave the factors
    # Errors of Gln and Glu cancel in their sum: independent ones would make its interval wider than either's.
    assert table.loc[("same", "Gln+Glu"), "half_width"] < 0.5 * table.loc[("same", "Gln"), "half_width"]


def test_correlations_are_those_of_the_errors_whatever_a_few_wild_ones_say():
    _, errors = made(4000)
    wild = errors.copy()
    wild[:10, :2] = 1000.0
    found = error_correlations(wild)
    assert found[1, 2] < -0.9
    assert abs(found[0, 1]) < 0.08
    np.testing.assert_array_equal(np.diag(found), 1.0)


def test_joint_draws_lie_around_the_estimates_and_never_below_zero():
    bank = np.array([[-1.0, 1.0], [1.0, -1.0], [0.0, 0.0]])
    draws = joint_draws(np.array([[0.5, 0.01]]), np.array([[0.1, 0.1]]), bank)
    np.testing.assert_allclose(draws[:, 0], [[0.6, 0.0], [0.4, 0.11], [0.5, 0.01]])
    low, high = interval_of(lambda values: values.sum(axis=-1), draws, 1.0)
    assert (low[0], high[0]) == (pytest.approx(0.51), pytest.approx(0.6))


def test_a_table_of_held_out_items_calibrates_ratios():
    from mrsgap.quantities.normalise import ratios
    from mrsgap.trust.ratios import calibrate

    model = Stated()
    model.about = {"method": "family", "basis": "f", "training_set": "f"}
    rows = held_out.as_quantities(model, made(2000)[0], "wide")
    calibration = calibrate(pd.concat([ratios(rows, "NAA")]), 0.95)
    assert set(calibration["metabolite"]) == {"GABA", "Gln", "Glu"}
    assert calibration["covered"].between(0.93, 0.97).all()
