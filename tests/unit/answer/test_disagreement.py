"""Network and fit beside each other: what excludes the other is told at both, nothing else changes."""

import numpy as np
import pandas as pd
import pytest

from mrsgap.answer.disagreement import with_disagreements
from mrsgap.core.names import FLAGGED, OK, REFUSED


def row(method, low, high, training_set="", status=OK, reason="", metabolite="GABA"):
    ratio = (low + high) / 2
    return {"dataset": "own", "item": "1", "metabolite": metabolite, "reference": "NAA", "method": method, "ratio": ratio,
            "training_set": training_set, "low": low, "high": high, "status": status, "reason": reason}  # fmt: skip


def told(*rows):
    return with_disagreements(pd.DataFrame(list(rows)), "lcm-calibrated")


def test_intervals_without_a_common_point_are_told_at_both():
    table = told(row("lcm-calibrated", 0.10, 0.14, reason="wide"), row("net", 0.2, 0.3, "wide-set"))
    assert list(table["status"]) == [FLAGGED, FLAGGED]
    assert table["reason"][0] == "wide; net says 0.200 to 0.300, beyond the interval of this answer"
    assert table["reason"][1] == "lcm-calibrated says 0.100 to 0.140, beyond the interval of this answer"


@pytest.mark.parametrize(
    "other",
    [
        row("net", 0.13, 0.3, "wide-set"),  # they overlap
        row("net", 0.2, 0.3, "wide-set", status=FLAGGED, reason="outside training range"),
        row("net", np.nan, np.nan, "wide-set", status=REFUSED, reason="another field"),
        row("lcm-joint", 0.2, 0.3),  # a fit is no network
        row("net", 0.2, 0.3, "wide-set", metabolite="Glu"),
    ],
)
def test_all_else_stays_as_it_was(other):
    rows = row("lcm-calibrated", 0.10, 0.14), other
    pd.testing.assert_frame_equal(told(*rows), pd.DataFrame(list(rows)))


def test_a_network_without_the_fit_is_left_alone():
    rows = (row("net", 0.2, 0.3, "wide-set"),)
    pd.testing.assert_frame_equal(told(*rows), pd.DataFrame(list(rows)))
