"""A rehearsal of the verdicts: a full run that finds what the paper prints agrees in every row; moved, it differs in every row.

A verdict that can never come out right is worse than none, and small runs do not show it: there every row is not comparable.
"""

import re

import numpy as np
import pandas as pd
import pytest
from imagined_run import PUBLISHED, paper_config, verdicts
from reference_data import REPOSITORY

from mrsgap.publish.reproduction import read_published

REPRODUCED, SETTING = {"exact", "within rounding", "within tolerance", "holds"}, {"settings as published"}
ROWS = read_published(PUBLISHED).set_index("id")
JUDGED = [name for name, row in ROWS.iterrows() if row["kind"] != "statement"]


@pytest.fixture(scope="module", params=["printed", "moved", "absent"])
def world(request, tmp_path_factory):
    return request.param, verdicts(tmp_path_factory.mktemp(request.param), request.param)


@pytest.mark.parametrize("name", JUDGED)
def test_a_statement_can_come_out_either_way(world, name):
    imagined, table = world
    word, reason = table.loc[name, "verdict"], table.loc[name, "reason"]
    if imagined == "printed":
        assert word in (SETTING if ROWS.loc[name, "scope"] in ("design", "size") else REPRODUCED), reason
    elif imagined == "moved":
        assert word == "differs", reason
    else:
        assert word == "not comparable"
        assert reason not in ("", "no number in this run"), "what is missing?"


TRIVIAL = {"errors": 0.0, "agreement": 0.0, "distances": 0.0, "facts": 0.0}  # what a program that does nothing would say
NUMBERS = [name for name, row in ROWS.iterrows() if row["kind"] == "value"]


@pytest.mark.parametrize("name", NUMBERS)
def test_no_tolerance_accepts_what_takes_no_work(name):
    """Neither 0 (the error, slope or R² of nothing), nor the error of always answering with the mean composition."""
    row = ROWS.loc[name]
    reach = max(row["tolerance"] if row["tolerance"] > 0 else 0.0, 0.5 * 10 ** -row["decimals"])
    trivial = [TRIVIAL[row["source"]]]
    if row["source"] == "errors":
        trivial.append(_mean_composition_error(row["data"], row["metabolite"]))
    for value in trivial:
        assert abs(value - row["published"]) > reach, value
    if row["source"] in ("errors", "facts") and row["scope"] in ("simulation", "phantoms"):
        assert reach <= row["published"] / 8, "an error half as large again is another result"


def _mean_composition_error(data, metabolite):
    if data == "phantoms":
        table = pd.read_csv(REPOSITORY / "config" / "phantoms.csv", comment="#")
        table = table[~table["series"].isin(paper_config()["statistics"]["apart"])].filter(like="_mmol_per_l").fillna(0.0)
        truth = table.div(table.max(axis=1), axis=0)[f"{metabolite}_mmol_per_l"]
    else:
        drawn = np.random.default_rng(0).uniform(size=(20_000, 5))  # concentrations as the study draws them
        truth = drawn[:, 0] / drawn.max(axis=1)
    return float(np.abs(truth - truth.mean()).mean())


def test_the_readme_counts_the_statements():
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    scopes = ROWS["scope"].where(ROWS["kind"] != "statement", "statement").value_counts()
    numbers = (len(ROWS), scopes["design"] + scopes["size"], scopes["simulation"], scopes["phantoms"], scopes["statement"])
    said = re.search(
        r"Of (\d+) statements (\d+) are settings, (\d+) need.*?, (\d+) also.*?(\d+) are about", " ".join(readme.split())
    )
    assert tuple(map(int, said.groups())) == numbers
    assert f"the {scopes['design']} settings of its design agree" in " ".join(readme.split())
