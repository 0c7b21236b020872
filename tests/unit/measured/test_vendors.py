"""Further formats: written as their layout is documented, read back in the package's sense with coils, water and header."""

import gzip
import json

import measured_files as files
import nibabel
import numpy as np
import pytest

from mrsgap.core.errors import InputError
from mrsgap.core.peaks import NAA_PPM, fine_spectrum
from mrsgap.core.recording import Recording, Step, Water
from mrsgap.measured.folder import index_folder
from mrsgap.measured.formats import read_recording
from mrsgap.measured.item import read_row
from mrsgap.measured.lcmodel_raw import namelists
from mrsgap.measured.manifest import Row
from mrsgap.measured.nifti_out import write_recording, write_water

SCAN = files.ACQUISITION


def naa_ppm(recording, state=0):
    ppm, values = fine_spectrum(recording.fid[state, 0].mean(axis=0), recording.acquisition, 8)
    near = abs(ppm - NAA_PPM) < 0.2
    return ppm[near][np.argmax(abs(values[near]))]


def off_rows(count=3):
    return np.stack([files.pair(seed=seed)[0] for seed in range(count)])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("coils", [1, 2])
def test_pfiles_of_revision_9_in_either_byte_order(tmp_path, order, coils):
    rows = off_rows(4)
    files.pfile(tmp_path / "P1.7", np.concatenate([files.water()[None]] * 2 + [rows]), 2, order=order, coils=coils)
    recording = read_recording(tmp_path / "P1.7")
    assert recording.fid.shape == (1, coils, 4, 1024)
    assert recording.water.fid.shape == (coils, 2, 1024)
    assert np.allclose(recording.fid[0, 0] / 1000, rows, atol=2e-3)
    assert np.allclose(recording.fid[0, -1] / 1000, coils * rows, atol=2e-3)
    assert (recording.vendor, recording.repetition_time_s) == ("GE", 2.0)
    assert recording.echo_time_s == pytest.approx(0.068)
    assert recording.acquisition.larmor_mhz == SCAN.larmor_mhz
    assert abs(naa_ppm(recording.with_header(carrier_ppm=4.7)) - NAA_PPM) < 0.002


def test_a_truncated_pfile_names_both_lengths(tmp_path):
    files.pfile(tmp_path / "P1.7", off_rows())
    (tmp_path / "P1.7").write_bytes((tmp_path / "P1.7").read_bytes()[:-100])
    with pytest.raises(InputError, match="bytes of signal from byte 61464"):
        read_recording(tmp_path / "P1.7")


@pytest.mark.parametrize("suffix", [".SDAT", ".sdat"])
@pytest.mark.parametrize("comma", [False, True])
def test_sdat_with_any_letters_and_a_decimal_comma(tmp_path, suffix, comma):
    rows = off_rows()
    files.sdat(tmp_path / f"a scan_act{suffix}", rows, comma=comma)
    recording = read_recording(tmp_path / f"a scan_act{suffix}")
    assert np.array_equal(recording.fid[0, 0], rows)
    assert recording.echo_time_s == pytest.approx(0.0685)
    assert recording.repetition_time_s == 2.0


@pytest.mark.parametrize("heading", [True, False])
def test_data_list_keeps_coils_water_and_noise(tmp_path, heading):
    fids = np.stack([off_rows(), 2 * off_rows()])
    reference = np.stack([files.water(), 2 * files.water()])
    noise = np.random.default_rng(1).normal(size=(2, 256)) + 0j
    files.data_list(tmp_path / "raw_001", fids, reference, noise, heading)
    files.spar(tmp_path / "raw_001.spar", 3)
    for name in ("raw_001.data", "raw_001.list"):
        recording = read_recording(tmp_path / name)
        assert np.array_equal(recording.fid[0], fids)
        assert np.array_equal(recording.water.fid[:, 0], reference)
        assert np.allclose(recording.noise, noise)
        assert recording.acquisition.larmor_mhz == SCAN.larmor_mhz


def test_data_list_without_a_spar_asks_the_manifest(tmp_path):
    files.data_list(tmp_path / "raw_001", np.stack([off_rows()]))
    recording = read_recording(tmp_path / "raw_001.data")
    with pytest.raises(InputError, match="column `larmor_mhz`"):
        _ = recording.acquisition


@pytest.mark.parametrize("comma", [False, True])
@pytest.mark.parametrize("columns", [2, 4])
def test_jmrui_text_is_conjugated(tmp_path, comma, columns):
    rows = off_rows(2)
    files.jmrui(tmp_path / "x.txt", rows, comma=comma, columns=columns)
    recording = read_recording(tmp_path / "x.txt")
    assert np.allclose(recording.fid[0, 0], rows, rtol=1e-5, atol=1e-5)
    assert recording.larmor_mhz == pytest.approx(SCAN.larmor_mhz)
    assert recording.dwell_s == pytest.approx(5e-4)
    assert abs(naa_ppm(recording.with_header(carrier_ppm=4.7)) - NAA_PPM) < 0.002


def test_truncated_jmrui_text_names_both_counts(tmp_path):
    files.jmrui(tmp_path / "x.txt", off_rows(1))
    text = (tmp_path / "x.txt").read_bytes().splitlines(keepends=True)
    (tmp_path / "x.txt").write_bytes(b"".join(text[:-7]))
    with pytest.raises(InputError, match="declares 1 x 1024 samples, but 1017 are there"):
        read_recording(tmp_path / "x.txt")


def test_plain_columns_hold_a_spectrum_and_its_water(tmp_path):
    off, reference = files.pair()[0], files.water()
    table = np.stack([off.real, off.imag, reference.real, reference.imag], axis=1)
    np.savetxt(tmp_path / "x.txt", table)
    recording = read_recording(tmp_path / "x.txt")
    assert np.allclose(recording.fid[0, 0, 0], off)
    assert np.allclose(recording.water.fid[0, 0], reference)


VALUES = [(1.25, -0.5), (-1200.0, 3.5e-3)] * 40
BODIES = {
    "(2E15.6)": "\n".join(f"{a:15.6E}{b:15.6E}" for a, b in VALUES),
    "(4E13.5)": "\n".join("".join(f"{x:13.5E}" for x in (*VALUES[0], *VALUES[1])) for _ in range(40)),
    "(2E12.5)": "\n".join(f"{a:12.5E}{b:12.5E}" for a, b in VALUES),  # negative numbers are glued to their left neighbour
    "(1X,2(F10.4,1X))": "\n".join(f" {a:10.4f} {b:10.4f} " for a, b in VALUES),
    "(2F12.4)": "\r\n".join(f"{a:12.4f}{b:12.4f}" for a, b in VALUES),
}


@pytest.mark.parametrize("layout", BODIES)
@pytest.mark.parametrize(
    "head",
    [
        " $NMID\n ID='x', FMTDAT='{}'\n TRAMP=1., VOLUME=1.\n $END\n",
        " $nmid id='x $END /', fmtdat='{}'\n tramp=1, volume=1 $end\n",
        " &SEQPAR echot=30. hzpppm=1.2325d2 seq='PRESS' /\n &NMID fmtdat=\"{}\" /\n",
        "$SEQPAR\nHZPPPM=123.25\n$END\n$NMID FMTDAT = '{}' , ID = 'it''s' ,\n VOLUME = 1.0E0 , TRAMP = 1 $\n",
    ],
)
def test_every_legal_header_and_layout_of_raw(tmp_path, head, layout):
    (tmp_path / "x.RAW").write_text(head.format(layout) + BODIES[layout] + "\n", encoding="ascii", newline="")
    recording = read_recording(tmp_path / "x.RAW")
    expected = np.array([complex(*pair) for pair in VALUES])
    assert np.allclose(recording.fid[0, 0, 0], expected, rtol=1e-6)
    assert not any("laid out" in note for note in recording.notes)
    assert recording.larmor_mhz == (123.25 if "hzpppm" in head.lower() else None)


def test_fmtdat_is_obeyed_where_spaces_mislead(tmp_path):
    body = "\n".join(f"{a:15.6E}{b:15.6E}" for a, b in [(1e-3, 2e120)] * 70).replace("E+120", "+120")
    (tmp_path / "x.RAW").write_text(f" $NMID FMTDAT='(2E15.6)' $END\n{body}\n".replace("+120", "E+12"), encoding="ascii")
    assert np.allclose(read_recording(tmp_path / "x.RAW").fid[0, 0, 0], 1e-3 + 2e12j)
    digits = "\n".join("      12345     67890" for _ in range(70))  # F10.2 without its point
    (tmp_path / "y.RAW").write_text(f" $NMID FMTDAT='(2F11.2)' $END\n{digits}\n", encoding="ascii")
    assert np.allclose(read_recording(tmp_path / "y.RAW").fid[0, 0, 0], 123.45 + 678.90j)


def test_samples_laid_out_otherwise_are_read_with_a_remark(tmp_path):
    body = "\n".join("1.0 2.0" for _ in range(70))
    (tmp_path / "x.RAW").write_text(f" $NMID FMTDAT='(2E15.6)' $END\n{body}\n", encoding="ascii")
    recording = read_recording(tmp_path / "x.RAW")
    assert np.allclose(recording.fid[0, 0, 0], 1 + 2j)
    assert any("FMTDAT" in note for note in recording.notes)


def test_tramp_and_volume_scale_and_settings_beside_are_used(tmp_path):
    for name, scale in (("x.RAW", 1.0), ("x.H2O", 4.0)):
        body = "\n".join(f"{scale * a:15.6E}{b:15.6E}" for a, b in VALUES)
        (tmp_path / name).write_text(f" $NMID FMTDAT='(2E15.6)' TRAMP=2. VOLUME=8. $END\n{body}\n", encoding="ascii")
    (tmp_path / "x.PLOTIN").write_text(" $PLTRAW\n HZPPPM=123.25\n DELTAT=5.E-04\n FILRAW='/old/place/x.RAW'\n $END\n")
    raw = read_recording(tmp_path / "x.RAW")
    assert raw.fid[0, 0, 0, 0] == pytest.approx((1.25 - 0.5j) / 4)
    assert (raw.dwell_s, raw.larmor_mhz) == (5e-4, 123.25)
    assert np.array_equal(read_recording(tmp_path / "x.PLOTIN").fid, raw.fid)


def test_a_namelist_without_an_end_is_named(tmp_path):
    (tmp_path / "x.RAW").write_text(" $NMID ID='x', FMTDAT='(2E15.6)'\n 1.0 2.0\n")
    with pytest.raises(InputError, match="does not end"):
        read_recording(tmp_path / "x.RAW")
    assert namelists("no namelist") == ({}, 0)


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("padded", [False, True])
def test_bruker_fids_keep_their_group_delay_as_leading_points(tmp_path, order, padded):
    rows = off_rows()
    files.bruker(tmp_path / "5", rows, order=order, padded=padded)
    recording = read_recording(tmp_path / "5" / "fid")
    assert recording.leading_points == 68
    assert np.allclose(recording.fid[0, 0, :, 68:] * 1e-4, rows[:, :-68], atol=2e-4)
    assert (recording.vendor, recording.echo_time_s) == ("Bruker", 0.068)
    assert recording.acquisition == SCAN


def test_bruker_2dseq_pairs_real_and_imaginary_frames(tmp_path):
    rows = off_rows(2)
    place = tmp_path / "5" / "pdata" / "1"
    files.bruker(tmp_path / "5", rows)
    place.mkdir(parents=True)
    (place / "2dseq").write_bytes(np.stack([rows.real, rows.imag]).astype("<f4").tobytes())
    (place / "visu_pars").write_text(files.VISU_PARS)
    recording = read_recording(place / "2dseq")
    assert np.allclose(recording.fid[0, 0], rows)
    assert recording.acquisition == SCAN


def test_four_states_become_a_gaba_and_a_gsh_pair(tmp_path):
    fid = np.stack([np.stack([files.pair(seed=10 * state + turn)[int(state < 2)] for turn in range(3)]) for state in range(4)])
    numbers = {"larmor_mhz": SCAN.larmor_mhz, "carrier_ppm": SCAN.carrier_ppm, "dwell_s": SCAN.dwell_s, "echo_time_s": 0.08}
    recording = files_recording(fid[:, None], ("gaba+gsh", "gaba", "gsh", "off"), numbers)
    write_recording(tmp_path / "h.nii.gz", recording, "1.0")
    gaba, gsh = read_row(Row("S", "h", "", {"both": tmp_path / "h.nii.gz"}))
    assert (gaba.row.item, gsh.row.item) == ("h-GABA", "h-GSH")
    assert np.allclose(gaba.fids["on"], fid[:2].mean(axis=(0, 1)), atol=0.02)
    assert np.allclose(gaba.fids["off"], fid[2:].mean(axis=(0, 1)), atol=0.02)
    expected = fid[[0, 2]].mean(axis=(0, 1))
    assert np.linalg.norm(gsh.fids["on"] - expected) < 0.05 * np.linalg.norm(
        expected
    )  # its two halves, unlike at NAA, are registered
    assert (gaba.protocol["edit_on_ppm"], gsh.protocol["edit_on_ppm"]) == (1.9, 4.56)
    assert "four-state scan" in gsh.note


def files_recording(fid, states, numbers):
    return Recording(fid, states, **numbers)


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 3), (2, 4, 3), (1, 4, 1), (4, 2, 2)])
def test_nifti_of_any_stage_reads_back(tmp_path, shape):
    rng = np.random.default_rng(2)
    fid = (rng.normal(size=(*shape, 256)) + 1j * rng.normal(size=(*shape, 256))).astype(np.complex64)
    states = {1: ("off",), 2: ("on", "off"), 4: ("gaba", "gaba+gsh", "off", "gsh")}[shape[0]]
    numbers = {"larmor_mhz": 123.25, "carrier_ppm": 4.7, "dwell_s": 5e-4, "echo_time_s": 0.068, "repetition_time_s": 2.0}
    recording = files_recording(fid, states, numbers)
    write_recording(tmp_path / "x.nii.gz", recording, "1.0")
    again = read_recording(tmp_path / "x.nii.gz")
    assert np.array_equal(again.fid, fid)
    assert again.states == states
    assert again.acquisition == recording.acquisition
    first = (tmp_path / "x.nii.gz").read_bytes()
    write_recording(tmp_path / "x.nii.gz", recording, "1.0")
    assert (tmp_path / "x.nii.gz").read_bytes() == first


def test_provenance_keeps_what_other_programs_did(tmp_path):
    numbers = {"larmor_mhz": 123.25, "carrier_ppm": 4.7, "dwell_s": 5e-4}
    steps = (Step("Eddy current correction", "water", "FSL-MRS", "2.0"), Step("Signal averaging", "mean"))
    recording = files_recording(files.pair()[:1, None, None], ("off",), numbers)
    recording = type(recording)(**{**recording.__dict__, "steps": steps})
    write_recording(tmp_path / "x.nii.gz", recording, "1.0")
    again = read_recording(tmp_path / "x.nii.gz").steps
    assert [(step.program, step.version, step.method) for step in again] == [
        ("FSL-MRS", "2.0", "Eddy current correction"), ("mrsgap", "1.0", "Signal averaging"),
    ]  # fmt: skip
    write_water(tmp_path / "w.nii.gz", recording.water or _water(), "1.0")
    assert read_recording(tmp_path / "w.nii.gz").fid.shape == (1, 2, 1, 1024)


def _water():
    return Water(np.stack([files.water()] * 2)[:, None], "test", 123.25, 4.7, 5e-4)


def test_a_bids_sidecar_fills_what_the_image_leaves_open(tmp_path):
    (tmp_path / "dataset_description.json").write_text("{}")
    place = tmp_path / "sub-01" / "mrs"
    place.mkdir(parents=True)
    fid = np.stack([files.pair(seed=seed) for seed in range(2)], axis=1)[:, None]
    numbers = {"larmor_mhz": 123.25, "carrier_ppm": 4.7, "dwell_s": 5e-4}
    write_recording(place / "sub-01_acq-mega_svs.nii.gz", files_recording(fid, (None, None), numbers), "1.0")
    (tmp_path / "acq-mega_svs.json").write_text(json.dumps({"EchoTime": 0.068, "Manufacturer": "Siemens Healthineers"}))
    (tmp_path / "acq-press_svs.json").write_text(json.dumps({"EchoTime": 0.03}))
    pulses = {"ON": {"FrequencyOffset": 1.9}, "OFF": {"FrequencyOffset": 7.46}}
    (place / "sub-01_acq-mega_svs.json").write_text(json.dumps({"EditCondition": ["OFF", "ON"], "EditPulse": pulses}))
    recording = read_recording(place / "sub-01_acq-mega_svs.nii.gz")
    assert (recording.echo_time_s, recording.vendor) == (0.068, "Siemens")
    assert recording.states == ("off", "on")
    assert (recording.edit_off_ppm, recording.edit_on_ppm) == (7.46, 1.9)


def test_a_packed_file_without_its_ending_and_dicom_without_any(tmp_path):
    files.nifti(tmp_path / "x.nii.gz")
    (tmp_path / "y.nii").write_bytes((tmp_path / "x.nii.gz").read_bytes())
    assert np.array_equal(read_recording(tmp_path / "y.nii").fid, read_recording(tmp_path / "x.nii.gz").fid)
    (tmp_path / "z.nii.gz").write_bytes(gzip.decompress((tmp_path / "x.nii.gz").read_bytes()))
    with pytest.raises(InputError, match="cannot be read as NIfTI-MRS"):
        read_recording(tmp_path / "z.nii.gz")
    files.rda(tmp_path / "no_ending", files.pair()[0])
    assert read_recording(tmp_path / "no_ending").vendor == "Siemens"


@pytest.mark.parametrize("counter", ["Eco", "Set", "Rep", "Phs", "Ide"])
@pytest.mark.parametrize("first", ["off", "on"])
def test_twix_counters_of_newer_releases_are_edit_states_by_the_signal(tmp_path, counter, first):
    fids = np.stack([files.pair(seed=seed) for seed in range(3)], axis=1)  # (edit, transient, time)
    fids = fids if first == "off" else fids[::-1]
    files.twix(tmp_path / "x.dat", fids, counters=(counter, "Ave"), channels=2)
    (item,) = read_row(Row("S", "x", "", {"both": tmp_path / "x.dat"}))
    assert item.naa_on_off < 0.3
    assert "told by the signal" in item.note
    assert item.transients == 3


def test_leading_points_of_xa_twix_are_removed(tmp_path):
    fids = np.stack([files.pair(seed=seed) for seed in range(2)], axis=1)
    files.twix(tmp_path / "x.dat", fids, leading=32)
    recording = read_recording(tmp_path / "x.dat")
    assert recording.fid.shape[-1] == 1056
    assert recording.leading_points == 32
    (item,) = read_row(Row("S", "x", "", {"both": tmp_path / "x.dat"}))
    assert item.acquisition.points == 1024
    mean = fids.mean(axis=1)
    assert np.linalg.norm(item.fids["off"] - mean[0]) < 0.05 * np.linalg.norm(mean[0])


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_text_with_any_line_end(tmp_path, line_end):
    off = files.pair()[0]
    files.lcmodel_raw(tmp_path / "x.RAW", off)
    expected = read_recording(tmp_path / "x.RAW").fid
    text = (tmp_path / "x.RAW").read_text(encoding="ascii")
    (tmp_path / "x.RAW").write_bytes(text.replace("\n", line_end).encode("ascii"))
    assert np.array_equal(read_recording(tmp_path / "x.RAW").fid, expected)
    files.rda(tmp_path / "x.rda", off)
    head, mark, signal = (tmp_path / "x.rda").read_bytes().partition(b">>> End of header <<<")
    (tmp_path / "x.rda").write_bytes(head.replace(b"\r\n", line_end.encode()) + mark + line_end.encode() + signal[2:])
    assert np.allclose(read_recording(tmp_path / "x.rda").fid[0, 0, 0], off)


@pytest.mark.parametrize("key", ["MRFrequency", "DwellTime", "VectorSize", "Nucleus", "CSIMatrixSize[0]"])
def test_an_rda_without_one_of_its_keys_is_read_or_asks_the_manifest(tmp_path, key):
    off = files.pair()[0]
    files.rda(tmp_path / "x.rda", off)
    raw = (tmp_path / "x.rda").read_bytes()
    start = raw.index(key.encode())
    (tmp_path / "x.rda").write_bytes(raw[:start] + raw[raw.index(b"\n", start) + 1 :])
    recording = read_recording(tmp_path / "x.rda")
    assert np.allclose(recording.fid[0, 0, 0], off)
    column = {"MRFrequency": "larmor_mhz", "DwellTime": "dwell_s"}.get(key)
    if column:
        with pytest.raises(InputError, match=f"column `{column}`"):
            _ = recording.acquisition
    else:
        assert recording.acquisition == SCAN


@pytest.mark.parametrize("key", ["synthesizer_frequency", "sample_frequency", "samples", "rows", "nucleus", "echo_time"])
def test_a_spar_without_one_of_its_keys_is_read_or_asks_the_manifest(tmp_path, key):
    rows = off_rows()
    files.sdat(tmp_path / "x.sdat", rows)
    lines = (tmp_path / "x.spar").read_bytes().splitlines(keepends=True)
    (tmp_path / "x.spar").write_bytes(b"".join(line for line in lines if not line.startswith(key.encode())))
    recording = read_recording(tmp_path / "x.sdat")
    assert np.array_equal(recording.fid[0, 0], rows)
    assert (recording.dwell_s is None) == (key == "sample_frequency")
    assert (recording.larmor_mhz is None) == (key == "synthesizer_frequency")


def test_nifti_of_the_other_byte_order(tmp_path):
    files.nifti(tmp_path / "x.nii.gz")
    expected = read_recording(tmp_path / "x.nii.gz")
    image = nibabel.Nifti2Image.from_bytes(gzip.decompress((tmp_path / "x.nii.gz").read_bytes()))
    header = image.header.as_byteswapped(">")
    header.extensions = image.header.extensions
    swapped = nibabel.Nifti2Image(np.asarray(image.dataobj).astype(">c8"), image.affine, header)
    (tmp_path / "y.nii").write_bytes(swapped.to_bytes())
    recording = read_recording(tmp_path / "y.nii")
    assert np.array_equal(recording.fid, expected.fid)
    assert recording.states == expected.states


def test_twins_of_one_scan_share_their_water_and_are_told(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    files.sdat(data / "x_ECC.SDAT", off_rows(1))
    files.sdat(data / "x_noECC.SDAT", off_rows(1) * 1j)
    files.sdat(data / "x_ref.SDAT", files.water()[None])
    table, doubts = index_folder(data, tmp_path / "m.csv")
    assert sorted(table["item"]) == ["x_ECC", "x_noECC"]
    assert table["path_water"].str.endswith("x_ref.SDAT").all()
    assert doubts["doubt"].str.contains("look like one scan exported twice").any()
