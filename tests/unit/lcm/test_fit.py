"""The fit on mixtures of its own basis: exact without noise, robust to bad starts, honest about what it cannot do."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import FAILED, FLAGGED, OK, QUANTITY_COLUMNS
from mrsgap.core.noise import fid_noise_sd
from mrsgap.lcm.channels import channel_fids
from mrsgap.lcm.curves import best_median_worst, fit_curves
from mrsgap.lcm.quantify import fit_dataset
from mrsgap.quantities.normalise import RATIO, normalise_quantities

AMPLITUDES = np.array([[8.0, 4.0, 3.0, 12.0, 15.0], [8.0, 1.0, 0.0, 4.0, 15.0], [2.0, 9.0, 5.0, 1.0, 3.0]])
SHIFT_HZ, PHASE_RAD, LORENTZIAN_HZ = np.array([0.0, 17.0, -21.0]), np.array([0.0, 2.5, -1.2]), np.array([2.0, 4.0, 1.5])


def mix(basis, noise=0.0, seed=0):
    """A store of three items mixed from `basis`, each with its own shift, phase and width."""
    acquisition = Acquisition.from_attributes(basis.attrs)
    time = acquisition.time_s
    common = np.exp(1j * PHASE_RAD[:, None] + (2j * np.pi * SHIFT_HZ - np.pi * LORENTZIAN_HZ)[:, None] * time)
    fid = np.einsum("im,met->iet", AMPLITUDES, basis["fid"].values) * common[:, None]
    random = np.random.default_rng(seed)
    fid = fid + noise * (random.normal(size=fid.shape) + 1j * random.normal(size=fid.shape))
    return xr.Dataset(
        {"fid": (("item", "edit", "time"), fid), "truth": (("item", "metabolite"), AMPLITUDES), "series": ("item", ["E1"] * 3)},
        coords={"item": ["a", "b", "c"], "edit": ["off", "on"], "time": time, "metabolite": basis["metabolite"].values},
        attrs={**acquisition.as_attributes(), "origin": "simulated"},
    )


@pytest.fixture(scope="module")
def settings(fit_settings):
    return dataclasses.replace(fit_settings, batch=3)


@pytest.fixture(scope="module")
def clean(made_up_basis, settings):
    spectra = mix(made_up_basis)
    return {kind: fit_dataset(spectra, made_up_basis, kind, settings)[0] for kind in ("joint", "off", "diff")}


@pytest.mark.parametrize("kind", ["joint", "off", "diff"])
def test_noise_free_mixtures_are_recovered_to_one_in_a_million(clean, kind):
    rows = clean[kind].rows
    seen = rows[rows["metabolite"].isin(clean[kind].metabolites)]
    worst = (seen["estimate"] - seen["truth"]).abs() / AMPLITUDES.max()
    assert worst.max() <= 1e-6
    assert clean[kind].fit.converged.all()


def test_rows_have_the_columns_of_the_quantities_table(clean):
    rows = clean["joint"].rows
    assert tuple(rows.columns) == QUANTITY_COLUMNS
    assert set(rows["method"]) == {"lcm-joint"}
    assert (set(rows["basis"]), set(rows["origin"]), set(rows["unit"])) == ({"made-up"}, {"simulated"}, {"relative"})
    assert len(rows) == 15
    assert (rows["status"] == OK).all()


def test_a_metabolite_without_difference_signal_is_named(clean):
    rows = clean["diff"].rows
    creatine = rows[rows["metabolite"] == "Cr"]
    assert creatine["estimate"].isna().all()
    assert set(creatine["reason"]) == {"Cr has no signal in the diff spectrum"}
    assert "Cr" not in clean["diff"].metabolites


def test_nuisance_parameters_are_reported(clean):
    quality = clean["joint"].quality
    np.testing.assert_allclose(quality["shift_ppm"], -SHIFT_HZ / 123.23, atol=2e-4)
    np.testing.assert_allclose(quality["lorentzian_hz"], LORENTZIAN_HZ, atol=0.1)


def test_bound_is_the_spread_of_repeated_fits(made_up_basis, settings):
    held = dataclasses.replace(
        settings, baseline_per_ppm=0.0, baseline_difference_per_ppm=0.0, metabolite_shift_sd_ppm=0.0,
        metabolite_linewidth_sd_hz=0.0, transient_sd_hz=0.0, batch=30,
    )  # fmt: skip
    repeats = xr.concat([mix(made_up_basis, 0.5, seed).isel(item=[0]) for seed in range(60)], dim="item")
    repeats = repeats.assign_coords(item=[str(place) for place in range(60)])
    result = fit_dataset(repeats, made_up_basis, "joint", held)[0]
    fitted = result.fit
    spread = fitted.amplitude.std(axis=0, ddof=1) / np.median(fitted.sd, axis=0)
    assert (np.abs(spread - 1) < 4 / np.sqrt(2 * 59)).all()  # four standard errors of a standard deviation
    np.testing.assert_allclose(np.median(fitted.noise_sd), 0.5, rtol=0.02)
    ratios = normalise_quantities(result.rows, RATIO).groupby("metabolite", sort=False)
    spread = (ratios["estimate"].std() / ratios["crlb"].median())[["Cr", "GABA", "Gln", "Glu"]]
    assert (np.abs(spread - 1) < 4 / np.sqrt(2 * 59)).all()


def test_what_cannot_be_fitted_is_nan_with_its_reason(made_up_basis, settings):
    spectra = mix(made_up_basis, 0.1)
    fid = spectra["fid"].values.copy()
    fid[0, 1, 5], fid[2] = np.nan, 0.0
    spectra["fid"] = (spectra["fid"].dims, fid)
    rows = fit_dataset(spectra, made_up_basis, "joint", settings)[0].rows.set_index(["item", "metabolite"])
    assert rows.loc["a", "estimate"].isna().all()
    assert rows.loc[("a", "NAA"), "reason"] == "the data hold NaN, or an edit state the method needs is absent"
    assert rows.loc[("c", "NAA"), "reason"] == "the data are all zero"
    assert (rows.loc[["a", "c"], "status"] == FAILED).all()
    np.testing.assert_allclose(rows.loc["b", "estimate"], AMPLITUDES[1], atol=0.3)
    off = fit_dataset(spectra, made_up_basis, "off", settings)[0].rows.set_index(["item", "metabolite"])
    np.testing.assert_allclose(off.loc["a", "estimate"], AMPLITUDES[0], atol=0.5)  # its edit-off is whole


def test_doubtful_fits_are_flagged(made_up_basis, settings):
    spectra = mix(made_up_basis, 0.02)
    hurried = dataclasses.replace(settings, iterations=1)
    rows = fit_dataset(spectra, made_up_basis, "joint", hurried)[0].rows
    assert (rows["status"] == FLAGGED).all()
    assert rows["reason"].str.contains("has not converged").all()
    alien = 40 * np.exp((2j * np.pi * (3.0 - 3.3) * 123.23 - 3) * spectra["time"].values)  # a line that no metabolite has
    rows = fit_dataset(spectra.assign(fid=spectra["fid"] + alien), made_up_basis, "joint", settings)[0].rows
    assert rows["reason"].str.contains("times the noise").all()


def test_diff_comes_from_the_states_or_from_its_own_record(made_up_basis):
    spectra = mix(made_up_basis)
    fid = spectra["fid"].values
    recorded = np.full_like(fid[:, 0], np.nan)
    recorded[1] = 3.0  # only the difference was exported
    states = np.where((np.arange(3) == 1)[:, None, None], np.nan, fid)
    store = spectra.assign(fid=(("item", "edit", "time"), states), fid_diff=(("item", "time"), recorded))
    np.testing.assert_allclose(channel_fids(store, "diff")[[0, 2], 0], (fid[:, 1] - fid[:, 0])[[0, 2]])
    assert (channel_fids(store, "diff")[1] == 3.0).all()
    assert np.isnan(channel_fids(store, "joint")[1]).all()


def test_curves_add_up(clean):
    curves = fit_curves([clean["joint"]], ["a", "c"])
    assert curves["metabolites"].dims == ("item", "metabolite", "channel", "bin")
    np.testing.assert_allclose(curves["baseline"] + curves["metabolites"].sum("metabolite"), curves["fit"], atol=1e-2)
    np.testing.assert_allclose(curves["fit"], curves["data"], atol=1e-4 * float(curves["data"].max()))


def test_pictured_items_span_the_residuals():
    quality = pd.DataFrame({"item": list("abcde"), "residual_over_noise": [1.2, np.nan, 0.9, 3.0, 1.1]})
    assert best_median_worst(quality) == {"least": "c", "median": "a", "largest": "d"}
    assert best_median_worst(quality.iloc[:2]) == {"largest": "a"}
    assert best_median_worst(quality.iloc[1:2]) == {}


def test_noise_is_that_of_the_fid():
    random = np.random.default_rng(5)
    time = np.arange(2048) / 2000
    line = 30 * np.exp((2j * np.pi * 100 - 8) * time)
    fid = line + 0.7 * (random.normal(size=(20, 2048)) + 1j * random.normal(size=(20, 2048)))
    assert fid_noise_sd(fid).mean() == pytest.approx(0.7, rel=0.05)
