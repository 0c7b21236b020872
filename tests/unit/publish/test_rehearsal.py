"""A rehearsal of the verdicts: a full run that finds what the paper prints agrees in every row; moved, it differs in every row.

A verdict that can never come out right is worse than none, and small runs do not show it: there every row is not comparable.
"""

import re

import pytest
from imagined_run import PUBLISHED, verdicts
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


def test_the_readme_counts_the_statements():
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    scopes = ROWS["scope"].where(ROWS["kind"] != "statement", "statement").value_counts()
    numbers = (len(ROWS), scopes["design"] + scopes["size"], scopes["simulation"], scopes["phantoms"], scopes["statement"])
    said = re.search(
        r"Of (\d+) statements (\d+) are settings, (\d+) need.*?, (\d+) also.*?(\d+) are about", " ".join(readme.split())
    )
    assert tuple(map(int, said.groups())) == numbers
