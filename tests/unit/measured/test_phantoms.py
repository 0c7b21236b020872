"""Stand-ins: the published series, their label everywhere, repeatable bytes, and amounts that show in the signal."""

import numpy as np
import pytest
import xarray as xr
from reference_data import REPOSITORY, config

from mrsgap.core.acquisition import Acquisition, resample
from mrsgap.core.errors import InputError
from mrsgap.core.laws import read_law, sample
from mrsgap.measured.formats import read_recording
from mrsgap.measured.gather import read_items
from mrsgap.measured.manifest import read_manifest
from mrsgap.measured.phantoms import Phantom, read_phantoms, simulate_phantoms
from mrsgap.measured.stand_in import DRAWN, draw_imperfections

LINES = {"Cr": [(3.027, 3, 3)], "GABA": [(3.01, 0.5, 1.5), (1.89, 2, 0.1)], "NAA": [(2.008, 3, 0.2)]}


def turns(lines, acquisition):
    """FIDs (edit, time) of undamped lines (ppm, amplitude off, amplitude on)."""
    return sum(
        np.array(amplitudes)[:, None] * np.exp(2j * np.pi * acquisition.frequency_hz(shift) * acquisition.time_s)
        for shift, *amplitudes in lines
    )


@pytest.fixture
def basis():
    acquisition = Acquisition(123.23, 3.0, 2000.0, 4096)
    fid = np.array([turns(lines, acquisition) for lines in LINES.values()])
    attrs = {**acquisition.as_attributes(), "echo_time_s": 0.068, "edit_off_ppm": 7.4, "edit_on_ppm": 1.9}
    coordinates = {"metabolite": list(LINES), "edit": ["off", "on"]}
    return xr.Dataset({"fid": (("metabolite", "edit", "time"), fid)}, coordinates, attrs)


@pytest.fixture
def settings():
    return {**config("config.yaml")["phantoms"], "points": 1024}


POSTER = config("config.yaml")["statistics"]["apart"]


def test_table_has_the_published_series():
    everything = read_phantoms(REPOSITORY / "config" / "phantoms.csv")
    assert [phantom.concentrations for phantom in everything if phantom.series in POSTER] == 16 * ["chosen"]
    phantoms = [phantom for phantom in everything if phantom.series not in POSTER]
    counts = {}
    for phantom in phantoms:
        counts[phantom.series] = counts.get(phantom.series, 0) + 1
    assert counts == {"E1": 12, "E2": 16, "E3": 15, "E4a": 8, "E4b": 8, "E4c": 8, "E4d": 8, "E6": 10, "E7": 16, "E8": 8,
                      "E9a": 8, "E9b": 8, "E11": 8, "E14": 11}  # fmt: skip
    assert len(phantoms) == 144
    assert {phantom.series for phantom in phantoms if phantom.concentrations == "known"} == {
        "E1",
        "E2",
        "E3",
        "E4a",
        "E4b",
        "E4c",
        "E4d",
    }
    e2 = [phantom.truth for phantom in phantoms if phantom.series == "E2"]
    assert (e2[0]["Cr"], e2[1]["Cr"], e2[-1]["GABA"]) == (0.0, 8.0, 11.81)


def test_fewer_items_spread_over_each_series():
    chosen = read_phantoms(REPOSITORY / "config" / "phantoms.csv", 3)
    assert [phantom.item for phantom in chosen if phantom.series == "E1"] == ["E1-01", "E1-07", "E1-12"]
    assert len(chosen) == 42 + 6
    single = read_phantoms(REPOSITORY / "config" / "phantoms.csv", 1)
    assert len(single) == 14 + 2
    assert all(phantom.truth["GABA"] > 0 for phantom in single)


@pytest.mark.parametrize("amount", ["3,0", "", "nan", "-1"])
def test_a_concentration_that_cannot_be_read_is_an_error(tmp_path, amount):
    path = tmp_path / "phantoms.csv"
    path.write_text(
        "series,item,medium,spectral_width_hz,concentrations,NAA_mmol_per_l,Cr_mmol_per_l\n"
        f'E1,E1-01,solution,2000,known,15,"{amount}"\n'
    )
    with pytest.raises(InputError, match="`Cr_mmol_per_l` of item `E1-01` is"):
        read_phantoms(path)


def test_every_law_of_the_shipped_config_can_be_drawn(settings):
    laws = settings["imperfections"]
    rng = np.random.default_rng(0)
    for medium in laws["media"].values():
        merged = {**laws["every"], **medium}
        assert set(merged) == set(DRAWN)
        for name, value in merged.items():
            law = read_law(value, name)
            values = sample(rng, law, (1000,))
            assert np.isfinite(values).all()
            assert values.min() >= law.bounds[0] - 1e-12
            assert values.max() <= law.bounds[1] + 1e-12
    with pytest.raises(InputError, match="`gain` has no law"):
        draw_imperfections(rng, {name: law for name, law in merged.items() if name != "gain"}, 5)


def test_files_are_labelled_repeatable_and_readable(tmp_path, basis, settings):
    phantoms = [Phantom("E1", f"E1-{k}", "solution", width, {"Cr": 8.0, "GABA": 2.0 * k, "NAA": 15.0}, "known")
                for k, width in ((1, 1250.0), (5, 2000.0))]  # fmt: skip
    simulate_phantoms(phantoms, {"b": basis}, settings, 3, tmp_path / "a")
    simulate_phantoms(phantoms[::-1], {"b": basis}, settings, 3, tmp_path / "b")
    for phantom in phantoms:
        name = f"data/{phantom.item}.nii.gz"
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        recording = read_recording(tmp_path / "a" / name)
        assert recording.synthetic
        assert recording.acquisition == Acquisition(123.23, 4.7, phantom.spectral_width_hz, 1024)
    rows, failures, _ = read_manifest(tmp_path / "a" / "manifest.csv")
    items, failures = read_items(rows, failures)
    assert not failures
    assert {item.origin for item in items} == {"synthetic"}
    assert all(item.naa_on_off < 0.4 for item in items)
    assert (tmp_path / "a" / "manifest.csv").read_text().count("synthetic") == 2
    assert (tmp_path / "a" / "imperfections.csv").read_text().count("synthetic") == 2


def test_without_imperfections_the_signal_is_the_mixture(tmp_path, basis, settings):
    nothing = {name: 0.0 for name in DRAWN}
    ones = ("metabolite_weight", "edit_mismatch_gain", "editing_efficiency", "water_edit_mismatch_gain", "gain",
            "baseline_edit_mismatch_gain", "lorentzian_share", "eddy_current_decay_s", "baseline_width_ppm")  # fmt: skip
    nothing |= {name: 1.0 for name in ones}
    nothing |= {"noise_freedom": 5.0, "linewidth_hz": 2.0}
    plain = {**settings, "imperfections": {"every": nothing, "media": {"gel": {}}, "series": {}}}
    truth = {"Cr": 8.0, "GABA": 3.0, "NAA": 15.0}
    simulate_phantoms([Phantom("E8", "x", "gel", 2000.0, truth, "chosen")], {"b": basis}, plain, 1, tmp_path)
    fid = read_recording(tmp_path / "data" / "x.nii.gz").fid[:, 0, 0]
    acquisition = Acquisition(123.23, 4.7, 2000.0, 1024)
    expected = sum(amount * turns(LINES[name], acquisition) for name, amount in truth.items())
    expected = expected * np.exp(-2 * np.pi * acquisition.time_s)
    assert np.allclose(fid, expected, atol=2e-5 * abs(expected).max())


def test_metabolites_that_the_basis_lacks_are_an_error(tmp_path, basis, settings):
    phantom = Phantom("E3", "x", "gel", 2000.0, {"NAA": 15.0, "Glu": 12.0}, "known")
    with pytest.raises(InputError, match="basis `b` has no Glu"):
        simulate_phantoms([phantom], {"b": basis}, settings, 1, tmp_path)
    with pytest.raises(InputError, match="medium `oil`"):
        simulate_phantoms([Phantom("E3", "x", "oil", 2000.0, {"NAA": 15.0}, "known")], {"b": basis}, settings, 1, tmp_path)


def test_resampling_is_exact_for_lines_of_the_band():
    source, target = Acquisition(123.23, 3.0, 2000.0, 4096), Acquisition(123.23, 4.7, 1250.0, 2048)
    for shift_ppm in (1.0, 2.0, 3.0, 4.5):
        fid = np.exp(2j * np.pi * source.frequency_hz(shift_ppm) * source.time_s)
        expected = np.exp(2j * np.pi * target.frequency_hz(shift_ppm) * target.time_s)
        assert abs(resample(fid, source, target) - expected).max() < 2e-5
    with pytest.raises(InputError, match="lasts 2"):
        resample(fid, source, Acquisition(123.23, 4.7, 500.0, 2048))
