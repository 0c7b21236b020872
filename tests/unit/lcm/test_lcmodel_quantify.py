"""A whole store through LCModel's stand-in: every row there, absent states named, curves ready to draw."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from mrsgap.basis.lcmodel_file import BasisFile, write_basis_file
from mrsgap.core.names import FAILED, OK, QUANTITY_COLUMNS
from mrsgap.lcm.lcmodel.quantify import METHODS, LcmodelSettings, curves, no_curves, no_rows, quantify_store
from mrsgap.show.figure_fit import draw_fits

FAKE = Path(__file__).with_name("fake_lcmodel.py")
NAMES = ("Cr", "GABA", "NAA")


@pytest.fixture(scope="module")
def store(acquisition, lines_fid):
    fid = lines_fid(acquisition, NAMES) * np.exp(-4 * np.pi * acquisition.time_s)
    items = np.einsum("im,met->iet", [[8.0, 4.0, 16.0]] * 2, fid)
    items[1, 1] = np.nan  # the second item has no edit-on
    return xr.Dataset(
        {"fid": (("item", "edit", "time"), items), "series": ("item", ["E1", "E1"])},
        coords={"item": ["a", "b"], "edit": ["off", "on"], "time": acquisition.time_s, "metabolite": list(NAMES)},
        attrs={**acquisition.as_attributes(), "origin": "measured"},
    )


@pytest.fixture(scope="module")
def result(store, acquisition, lines_fid, tmp_path_factory):
    folder = tmp_path_factory.mktemp("basis")
    fid = lines_fid(acquisition, NAMES) * np.exp(-np.pi * acquisition.time_s)
    paths = {"off": folder / "off.basis", "diff": folder / "diff.basis"}
    for kind, values in (("off", fid[:, 0]), ("diff", fid[:, 1] - fid[:, 0])):
        write_basis_file(paths[kind], BasisFile(NAMES, values, acquisition, 1.0, 68.0, kind))
    settings = LcmodelSettings(FAKE, "phantom", 68.0, 20.0, ("GABA", "NAA"))
    return quantify_store(store, paths, "made-up", NAMES, settings)


def test_every_item_method_and_metabolite_has_its_row(result):
    rows, _ = result
    assert tuple(rows.columns) == QUANTITY_COLUMNS
    assert len(rows) == len(METHODS) * 2 * len(NAMES)
    found = rows.set_index(["method", "item", "metabolite"])
    assert found.loc[("lcmodel-off", "a", "Cr"), "estimate"] == 8.0
    assert found.loc[("lcmodel-joint", "a", "Cr"), "status"] == OK
    assert found.loc[("lcmodel-diff", "a", "Cr"), "status"] == FAILED  # not fitted there
    assert found.loc[("lcmodel-off", "b", "GABA"), "status"] == OK
    for method in ("lcmodel-diff", "lcmodel-joint"):
        assert found.loc[(method, "b", "GABA"), "reason"] == "the item lacks an edit state that the method needs"
        assert np.isnan(found.loc[(method, "b", "GABA"), "estimate"])


def test_curves_of_a_fit_can_be_drawn(result):
    picture = curves(result[1], ["a"])
    assert list(picture["channel"].values) == ["off", "diff"]
    axes = draw_fits(picture, {"a": "a"}).axes
    assert [ax.get_title().splitlines()[-1] for ax in axes] == ["edit-off", "difference (on − off)"]
    assert all(ax.get_xlim()[0] > ax.get_xlim()[1] for ax in axes)  # ppm falls from left to right


def test_recorded_curves_fill_the_picture(reference):
    """A real .coord: data, fit and residual at one scale, every metabolite at its own level."""
    from mrsgap.lcm.lcmodel.outputs import parse_coord
    from mrsgap.lcm.lcmodel.run import Outcome

    coord = parse_coord((reference / "lcmodel" / "diff_real6.coord").read_text())
    picture = curves({"x": {"lcmodel-diff": Outcome(OK, coord=coord)}}, ["x"])
    np.testing.assert_allclose(picture["fit"].values[0, 0], coord.fit)
    np.testing.assert_allclose(picture["metabolites"].sel(metabolite="GABA").values[0, 0], coord.metabolites["GABA"])
    (ax,) = draw_fits(picture, {}).axes
    assert {text.get_text() for text in ax.texts} >= {"residual", "GABA", "NAAG"}


def test_without_the_program_there_is_no_row_and_no_curve():
    assert no_rows().empty
    assert tuple(no_rows().columns) == QUANTITY_COLUMNS
    assert curves({}, []).sizes == no_curves().sizes
