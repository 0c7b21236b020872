"""Pictures of fits inside the page."""

from xml.etree import ElementTree

import numpy as np
from answer_examples import curves

from mrsgap.answer.fit_pictures import POINTS, first_pictures, picture, pictures


def test_a_picture_is_well_formed_and_small():
    text = picture(curves().isel(item=0), "off")
    root = ElementTree.fromstring(text)
    drawn = root.findall("polyline")
    assert [line.find("title").text for line in drawn] == ["residual", "data", "fit", "baseline", "N<A>A"]  # GABA is too small
    assert all(len(line.get("points").split()) <= POINTS for line in drawn)
    assert len(text) < 30_000


def test_ppm_is_reversed_and_the_line_at_its_place():
    root = ElementTree.fromstring(picture(curves().isel(item=0), "off"))
    points = [tuple(map(float, pair.split(","))) for pair in root.findall("polyline")[1].get("points").split()]
    top = min(points, key=lambda point: point[1])
    left, right, span = (float(root.get(f"data-{name}")) for name in ("left", "right", "span"))
    assert abs(left - top[0] / 640 / span * (left - right) - 2.0) < 0.02  # ppm


def test_one_list_per_item_by_the_first_store_that_has_it():
    first, second = curves(("a",), ("off",)), curves(("a", "b"))
    chosen = first_pictures([first, second])
    assert {item: len(drawn) for item, drawn in chosen.items()} == {"a": 1, "b": 2}


def test_nothing_fitted_has_no_picture():
    empty = curves()
    empty["data"][:] = np.nan
    assert pictures(empty) == {}
    assert pictures(curves().isel(item=slice(0, 0))) == {}
