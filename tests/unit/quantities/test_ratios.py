"""Ratios of a user's spectra: their uncertainty, their gaps, and who answers for a network."""

import numpy as np
import pytest
from estimates import quantities

from mrsgap.core.files import write_table
from mrsgap.quantities.bounds import correlation_text
from mrsgap.quantities.members import answers_only
from mrsgap.quantities.ratios import ratios
from mrsgap.quantities.table import read_quantities, read_table


def test_ratio_and_its_uncertainty():
    table = ratios(quantities([{"metabolite": "NAA", "estimate": 2.0, "sd": 0.2, "truth": 10.0},
                               {"metabolite": "GABA", "estimate": 0.4, "sd": 0.02, "truth": 1.5}]), "NAA")  # fmt: skip
    assert table["ratio"].item() == pytest.approx(0.2)
    assert table["sd"].item() == pytest.approx(0.2 * np.hypot(0.05, 0.1))
    assert table["truth"].item() == pytest.approx(0.15)


@pytest.mark.parametrize("naa", [0.0, -1.0, np.nan])
def test_no_ratio_without_a_reference(naa):
    rows = [{"metabolite": "NAA", "estimate": naa, "sd": 0.1}, {"metabolite": "GABA", "estimate": 0.4, "sd": 0.1}]
    table = ratios(quantities(rows), "NAA")
    assert np.isnan(table["ratio"].item())
    assert table["status"].item() == "failed"
    assert "NAA" in table["reason"].item()


def test_a_refusal_stays_one():
    rows = [
        {"metabolite": name, "estimate": np.nan, "status": "refused", "reason": "another field"} for name in ("NAA", "GABA")
    ]
    table = ratios(quantities(rows), "NAA")
    assert table["status"].item() == "refused"
    assert table["reason"].item() == "another field"


def test_a_flag_on_the_reference_reaches_the_ratio():
    rows = [{"metabolite": "NAA", "estimate": 2.0, "sd": 0.2, "status": "flagged", "reason": "broad"},
            {"metabolite": "GABA", "estimate": 0.4, "sd": 0.02}]  # fmt: skip
    table = ratios(quantities(rows), "NAA")
    assert table["status"].item() == "flagged"
    assert table["reason"].item() == "NAA: broad"


def test_copies_stand_for_themselves_only_without_an_ensemble():
    copies = [
        {"method": "net", "metabolite": "NAA", "estimate": x, "sd": np.nan, "fold": f} for f, x in (("0", 1.0), ("1", 3.0))
    ]
    alone = answers_only(quantities(copies))
    assert alone[["estimate", "sd"]].to_numpy().tolist() == [[2.0, pytest.approx(np.sqrt(2))]]
    both = answers_only(quantities([*copies, {"method": "net", "metabolite": "NAA", "estimate": 2.1, "sd": 0.5}]))
    assert both["estimate"].tolist() == [2.1]


def test_a_ratio_errs_as_its_sd_says():
    """4,000 draws with errors correlated by 0.85: the sd is the spread within 5 %, also for an absent GABA."""
    names, truth, sd = ["Cr", "GABA", "NAA"], np.array([8.0, 0.0, 15.0]), np.array([0.4, 0.1, 0.7])
    covariance = np.outer(sd, sd) * np.where(np.eye(3), 1.0, 0.85)
    rows = [{"metabolite": name, "estimate": truth[place], "sd": sd[place],
             "correlations": correlation_text(covariance, names, place)} for place, name in enumerate(names)]  # fmt: skip
    draws = np.random.default_rng(1).multivariate_normal(truth, covariance, 4000)
    observed = (draws[:, :2] / draws[:, 2:]).std(axis=0)
    np.testing.assert_allclose(ratios(quantities(rows), "NAA")["sd"] / observed, 1.0, atol=0.05)


def test_an_item_called_007_stays_007(tmp_path):
    rows = [{"metabolite": name, "estimate": x, "sd": 0.1, "item": "007"} for name, x in (("NAA", 2.0), ("GABA", 0.5))]
    write_table(tmp_path / "part.csv", quantities(rows))
    table = ratios(read_quantities(tmp_path / "part.csv"), "NAA")
    write_table(tmp_path / "ratios.csv", table)
    assert read_table(tmp_path / "ratios.csv")["item"].tolist() == ["007"]
