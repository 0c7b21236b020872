"""Which number stands first, and whether it may be used."""

import numpy as np
import pandas as pd
import pytest
from estimates import quantities
from reference_data import config

from mrsgap.answer.lights import AMBER, GREEN, GREY, RED, lights, poor
from mrsgap.answer.reading import group_summary, spectra
from mrsgap.answer.verdict import CARE, DO_NOT, USE, stand_ins, with_verdicts
from mrsgap.quantities.normalise import ratios

LIMITS = config("config.yaml")["quality"]
GOOD = {"series": "s", "item": "1", "snr_naa": 90.0, "snr_cr": 60.0, "fwhm_naa_hz": 5.0, "fwhm_cr_hz": 6.0, "offset_ppm": 0.01,
        "offset_hz": -1.232, "residual_water": 1.0, "drift_hz": 1.0, "naa_on_off": 0.1}  # fmt: skip


def table(gaba=0.5, low=0.2, high=0.3, method="fit", **columns):
    rows = [{"metabolite": "NAA", "estimate": 2.0, "sd": 0.1}, {"metabolite": "GABA", "estimate": gaba, "sd": 0.1}]
    made = ratios(quantities([row | {"method": method} | columns for row in rows]), "NAA")
    return made.assign(low=low, high=high)


def verdict(made, poor_words=""):
    quality = pd.DataFrame([{"series": "s", "item": "1", "poor": poor_words}])
    row = with_verdicts(made, quality, ["fit"], 10).iloc[0]
    return row["verdict"], row["because"]


def test_a_plain_answer_is_used():
    assert verdict(table()) == (USE, "")


@pytest.mark.parametrize(("made", "words"), [
    (table(status="flagged", reason="not converged"), "not converged"),
    (table(low=np.nan, high=np.nan), "no calibrated interval"),
])  # fmt: skip
def test_a_reservation_is_told(made, words):
    answer, because = verdict(made)
    assert answer == CARE
    assert words in because


def test_a_poor_spectrum_is_used_with_care():
    assert verdict(table(), "linewidth 20 Hz") == (CARE, "linewidth 20 Hz")


@pytest.mark.parametrize(("gaba", "low", "high", "answer"), [
    (0.1, 0.0, 0.49, USE), (0.1, 0.0, 0.51, DO_NOT), (0.1, 0.01, 0.51, USE), (0.0, 0.0, 0.1, DO_NOT),
])  # fmt: skip
def test_an_interval_that_tells_nothing_answers_no(gaba, low, high, answer):
    """The ratio is half of GABA: an interval from 0 to ten times the ratio still tells something, one beyond does not."""
    assert verdict(table(gaba, low, high))[0] == answer


def test_no_number_is_not_used_and_says_why():
    assert verdict(table(np.nan, status="refused", reason="other field")) == (DO_NOT, "other field")


def test_the_next_method_stands_in_with_the_reason():
    order, none = ["fit", "second", "third"], pd.DataFrame(columns=["series", "item", "poor"])
    made = pd.concat([table(method="third"), table(np.nan, method="fit", status="failed", reason="no convergence"),
                      table(0.4, method="second")])  # fmt: skip
    judged = with_verdicts(made, none, order, 10)
    assert judged[judged["recommended"]]["method"].tolist() == ["second"]
    (why,) = stand_ins(judged, order).values()
    assert "second" in why
    assert "no convergence" in why
    assert spectra(judged, order, ["NAA"])[0]["lead"]["value"] == "0.200"


def test_where_nobody_answers_the_first_says_why():
    made = pd.concat([table(np.nan, method=name, status="failed", reason=f"{name} failed") for name in ("second", "fit")])
    judged = with_verdicts(made, pd.DataFrame(columns=["series", "item", "poor"]), ["fit", "second"], 10)
    lead = spectra(judged, ["fit", "second"], ["NAA"])[0]["lead"]
    assert lead["verdict"] == DO_NOT
    assert "fit failed" in lead["because"]
    assert lead["value"] == "no answer"


def test_lights_follow_the_limits():
    assert {light.colour for light in lights(GOOD, LIMITS)} == {GREEN}
    wide = {light.name: light for light in lights(GOOD | {"fwhm_naa_hz": 10.0, "fwhm_cr_hz": 11.0}, LIMITS)}
    assert wide["linewidth (FWHM)"].colour == AMBER  # 10 Hz are 0.08 ppm at 123.2 MHz
    bad = GOOD | {"fwhm_naa_hz": 13.0, "fwhm_cr_hz": np.nan, "snr_naa": 5.0, "snr_cr": 4.0, "drift_hz": -12.0}
    assert [light.colour for light in lights(bad, LIMITS)][:3] == [RED, RED, RED]
    assert "linewidth" in poor(pd.DataFrame([bad]), LIMITS)["poor"][0]
    assert poor(pd.DataFrame([GOOD]), LIMITS)["poor"].tolist() == [""]


def test_what_was_not_measured_is_grey():
    unread = {name: value if isinstance(value, str) else np.nan for name, value in GOOD.items()}
    assert {light.colour for light in lights(unread, LIMITS)} == {GREY}


def test_the_group_names_its_outlier():
    made = pd.concat([table(gaba, item=f"i{place}") for place, gaba in enumerate((0.48, 0.5, 0.52, 0.49, 0.51, 2.0))])
    judged = with_verdicts(made, pd.DataFrame(columns=["series", "item", "poor"]), ["fit"], 10)
    (row,) = group_summary(judged)
    assert row["outliers"] == "i5"
    assert row["n"] == 6
