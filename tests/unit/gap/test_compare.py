"""Sim-to-real measures on spectra whose linewidth, noise and difference from simulation are known."""

import numpy as np
import pytest
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import EDIT_STATES
from mrsgap.core.noise import noise_sigma
from mrsgap.gap.compare import Settings, compare, feature_table, metrics, similarity_table
from mrsgap.gap.twins import add_noise, comparable, lorentzian_linewidth, match_phase, twin_fids
from mrsgap.spectra.window import Window

ACQUISITION = Acquisition(123.23, 4.7, 2000.0, 2048)
LINES = {"NAA": (2.008, 1.0), "Cr": (3.027, 0.8), "GABA": (2.284, 0.3)}
REGIONS = ((-3.0, -0.5), (8.5, 12.0))


def line(ppm, linewidth_hz, acquisition=ACQUISITION, phase_deg=0.0):
    time_s = acquisition.time_s
    return np.exp(
        2j * np.pi * acquisition.frequency_hz(ppm) * time_s - np.pi * linewidth_hz * time_s + 1j * np.radians(phase_deg)
    )


def basis():
    """Three singlets; NAA is gone in edit-on, GABA appears there."""
    fids = []
    for name, (ppm, height) in LINES.items():
        off = height * line(ppm, 0.0)
        on = off * {"NAA": 0.05, "Cr": 1.0, "GABA": 1.5}[name]
        fids.append([off, on])
    coordinates = {"metabolite": list(LINES), "edit": list(EDIT_STATES)}
    data = xr.Dataset({"fid": (("metabolite", "edit", "time"), np.array(fids))}, coordinates)
    return data.assign_attrs(ACQUISITION.as_attributes())


def measured(linewidth_hz=3.0, sigma=0.0, phase_deg=0.0, gain=1.0):
    rng = np.random.default_rng(0)
    truth = rng.uniform(1, 10, (6, 3))
    fid = twin_fids(basis(), truth, np.full(6, linewidth_hz)) * gain * np.exp(1j * np.radians(phase_deg))
    fid = fid + sigma * np.abs(fid[:, :1]).max(axis=-1, keepdims=True) * (
        rng.normal(size=fid.shape) + 1j * rng.normal(size=fid.shape)
    )
    words = {"series": ("item", ["A"] * 3 + ["B"] * 3), "origin": ("item", ["synthetic"] * 6)}
    arrays = {"fid": (("item", "edit", "time"), fid.astype(np.complex64)), "truth": (("item", "metabolite"), truth)}
    coordinates = {"item": [f"i{k}" for k in range(6)], "edit": list(EDIT_STATES), "metabolite": list(LINES)}
    data = xr.Dataset(arrays | words, coordinates)
    return data.assign_attrs(**ACQUISITION.as_attributes(), origin="synthetic")


@pytest.mark.parametrize("linewidth_hz", [0.8, 2.0, 3.7, 8.0])
@pytest.mark.parametrize("phase_deg", [0.0, 70.0])
def test_linewidth_of_a_noise_free_line_whatever_its_phase(linewidth_hz, phase_deg):
    found, _ = lorentzian_linewidth(line(2.008, linewidth_hz, phase_deg=phase_deg), ACQUISITION, 2.0)
    assert found == pytest.approx(linewidth_hz, rel=0.005)


def test_linewidth_error_matches_the_scatter():
    rng = np.random.default_rng(4)
    noise = 0.02 * (rng.normal(size=(60, 2048)) + 1j * rng.normal(size=(60, 2048)))
    found = np.array([lorentzian_linewidth(line(2.008, 3.0) + one, ACQUISITION, 2.0) for one in noise])
    assert found[:, 0].mean() == pytest.approx(3.0, abs=4 * found[:, 0].std() / np.sqrt(60) + 0.05)
    # the padded spectrum has twice as many bins as independent values, so the error is too small by up to sqrt(2)
    assert 0.6 < found[:, 1].mean() / found[:, 0].std() < 1.4


def test_no_line_has_no_linewidth():
    rng = np.random.default_rng(1)
    assert np.isnan(lorentzian_linewidth(rng.normal(size=2048) + 0j, ACQUISITION, 2.0)[0])
    assert np.isnan(lorentzian_linewidth(np.full(2048, np.nan + 0j), ACQUISITION, 2.0)[0])


@pytest.mark.parametrize("points", [1024, 2047, 4096])
def test_noise_sigma_is_the_one_put_in(points):
    acquisition = Acquisition(123.23, 4.7, 2000.0, points)
    rng = np.random.default_rng(2)
    clean = line(2.008, 2.0, acquisition)
    found = [
        noise_sigma(clean + 0.02 * (rng.normal(size=points) + 1j * rng.normal(size=points)), acquisition, REGIONS)
        for _ in range(20)
    ]
    assert np.mean(found) == pytest.approx(0.02, rel=0.05)


def test_noise_without_a_region_or_a_signal_is_unknown():
    assert np.isnan(noise_sigma(line(2.0, 2.0), ACQUISITION, ((40.0, 50.0),)))
    assert np.isnan(noise_sigma(np.zeros(2048), ACQUISITION, REGIONS))


def test_metrics_by_hand():
    found = metrics(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0]))
    assert found["mae"] == pytest.approx(1)
    assert found["mean"] == pytest.approx(1)
    assert found["rmse"] == pytest.approx(np.sqrt(5 / 3))
    assert found["cosine"] == pytest.approx(6 / np.sqrt(14 * 3))
    assert np.isnan(found["correlation"])
    assert metrics(np.array([1.0, 2.0]), np.array([2.0, 4.0]))["correlation"] == pytest.approx(1)


def test_similarity_has_every_series_state_and_kind():
    values = np.random.default_rng(0).normal(size=(4, 3, 16)) + 0j
    table = similarity_table(values, values, ["A", "A", "B", "B"], ("off", "on", "diff"))
    assert len(table) == 3 * 3 * 4
    assert (table["mae"] == 0).all()
    assert list(dict.fromkeys(table["series"])) == ["A", "B", "all"]


def test_phase_is_found_and_taken_out():
    values = np.random.default_rng(0).normal(size=(3, 3, 32)) + 1j
    turned, phase_deg = match_phase(values * np.exp(-0.5j), values)
    np.testing.assert_allclose(phase_deg, np.degrees(0.5))
    np.testing.assert_allclose(turned, values)


def test_noise_has_the_drawn_size_in_both_states():
    fids = np.ones((400, 2, 64), np.complex64) * 3
    noise = (add_noise(fids, (0.02, 0.02), np.random.default_rng(0)) - fids) / 3
    for state in (0, 1):
        assert noise[:, state].real.std() == pytest.approx(0.02, rel=0.03)


def window():
    return Window(high_ppm=4.0, low_ppm=1.5, points=512, alignment="exact", references_ppm=(3.027, 2.008), search_ppm=0.2,
                  water="none", water_from_ppm=4.3, water_ppm=4.75, water_search_ppm=0.5)  # fmt: skip


SETTINGS = Settings(
    fixed_linewidth_hz=3.0, noise_trials=2, noise_sigma=(0.0, 0.03), linewidth_trials=2, noise_regions_ppm=REGIONS
)


def test_a_twin_of_itself_leaves_nothing_whatever_its_phase_and_gain():
    items, similarity, _, spectra = compare(
        measured(phase_deg=50.0, gain=7.0), basis(), window(), SETTINGS, np.random.default_rng(0)
    )
    np.testing.assert_allclose(items["phase_deg"], -50, atol=0.1)
    assert items["rmse"].max() < 1e-3
    assert similarity.query("variant == 'fixed' and series == 'all' and kind == 'real'")["correlation"].min() > 0.9999
    assert spectra.sizes == {"item": 6, "state": 3, "ppm": 512, "metabolite": 3}


def test_estimated_linewidths_beat_a_wrong_fixed_one_and_noise_hurts():
    items, similarity, *_ = compare(measured(linewidth_hz=6.0), basis(), window(), SETTINGS, np.random.default_rng(0))
    np.testing.assert_allclose(items["linewidth_hz"], 6.0, rtol=0.05)
    real = similarity.query("series == 'all' and kind == 'real' and state == 'off'").set_index("variant")
    assert real.loc["estimated", "rmse"] < 0.2 * real.loc["fixed", "rmse"]
    assert real.loc["estimated", "rmse_noise_mean"] > real.loc["estimated", "rmse"]
    assert np.isfinite(real.loc["estimated", "rmse_linewidth_sd"])


def test_items_without_truth_or_a_state_are_left_out():
    data = measured()
    data["truth"][0, 1] = np.nan
    data["fid"][1, 1] = np.nan
    assert list(comparable(data, basis())["item"].values) == ["i2", "i3", "i4", "i5"]


def test_an_item_without_a_line_has_no_linewidth_and_spoils_neither_variant():
    data = measured(linewidth_hz=6.0)
    random = np.random.default_rng(5)
    data["fid"][2] = (random.normal(size=(2, 2048)) + 1j * random.normal(size=(2, 2048))).astype(np.complex64)
    items, similarity, _, spectra = compare(data, basis(), window(), SETTINGS, np.random.default_rng(0))
    assert items["linewidth_hz"].isna().tolist() == [False, False, True, False, False, False]
    assert items["linewidth_sd_hz"].isna().sum() == 1
    assert spectra.sizes["item"] == 6
    assert similarity.groupby(["variant", "series"])["items"].unique().explode().to_dict() == {
        (variant, series): count for variant in ("fixed", "estimated") for series, count in (("A", 2), ("B", 3), ("all", 5))
    }
    real = similarity.query("series == 'all' and kind == 'real' and state == 'off'").set_index("variant")
    assert real.loc["estimated", "correlation"] > 0.99


def test_nothing_is_said_of_likeness_where_no_linewidth_is_known():
    data = measured()
    random = np.random.default_rng(5)
    data["fid"][:] = (random.normal(size=(6, 2, 2048)) + 1j * random.normal(size=(6, 2, 2048))).astype(np.complex64)
    items, similarity, *_ = compare(data, basis(), window(), SETTINGS, np.random.default_rng(0))
    assert items["linewidth_hz"].isna().all()
    assert similarity.empty


def test_heights_are_the_largest_magnitudes_in_their_bands():
    ppm = np.linspace(4.5, 1.0, 351)
    spectra = np.zeros((2, 3, 351), np.complex64)

    def put(item, state, shift, value):
        spectra[item, state, np.argmin(abs(ppm - shift))] = value

    put(0, 2, 3.0, 5), put(0, 0, 2.01, 10), put(0, 1, 2.5, 1j), put(0, 0, 3.91, -3), put(0, 0, 3.03, 4)
    spectra[1] = np.nan
    dims = ("item", "state", "ppm")
    dataset = xr.Dataset(
        {"measured": (dims, spectra), "simulated": (dims, 2 * spectra), "series": ("item", ["E1", "E2"])},
        coords={"item": ["a", "b"], "state": ["off", "on", "diff"], "ppm": ppm},
    )
    table = feature_table(dataset).set_index(["item", "feature"])
    assert table.loc[("a", "naa_on_feature"), "measured"] == pytest.approx(0.1)
    assert table.loc[("a", "cr_39_over_30"), "simulated"] == pytest.approx(0.75)
    assert table.loc[("a", "gaba_30_sharpness"), "measured"] == pytest.approx(30)  # one of 30 bins: as sharp as can be
    assert table.loc["b"][["measured", "simulated"]].isna().all(axis=None)
