"""Quality numbers against signals whose numbers are known by construction."""

import math

import measured_files as files
import numpy as np
import pytest

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.noise import spectrum_noise_sd
from mrsgap.core.peaks import find_offset
from mrsgap.measured.gather import as_dataset, listing, read_items
from mrsgap.measured.manifest import Row
from mrsgap.quality.measures import COLUMNS, measure, quality_table
from mrsgap.show.figure_spectra_quality import draw_quality

LIMITS = {"snr_min": 20, "fwhm_max_hz": 8.0, "offset_max_ppm": 0.1, "residual_water_max": 5.0, "naa_on_off_max": 0.5}
NAA, CR = 2.008, 3.027


def lines(acquisition, *pairs, linewidth_hz=3.0, phase=0.0, noise=0.0, seed=0):
    """FID of singlets (ppm, amplitude) with Lorentzian width, zero-order phase and complex noise of given SD per part."""
    time_s = acquisition.time_s
    rng = np.random.default_rng(seed)
    fid = sum(a * np.exp(2j * np.pi * acquisition.frequency_hz(p) * time_s) for p, a in pairs)
    fid = fid * np.exp(-np.pi * linewidth_hz * time_s + 1j * phase)
    return fid + noise * (rng.normal(size=time_s.size) + 1j * rng.normal(size=time_s.size))


@pytest.mark.parametrize("points", [2048, 2047])
@pytest.mark.parametrize("linewidth_hz", [2.0, 4.0, 8.0])
@pytest.mark.parametrize("phase", [0.0, 2.5])
def test_width_and_offset_of_a_lorentzian(points, linewidth_hz, phase):
    acquisition = Acquisition(123.25, 4.7, 1250.0, points)
    fid = lines(acquisition, (NAA + 0.03, 3), (CR + 0.03, 2), linewidth_hz=linewidth_hz, phase=phase, noise=0.003)
    quality = measure(fid, acquisition)
    assert quality.fwhm_naa_hz == pytest.approx(linewidth_hz, rel=0.04)
    assert quality.fwhm_cr_hz == pytest.approx(linewidth_hz, rel=0.04)
    assert quality.offset_ppm == pytest.approx(0.03, abs=0.002)
    assert quality.offset_hz == pytest.approx(-0.03 * 123.25, abs=0.3)


def test_snr_is_height_over_the_noise_of_the_real_part():
    acquisition = Acquisition(123.25, 4.7, 2000.0, 2048)
    noise, linewidth_hz = 0.02, 3.0
    quality = measure(lines(acquisition, (NAA, 3), (CR, 2), linewidth_hz=linewidth_hz, noise=noise), acquisition)
    height = 3 / (1 - math.exp(-math.pi * linewidth_hz / 2000.0))  # sum of the decaying geometric series
    expected = height / (noise * math.sqrt(2048))
    assert quality.snr_naa == pytest.approx(expected, rel=0.15)
    assert quality.snr_cr == pytest.approx(expected * 2 / 3, rel=0.15)


def test_noise_is_not_fooled_by_a_large_water_tail():
    acquisition = Acquisition(123.25, 4.7, 2000.0, 2048)
    quiet = spectrum_noise_sd(lines(acquisition, (NAA, 3), noise=0.02), acquisition)
    wet = spectrum_noise_sd(lines(acquisition, (NAA, 3), (4.7, 300), linewidth_hz=10, noise=0.02), acquisition)
    assert quiet == pytest.approx(0.02 * math.sqrt(2048), rel=0.1)
    assert wet == pytest.approx(quiet, rel=0.1)


def test_residual_water_is_relative_to_the_larger_line():
    acquisition = Acquisition(123.25, 4.7, 2000.0, 4096)
    quality = measure(lines(acquisition, (NAA, 3), (CR, 2), (4.7, 6), noise=1e-4), acquisition)
    assert quality.residual_water == pytest.approx(2.0, rel=0.03)


def test_one_line_is_enough_for_the_offset_and_the_other_has_no_width():
    acquisition = Acquisition(123.25, 4.7, 2000.0, 2048)
    fid = lines(acquisition, (CR - 0.04, 2), noise=0.01)
    assert find_offset(fid, acquisition) == pytest.approx(-0.04, abs=0.003)
    quality = measure(fid, acquisition)
    assert math.isnan(quality.fwhm_naa_hz)
    assert math.isnan(quality.snr_naa)
    assert quality.fwhm_cr_hz == pytest.approx(3.0, rel=0.1)


def test_noise_alone_gives_no_width():
    acquisition = Acquisition(123.25, 4.7, 2000.0, 1024)
    found = [measure(lines(acquisition, (NAA, 0), noise=1.0, seed=seed), acquisition) for seed in range(20)]
    assert np.isnan([[quality.fwhm_naa_hz, quality.snr_naa] for quality in found]).all()


def make_set(tmp_path):
    """A set of a sound, a noisy, a difference-only and an absent item."""
    off, on = files.pair(noise=0.005)
    files.nifti(tmp_path / "good.nii.gz", np.stack([off, on]))
    files.nifti(tmp_path / "poor.nii.gz", files.pair(noise=1.2))
    files.rda(tmp_path / "diff.rda", on - off)
    paths = {item: {"both": f"{item}.nii.gz"} for item in ("good", "poor", "gone")} | {"diff": {"diff": "diff.rda"}}
    rows = [Row("S", item, "gel", {s: tmp_path / p for s, p in named.items()}, {}, {}, {}) for item, named in paths.items()]
    items, failures = read_items(rows, [])
    dataset = as_dataset(items, [], tmp_path)
    return dataset, quality_table(dataset, listing(items, failures, tmp_path), LIMITS)


def test_table_lists_every_item_with_status_and_reason(tmp_path):
    _, table = make_set(tmp_path)
    assert tuple(table.columns) == COLUMNS
    by_item = table.set_index("item")
    assert by_item["status"].to_dict() == {"good": "ok", "poor": "flagged", "diff": "ok", "gone": "failed"}
    assert "SNR" in by_item.loc["poor", "reason"]
    assert "no file" in by_item.loc["gone", "reason"]
    assert by_item.loc["good", "snr_naa"] > 100
    assert math.isnan(by_item.loc["diff", "snr_naa"])
    assert by_item.loc["good", "origin"] == "measured"


def test_picture_shows_every_readable_item_and_says_what_they_are(tmp_path):
    dataset, table = make_set(tmp_path)
    fig = draw_quality(dataset, table, LIMITS)
    assert "measured spectra: 4 items, 1 flagged, 1 not readable" in fig.get_suptitle()
    off, on, diff = fig.axes[:3]
    assert [len(ax.lines) for ax in (off, on, diff)] == [2, 2, 3]
    assert off.get_xlim()[0] > off.get_xlim()[1]  # chemical shift is drawn reversed
    synthetic = table.assign(origin=["synthetic"] * 4)
    assert draw_quality(dataset, synthetic, LIMITS).get_suptitle().startswith("SYNTHETIC")
