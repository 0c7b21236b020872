"""The whole script of the rule fit_lcmodel against a program as unruly as the real one: no item and no picture is lost."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from loaded_script import load_script

from mrsgap.basis.lcmodel_file import BasisFile, write_basis_file
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import FAILED
from mrsgap.core.store import read_dataset, write_dataset

FAKE = Path(__file__).with_name("fake_lcmodel.py")
KNOWN = {"Cr": 8.0, "GABA": 4.0, "Gln": 3.0, "Glu": 12.0, "NAA": 16.0}
ITEMS = ["first", "007", "third", "fourth", "fifth", "sixth"]
WIDTHS_HZ, POINTS = [2000.0, 1250.0, 2000.0, 1250.0, 1250.0, 2000.0], [2048, 1024, 2048, 1024, 1024, 2048]


@pytest.fixture(scope="module")
def inputs(made_up_basis, lines_fid, tmp_path_factory):
    """Six items of two acquisitions that take turns, the made-up basis, and its two files for LCModel."""
    folder, random = tmp_path_factory.mktemp("inputs"), np.random.default_rng(5)
    fid = np.full((len(ITEMS), 2, max(POINTS)), np.nan + 0j)
    for place, (width_hz, points) in enumerate(zip(WIDTHS_HZ, POINTS)):
        acquisition = Acquisition(123.23, 3.0, width_hz, points)
        mixture = np.einsum("m,met->et", random.uniform(1, 15, 5), lines_fid(acquisition))
        fid[place, :, :points] = mixture * np.exp(-4 * np.pi * acquisition.time_s)
    numbers = {"larmor_mhz": [123.23] * 6, "carrier_ppm": [3.0] * 6, "spectral_width_hz": WIDTHS_HZ, "points": POINTS}
    spectra = xr.Dataset(
        {"fid": (("item", "edit", "time"), fid), **{name: ("item", values) for name, values in numbers.items()}},
        coords={"item": ITEMS, "edit": ["off", "on"]},
        attrs={"origin": "synthetic", "series": "E1"},
    )
    write_dataset(spectra, folder / "spectra.zarr")
    write_dataset(made_up_basis.assign_attrs(echo_time_s=0.068), folder / "basis.zarr")
    source = Acquisition.from_attributes(made_up_basis.attrs)
    off, on = (made_up_basis["fid"].values[:, edit] * np.exp(-np.pi * source.time_s) for edit in (0, 1))
    for kind, values in (("off", off), ("diff", on - off)):
        write_basis_file(folder / f"{kind}.basis", BasisFile(tuple(KNOWN), values, source, 1.0, 68.0, kind))
    return [str(folder / name) for name in ("spectra.zarr", "basis.zarr", "off.basis", "diff.basis")]


SETTINGS = {"executable": str(FAKE), "preset": "phantom", "timeout_s": 20.0, "diff_metabolites": ["GABA", "Gln", "Glu", "NAA"]}


def run(inputs, folder, **settings):
    table, curves = str(folder / "table.csv"), str(folder / "curves.zarr")
    load_script("fit_lcmodel").main(
        *inputs, table, curves, dataset="phantoms", settings=SETTINGS | settings, workers=2, record={"provenance": "{}"}
    )
    return pd.read_csv(table, dtype={"item": str}), curves


@pytest.fixture(scope="module")
def result(inputs, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAKE_LCMODEL", "unruly")
        return run(inputs, tmp_path_factory.mktemp("unruly"))


def test_every_item_comes_out_whatever_its_acquisition(result):
    table, _ = result
    assert len(table) == 3 * len(ITEMS) * len(KNOWN)
    assert (table.groupby(["method", "item"]).size() == len(KNOWN)).all()
    assert set(table["item"]) == set(ITEMS)


def test_a_number_is_that_of_its_metabolite_or_has_a_reason(result):
    table, _ = result
    answered = table[(table["method"] != "lcmodel-joint") & table["estimate"].notna()]
    assert np.isin(answered["estimate"] / answered["metabolite"].map(KNOWN), [0.0, 1.0]).all()
    assert (answered["estimate"] == 0).any()
    silent = table[table["estimate"].isna()]
    assert (silent["status"] == FAILED).all()
    assert silent["reason"].notna().all()
    assert silent["reason"].str.contains("LCModel reports no G").any()


def test_curves_of_fits_that_report_other_metabolites_are_kept_and_drawn(result, tmp_path):
    _, path = result
    curves = read_dataset(path, "data", "fit").load()
    assert list(curves["item"].values) == ITEMS[:2]
    assert list(curves["channel"].values) == ["off", "diff"]
    assert {*KNOWN, "MM09", "-CrCH2"} >= set(curves["metabolite"].values) >= {"NAA", "MM09"}
    macromolecule = curves["metabolites"].sel(metabolite="MM09")
    assert np.isfinite(macromolecule.sel(channel="off")).any()
    assert np.isnan(macromolecule.sel(channel="diff")).all()  # LCModel's difference has none
    for kind, per_block in (("off", 50), ("diff", 100)):
        assert list(np.isfinite(curves["data"].sel(channel=kind)).sum("bin").values) == [n // per_block for n in POINTS[:2]]
    load_script("figure_fit").main(path, [str(tmp_path / "fit.png")])
    assert (tmp_path / "fit.png").stat().st_size > 0


def test_a_set_without_any_fit_has_its_reasons_and_an_empty_picture(inputs, tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_LCMODEL", "libgfortran")
    table, curves = run(inputs, tmp_path)
    assert len(table) == 3 * len(ITEMS) * len(KNOWN)
    assert table["reason"].str.contains("libgfortran").all()
    load_script("figure_fit").main(curves, [str(tmp_path / "fit.png")])


def test_without_the_program_the_table_has_no_row(inputs, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with caplog.at_level(logging.WARNING, "mrsgap"):
        table, _ = run(inputs, tmp_path, executable="")
    assert table.empty
    assert "LCModel is not installed" in caplog.text
