"""Two significant digits of the uncertainty decide."""

import math

import pytest

from mrsgap.show.printed import interval, p_value, rounded, with_uncertainty


@pytest.mark.parametrize(
    ("value", "uncertainty", "text"),
    [
        (0.15123, 0.0123, "0.151 ± 0.012"),
        (0.05563, 0.0047388, "0.0556 ± 0.0047"),
        (0.2349, 0.0996, "0.23 ± 0.10"),
        (12.3456, 2.5, "12.3 ± 2.5"),
        (1234.0, 99.6, "1234 ± 100"),
        (-0.0312, 0.01, "−0.031 ± 0.010"),
        (0.2, math.nan, "0.200"),
        (math.nan, 0.1, "–"),
        (-0.0001, 0.01, "0.000 ± 0.010"),
    ],
)
def test_value_with_uncertainty(value, uncertainty, text):
    assert with_uncertainty(value, uncertainty) == text


def test_interval_follows_the_uncertainty():
    assert interval(0.0417, 0.0702, 0.0047) == "[0.0417, 0.0702]"
    assert interval(math.nan, 1.0, 0.1) == ""


def test_p_values():
    assert [p_value(p) for p in (0.0412, 0.00021, 1e-6, 1.0, math.nan)] == ["0.041", "0.0002", "< 0.0001", "1.0", "–"]


def test_unknown_uncertainty_shows_three_decimals():
    assert rounded(0.12345) == "0.123"
