"""The method lcm-calibrated on data sets: off and on, off alone, a difference refused; its rows, flags and basis."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from mrsgap.basis.family import Family
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import FAILED, FLAGGED, OK, QUANTITY_COLUMNS
from mrsgap.lcm.calibrated import METHOD, CalibrationSettings, calibrate_dataset, family_directions
from mrsgap.lcm.curves import fit_curves
from mrsgap.quantities.table import check_every_item

SCAN = Acquisition(larmor_mhz=123.23, carrier_ppm=4.7, spectral_width_hz=1250.0, points=512)
HOW = CalibrationSettings(4, {"NAA": 12.0, "Cr": 8.0}, relative_sd=0.025, inside=2.0, outside=4.0, background_per_ppm=4.0)
AMOUNTS = np.array([[8, 4, 3, 12, 15], [8, 6, 5, 4, 15], [6, 9, 5, 8, 9], [8, 2, 6, 10, 12]], float)
NAMES = ("Cr", "GABA", "Gln", "Glu", "NAA")


def members(multiplets, count, seed, spread=0.15):
    random = np.random.default_rng(seed)
    sampling = dataclasses.replace(SCAN, carrier_ppm=3.0, points=700)
    fids = np.zeros((count, len(multiplets), 2, sampling.points), complex)
    for fid in fids:
        for place, lines in enumerate(multiplets.values()):
            for ppm, *amplitudes in lines:
                wave = np.exp(2j * np.pi * sampling.frequency_hz(ppm) * sampling.time_s)
                own = 1 + spread * random.normal(size=2) * (len(lines) > 2)
                fid[place] += (own * amplitudes)[:, None] * wave
    return fids, sampling


@pytest.fixture(scope="module")
def family(made_up_lines):
    fids, sampling = members(made_up_lines, 9, 0)
    names = tuple(f"one-{number:03d}" for number in range(9))
    row = {"larmor_mhz": 123.23, "edit_off_ppm": 7.4, "edit_on_ppm": 1.9, "echo_time_s": 0.068, "scale": 1.0, "distance": 0.1}
    table = pd.DataFrame([row] * 9, index=list(names))
    return Family("made-up", fids, names, NAMES, sampling, table, held_out=(names[0],), removed={})


@pytest.fixture(scope="module")
def effort(fit_settings):
    simple = {"baseline_per_ppm": 0.0, "baseline_difference_per_ppm": 0.0, "transient_sd_hz": 0.0, "duration_s": 0.4}
    return dataclasses.replace(fit_settings, batch=4, metabolite_shift_sd_ppm=0.0, metabolite_linewidth_sd_hz=0.0, **simple)


def store(basis, noise=0.02):
    """Four items mixed from `basis` (metabolite, edit, time) at 3 ppm of carrier."""
    random = np.random.default_rng(4)
    turned = basis * np.exp(2j * np.pi * SCAN.larmor_mhz * 1.7 * np.arange(basis.shape[-1]) / SCAN.spectral_width_hz)
    fid = np.einsum("im,met->iet", AMOUNTS, turned[..., : SCAN.points]) * np.exp(-np.pi * 3 * SCAN.time_s)
    fid = fid + noise * (random.normal(size=fid.shape) + 1j * random.normal(size=fid.shape))
    return xr.Dataset(
        {"fid": (("item", "edit", "time"), fid), "truth": (("item", "metabolite"), AMOUNTS), "series": ("item", ["E1"] * 4)},
        coords={"item": list("abcd"), "edit": ["off", "on"], "time": SCAN.time_s, "metabolite": list(NAMES)},
        attrs={**SCAN.as_attributes(), "origin": "simulated"},
    )


@pytest.fixture(scope="module")
def whole(family, effort):
    inside = family_directions(family, HOW).basis(np.array([1.0, -1.0, 0.5, 0.8]))
    return calibrate_dataset(store(inside), family, effort, HOW, {})


def test_every_item_is_answered_close_to_the_truth(whole):
    rows = whole.rows.assign(dataset="made")
    assert tuple(whole.rows.columns) == QUANTITY_COLUMNS
    check_every_item(rows, {"made": list("abcd")}, [METHOD], "here")
    assert set(rows["status"]) == {OK}
    table = rows.pivot(index="item", columns="metabolite", values="estimate")[list(NAMES)].to_numpy()
    np.testing.assert_allclose(table / table[:, :1], AMOUNTS / AMOUNTS[:, :1], atol=0.03)


def test_bounds_grow_by_the_relative_term(whole):
    rows = whole.rows
    relative = np.sqrt(rows["sd"] ** 2 - rows["crlb"] ** 2) / rows["estimate"]
    np.testing.assert_allclose(relative, HOW.relative_sd, rtol=0.2)
    assert HOW.relative(8.0, 2.0) == pytest.approx(0.1)
    assert HOW.relative(0.5, 0.9) == pytest.approx(0.025)


def test_curves_are_drawn_with_the_calibrated_basis(whole):
    curves = fit_curves(whole.fitted, ["b"])
    left = (curves["data"] - curves["fit"]).values
    assert np.nanstd(left) < 0.03
    assert curves.attrs["method"] == METHOD


def test_the_basis_of_the_set_is_that_which_made_it(whole, family):
    made = family_directions(family, HOW).basis(np.array([1.0, -1.0, 0.5, 0.8]))
    nominal = family_directions(family, HOW).mean
    found = whole.basis["fid"].values[..., : made.shape[-1]]
    assert np.linalg.norm(found - made) < 0.1 * np.linalg.norm(nominal - made)
    assert whole.basis.attrs["family"] == "made-up"


def test_off_alone_answers_and_a_difference_alone_is_refused(family, effort):
    spectra = store(family_directions(family, HOW).mean)
    fid = spectra["fid"].values.copy()
    difference = np.full((4, SCAN.points), np.nan, complex)
    difference[1] = fid[1, 1] - fid[1, 0]
    fid[0, 1], fid[1], fid[2, 0] = np.nan, np.nan, np.nan  # no edit-on; a difference only; no edit-off
    spectra = spectra.assign(fid=(("item", "edit", "time"), fid), fid_diff=(("item", "time"), difference))
    result = calibrate_dataset(spectra, family, effort, HOW, {})
    status = result.rows.groupby("item")["status"].first()
    assert status.to_dict() == {"a": OK, "b": FAILED, "c": FAILED, "d": OK}
    assert result.rows.loc[result.rows["item"] == "b", "reason"].str.contains("edit-off is needed").all()
    assert {part.kind for part in result.fitted} == {"off", "joint"}


def test_the_flag_rises_for_a_scanner_outside_the_family(made_up_lines, family, effort):
    foreign, _ = members(made_up_lines, 1, 77, spread=0.9)
    result = calibrate_dataset(store(foreign[0]), family, effort, HOW, {})
    assert (result.where["distance"] > HOW.outside).all()
    assert (result.rows["status"] == FLAGGED).all()
    assert result.rows["reason"].str.contains("outside what was simulated").all()
    inside = result.rows["sd"] / result.rows["estimate"].where(result.rows["estimate"] > 0)
    assert inside.dropna().min() > 0.03


def test_members_held_out_are_no_part_of_the_directions(family):
    alone = family_directions(family.training, HOW)
    np.testing.assert_allclose(family_directions(family, HOW).mean, alone.mean)
    assert alone.coordinates.shape[0] == 8
