"""Real recordings, read by us and decoded by hand; and the virtual phantoms, whose imperfections are known."""

import csv
import struct
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from reference_data import reference

from mrsgap.core.acquisition import Acquisition, by_acquisition, unlike
from mrsgap.core.errors import InputError
from mrsgap.core.peaks import absorption_factor, fine_spectrum
from mrsgap.measured.formats import read_recording
from mrsgap.measured.gather import as_dataset, read_items
from mrsgap.measured.item import read_item
from mrsgap.measured.manifest import Row, read_manifest
from mrsgap.measured.polarity import check_difference
from mrsgap.quality.measures import measure


def peak_ppm(fid, acquisition, low, high):
    ppm, values = fine_spectrum(fid, acquisition, 16)
    inside = (ppm > low) & (ppm < high)
    return ppm[inside][np.argmax(abs(values[inside]))]


def test_ima_is_the_raw_floats_with_naa_and_cr_in_place():
    path = reference("measured", "SVS_30.IMA")
    raw = pydicom.dcmread(path)[0x7FE1, 0x1010].value
    numbers = struct.unpack(f"<{len(raw) // 4}f", raw)
    expected = np.array(numbers[0::2]) + 1j * np.array(numbers[1::2])
    recording = read_recording(path)
    assert np.array_equal(recording.fid[0, 0, 0], expected.astype(np.complex64))
    assert recording.acquisition == Acquisition(123.234655, 4.7, float(f"{1e9 / 833400:.9g}"), 1024)
    assert abs(peak_ppm(recording.fid[0, 0, 0], recording.acquisition, 1.8, 2.2) - 2.01) < 0.02
    assert abs(peak_ppm(recording.fid[0, 0, 0], recording.acquisition, 2.9, 3.15) - 3.03) < 0.02


def test_an_anonymised_ima_asks_the_manifest_for_what_it_lost(tmp_path):
    header = pydicom.dcmread(reference("measured", "SVS_30.IMA"))
    del header[0x0029, 0x1110]
    header.save_as(tmp_path / "x.IMA")
    row = Row("S", "x", "", {"off": tmp_path / "x.IMA"}, {}, {}, {})
    with pytest.raises(InputError, match=r"does not say its `larmor_mhz`.*manifest's column `larmor_mhz`"):
        read_item(row)
    item = read_item(replace(row, numbers={"larmor_mhz": 123.234655, "dwell_s": 833.4e-6}))
    assert item.acquisition.points == 1024


def test_rda_is_the_raw_doubles_and_agrees_with_the_ima():
    path = reference("measured", "SVS_30.rda")
    tail = path.read_bytes()[-16 * 1024 :]
    numbers = struct.unpack("<2048d", tail)
    recording = read_recording(path)
    assert np.array_equal(recording.fid[0, 0, 0], np.array(numbers[0::2]) + 1j * np.array(numbers[1::2]))
    assert abs(peak_ppm(recording.fid[0, 0, 0], recording.acquisition, 1.8, 2.2) - 2.01) < 0.02
    ima = read_recording(reference("measured", "SVS_30.IMA"))
    first, second = ima.fid[0, 0, 0].astype(complex), recording.fid[0, 0, 0]
    cosine = np.vdot(first, second) / np.linalg.norm(first) / np.linalg.norm(second)
    assert abs(cosine - 1) < 1e-6  # the same signal, in the same sense, up to a real scale
    # .rda rounds 833.4 to 833 microseconds: the ppm scales differ by 0.05 % of the distance from the carrier
    assert recording.dwell_s == pytest.approx(ima.dwell_s, rel=5e-4)


@pytest.mark.parametrize(
    ("parts", "echo_time_s"),
    [
        (("measured", "SVS_30.IMA"), 0.030),
        (("measured", "SVS_30.rda"), 0.030),
        (("measured", "sub-01_PRESS_35_act.sdat"), 0.035),
        (("virtual-phantoms", "check", "A_clean_reference.nii.gz"), 0.068),
        (("measured", "invivo-siemens-mega-diff.raw"), None),
    ],
)
def test_the_echo_time_is_read_where_the_file_says_it(parts, echo_time_s):
    assert read_recording(reference(*parts)).echo_time_s == pytest.approx(echo_time_s)


def test_a_press_spectrum_is_not_taken_for_a_mega_press_one():
    row = Row("S", "x", "brain", {"off": reference("measured", "SVS_30.IMA")}, {}, {}, {})
    store = as_dataset([read_item(row)], [], row.paths["off"].parent)
    told = unlike(store, {"echo_time_s": 0.068}, "the basis was simulated with")
    assert told == ["recorded with an echo time of 30 ms, but the basis was simulated with 68 ms"]


@pytest.mark.parametrize("name", ["act", "ref"])
def test_sdat_is_the_conjugate_of_the_vax_floats(name):
    path = reference("measured", f"sub-01_PRESS_35_{name}.sdat")
    raw = path.read_bytes()
    numbers = []
    for low, high, lowest, second in struct.iter_unpack("<4B", raw):  # PDP-11 order: 2nd, 1st, 4th, 3rd byte of a VAX float
        exponent = (high & 0x7F) << 1 | low >> 7
        fraction = (low & 0x7F) << 16 | second << 8 | lowest
        sign = -1.0 if high & 0x80 else 1.0
        numbers.append(sign * (0.5 + fraction / 2.0**24) * 2.0 ** (exponent - 128) if exponent else 0.0)
    expected = (np.array(numbers[0::2]) - 1j * np.array(numbers[1::2])).astype(np.complex64)
    recording = read_recording(path)
    assert np.array_equal(recording.fid[0, 0, 0], expected)
    assert recording.acquisition == Acquisition(127.750896, 4.65, 2000.0, 2048)
    if name == "act":
        naa, cr = (peak_ppm(expected, recording.acquisition, *band) for band in ((1.8, 2.2), (2.9, 3.15)))
        assert abs(naa - 2.01) < 0.03
        assert abs(cr - naa - 1.019) < 0.01  # 3.027 - 2.008
    else:
        assert abs(peak_ppm(expected, recording.acquisition, 4.0, 5.3) - 4.65) < 0.03


def test_in_vivo_difference_has_negative_naa_and_positive_gaba():
    path = reference("measured", "invivo-siemens-mega-diff.raw")
    recording = read_recording(path).with_header(dwell_s=5e-4, larmor_mhz=123.254)
    fid, acquisition = recording.fid[0, 0, 0], recording.acquisition
    assert check_difference(fid, acquisition).remark == ""
    ppm, values = fine_spectrum(fid * np.exp(-5 * np.pi * acquisition.time_s), acquisition, 4)
    naa = np.flatnonzero(abs(ppm - 2.01) < 0.06)
    top = naa[np.argmax(abs(values[naa]))]
    upright = (-values * absorption_factor(values, top)).real  # NAA turned to point down
    assert upright[top] < 0
    assert upright[abs(ppm - 3.01) < 0.08].max() > 0.05 * abs(upright[top])
    numbers = {"dwell_s": 5e-4, "larmor_mhz": 123.254}
    items, failures = read_items([Row("S", "x", "brain", {"diff": path}, numbers, {}, {})], [])
    assert not failures
    assert "fid_diff" in as_dataset(items, [], path.parent)


def test_clean_virtual_phantom_puts_naa_at_its_place_with_the_right_signs():
    recording = read_recording(reference("virtual-phantoms", "check", "A_clean_reference.nii.gz"))
    assert recording.states == ("off", "on")
    assert recording.synthetic
    off, on = recording.fid[:, 0, 0]
    acquisition = recording.acquisition
    assert abs(peak_ppm(off, acquisition, 1.9, 2.1) - 2.008) < 0.002
    ppm, values = fine_spectrum(on - off, acquisition, 4)
    assert values.real[np.argmin(abs(ppm - 2.008))] < 0
    assert values.real[(ppm > 2.9) & (ppm < 3.15)].max() > 0.05 * abs(values.real).max()


def test_virtual_phantoms_read_through_their_manifest():
    folder = reference("virtual-phantoms")
    rows, failures, metabolites = read_manifest(folder / "manifest.csv")
    items, failures = read_items(rows, failures)
    assert (len(items), len(failures)) == (144, 0)
    dataset = as_dataset(items, metabolites, folder)
    assert set(dataset["origin"].values) == {"synthetic"}
    parts = list(by_acquisition(dataset))
    assert sorted((one.spectral_width_hz, part.sizes["item"]) for one, part in parts) == [(1250.0, 59), (2000.0, 85)]
    with open(folder / "imperfections.csv", encoding="utf-8") as stream:
        known = {row["item"]: row for row in csv.DictReader(stream)}
    offsets, widths = [], []
    for acquisition, part in parts:
        for item, fid in zip(part["item"].values, part["fid"].sel(edit="off").values):
            quality = measure(fid, acquisition)
            row = known[str(item)]
            peak_hz = float(row["static_peak_offset_hz"])  # an asymmetric line has its top beside its place
            offsets.append(quality.offset_ppm - float(row["offset_ppm"]) + peak_hz / acquisition.larmor_mhz)
            widths.append(quality.fwhm_naa_hz / float(row["static_fwhm_hz"]))
    assert np.median(np.abs(offsets)) < 0.004
    assert 0.95 < np.median(widths) < 1.25  # drift and eddy currents widen what the table calls static
