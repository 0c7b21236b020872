"""Real scans of four vendors, and traps made from them: what each must give, an answer with its remarks or a stated refusal."""

import numpy as np
import pytest
from reference_data import reference

from mrsgap.core.errors import InputError
from mrsgap.core.peaks import absorption_factor, band, fine_spectrum
from mrsgap.core.recording import Recording
from mrsgap.measured.formats import read_recording
from mrsgap.measured.index import index
from mrsgap.measured.item import read_item
from mrsgap.measured.manifest import Row
from mrsgap.measured.nifti_out import write_recording
from mrsgap.measured.polarity import check_pair

DRIFT = ("philips-mega-transients/mpress_drift_act.SDAT", "philips-mega-transients/mpress_drift_dyn.nii.gz",
         "philips-mega-transients/mpress_drift_edit.nii.gz", "traps/scalar_frequency.nii.gz")  # fmt: skip


def real(name):
    return reference("real", *name.split("/"))


def item_of(*, waters=None, words=None, numbers=None, **paths):
    files = {role: real(path) for role, path in paths.items()}
    references = {role: real(path) for role, path in (waters or {}).items()}
    return read_item(Row("S", "x", "", files, numbers or {}, words or {}, {}, references))


def top_ppm(fid, acquisition, low, high):
    ppm, values = fine_spectrum(fid * np.exp(-3 * acquisition.time_s), acquisition, 8)
    inside = (ppm > low) & (ppm < high)
    return ppm[inside][np.argmax(abs(values[inside]))]


def test_siemens_rda_names_its_states_in_its_comments():
    for name, state in (("OFF", "off"), ("ON", "on")):
        recording = read_recording(real(f"siemens-rda/Siemens1_{name}.rda"))
        assert recording.states == (state,)
        assert "InstanceComments" in recording.state_source
    item = item_of(off="siemens-rda/Siemens1_OFF.rda", on="siemens-rda/Siemens1_ON.rda")
    assert "edit states from InstanceComments" in item.note
    assert item.naa_on_off < 0.3
    assert "2.89 T, which is used" in item.note
    with pytest.raises(InputError, match=r"the manifest calls the file `off`.*InstanceComments.*`on`"):
        item_of(off="siemens-rda/Siemens1_ON.rda", on="siemens-rda/Siemens1_OFF.rda")


def test_a_pair_with_its_water_takes_it_as_reference():
    water = {"off": "siemens-rda/np_off_water.rda", "on": "siemens-rda/np_on_water.rda"}
    paths = {"off": "siemens-rda/np_off_spec.rda", "on": "siemens-rda/np_on_spec.rda", "diff": "siemens-rda/np_diff_spec.rda"}
    item = item_of(waters=water, **paths)
    assert item.water is not None
    assert "np_off_water.rda" in item.note
    assert "unsuppressed water" in item_of(off="siemens-rda/np_off_water.rda").note


def test_a_folder_gives_its_waters_to_their_spectra(tmp_path):
    table, doubts = index(real("siemens-rda"), tmp_path / "m.csv")
    assert sorted(table["item"]) == ["Siemens1", "np_spec"]
    assert doubts["doubt"].str.contains("unsuppressed water: taken as reference of np_spec").sum() == 2
    table, _ = index(real("philips-press"), tmp_path / "m.csv")
    assert table["path_water"].item().endswith("S01_PRESS_35_ref.SDAT")


@pytest.mark.parametrize("path", DRIFT)
def test_edit_on_of_philips_is_turned_upright(path):
    item = item_of(both=path)
    assert "edit-on was stored with the sign turned: turned back" in item.note.replace(" (a habit of this vendor)", "")
    assert item.transients == 20
    assert item.drift_hz == pytest.approx(3.9, abs=0.3)
    assert 0.1 < item.naa_on_off < 0.6
    difference = item.fids["on"] - item.fids["off"]
    ppm, values = fine_spectrum(item.fids["off"], item.acquisition, 4)
    naa = np.flatnonzero(band(ppm, 2.0, 0.1))
    top = naa[np.argmax(abs(values[naa]))]
    phased = fine_spectrum(difference, item.acquisition, 4)[1] * absorption_factor(values, top)
    assert phased[top].real < 0  # edit-on suppresses NAA: the difference is negative there


def test_three_encodings_of_one_scan_give_the_same_spectrum():
    items = [item_of(both=path) for path in DRIFT]
    for item in items[1:]:
        assert item.acquisition == items[0].acquisition
        for state in ("off", "on"):
            scale = np.max(abs(items[0].fids[state]))
            assert np.max(abs(item.fids[state] - items[0].fids[state])) < 1e-5 * scale


def test_a_turned_edit_on_gives_what_the_upright_one_gives():
    upright = item_of(off="siemens-rda/Siemens1_OFF.rda", on="siemens-rda/Siemens1_ON.rda")
    mended = item_of(off="traps/Siemens1_flip_OFF.rda", on="traps/Siemens1_flip_ON.rda")
    assert "sign turned" in mended.note
    assert "sign turned" not in upright.note
    assert np.allclose(upright.fids["on"], mended.fids["on"])


def test_empty_rows_odd_rows_and_foreign_rows():
    whole = item_of(both=DRIFT[0])
    empty = item_of(both="traps/zero_rows_act.SDAT")
    assert "40 of 80 rows are empty and left out" in empty.note
    assert empty.transients == 20
    assert np.allclose(whole.fids["off"], empty.fids["off"], atol=1e-6 * np.max(abs(whole.fids["off"])))
    odd = item_of(both="traps/odd_rows_act.SDAT")
    assert "19 edit-off and 20 edit-on transients" in odd.note
    assert odd.naa_on_off == pytest.approx(whole.naa_on_off, abs=0.02)


def test_rows_spoilt_by_motion_are_told():
    item = item_of(both="traps/motion_rows_act.SDAT")
    assert "left out" in item.note


def test_the_water_frame_of_enhanced_dicom_is_a_reference():
    path = real("traps/philips-enhanced-water-frame.dcm")
    recording = read_recording(path)
    assert (recording.vendor, recording.fid.shape, recording.water.fid.shape) == ("Philips", (1, 1, 1, 1024), (1, 1, 1024))
    assert recording.larmor_mhz == pytest.approx(63.89575)
    assert np.linalg.norm(recording.water.fid) > 100 * np.linalg.norm(recording.fid)
    assert 1.8 < top_ppm(recording.fid[0, 0, 0], recording.acquisition, 1.7, 2.3) < 2.1  # a cool phantom: water lies downfield
    item = item_of(off="traps/philips-enhanced-water-frame.dcm")
    assert item.water is not None
    assert "Siemens" not in item.note


def test_coils_of_twix_and_nifti_are_combined():
    item = item_of(off="twix/slaser-8-coils.dat")
    assert "unsuppressed water" in item.note
    assert item.acquisition.larmor_mhz == pytest.approx(297.2, abs=0.1)
    assert "unedited: an echo time of 19.96 ms" in item_of(both="twix/slaser-8-coils.dat").note
    scan = item_of(waters={"off": "nifti-coils/wref_raw.nii.gz"}, off="nifti-coils/metab_raw.nii.gz")
    assert "wref_raw" in scan.note
    assert scan.transients == 16
    assert abs(top_ppm(scan.fids["off"], scan.acquisition, 1.8, 2.3) - 2.01) < 0.1


def test_pfiles_of_ge_tell_reference_frames_apart():
    for name in ("P1751_1.5T_030_2000.7", "P1802_1.5T_030_2000.7"):
        recording = read_recording(real(f"ge/{name}"))
        assert (recording.vendor, recording.fid.shape, recording.water.fid.shape) == ("GE", (1, 1, 16, 2048), (1, 8, 2048))
        assert recording.echo_time_s == pytest.approx(0.03)
        assert recording.acquisition.larmor_mhz == pytest.approx(63.8726, abs=1e-3)
        # A cool phantom: its tallest line, acetate's or NAA's, is 0.13 to 0.24 ppm nearer to zero than at 37 degrees.
        assert 1.7 < top_ppm(recording.fid[0, 0].mean(axis=0), recording.acquisition, 1.4, 2.6) < 2.1


@pytest.mark.parametrize("name", ["dataset1", "dataset2", "dataset3", "dataset21", "Cr_10mM_test_water_scaling"])
def test_lcmodel_text_of_the_challenge_is_read(name):
    numbers = {"dwell_s": 2.5e-4, "larmor_mhz": 123.22}
    item = item_of(
        off=f"fitting-challenge/{name}.RAW", waters={"off": f"fitting-challenge/{name}.H2O"}, numbers=numbers
    )  # fmt: skip
    assert item.water is not None
    assert item.acquisition.points == 2048
    assert abs(top_ppm(item.fids["off"], item.acquisition, 2.9, 3.15) - 3.03) < 0.03


def test_one_signal_in_three_text_formats():
    numbers = {"dwell_s": 2.5e-4, "larmor_mhz": 123.22}
    stem = "fitting-challenge/Cr_10mM_test_water_scaling"
    raw = read_recording(real(f"{stem}.RAW")).with_header(**numbers)
    text = read_recording(real(f"{stem}_WS.txt"))
    columns = read_recording(real(f"{stem}.txt")).with_header(**numbers)
    water = read_recording(real(f"{stem}.H2O"))
    assert text.acquisition == raw.acquisition
    scale = np.max(abs(raw.fid))
    assert np.max(abs(text.fid - raw.fid)) < 1e-5 * scale
    assert np.max(abs(columns.fid - raw.fid)) < 1e-5 * scale
    assert np.max(abs(columns.water.fid[0] - water.fid[0, 0])) < 1e-5 * np.max(abs(water.fid))


def test_repeats_of_an_unknown_dimension_are_refused_with_advice():
    with pytest.raises(InputError, match=r"288 entries and the tag DIM_USER_0.*set the tag to DIM_DYN"):
        read_recording(real("transients-with-truth/raw_synthetic.nii.gz"))


def test_bids_layout_is_understood_and_its_empty_images_are_refused(tmp_path):
    table, doubts = index(real("bids"), tmp_path / "m.csv")
    assert set(table["series"]) == {"sub-01"}
    assert sorted(table["item"]) == ["sub-01_acq-megapress68", "sub-01_acq-megapress80", "sub-01_acq-press"]
    assert table["path_water"].str.endswith("_mrsref.nii.gz").all()
    assert not doubts["doubt"].str.contains("T1w").any()
    with pytest.raises(InputError, match="is empty"):
        item_of(both="bids/sub-01/mrs/sub-01_acq-megapress68_svs.nii.gz")


def test_a_frequency_offset_of_ge_size_does_not_hide_the_pair():
    off, on = (read_recording(real(f"siemens-rda/Siemens1_{name}.rda")) for name in ("OFF", "ON"))
    scan = off.acquisition
    for sign in (1, -1):
        turn = np.exp(sign * 2j * np.pi * 21.6 * scan.time_s)
        assert check_pair(off.fid[0, 0, 0] * turn, on.fid[0, 0, 0] * turn, scan).naa_on_off < 0.3


def test_mixed_states_are_told_as_hardly_edited(tmp_path):
    whole = read_recording(real(DRIFT[1]))
    halves = np.stack([whole.fid[0, :, :20], whole.fid[0, :, 20:]])  # both states in either
    numbers = {name: getattr(whole, name) for name in ("larmor_mhz", "carrier_ppm", "dwell_s")}
    write_recording(tmp_path / "x.nii.gz", Recording(halves, ("off", "on"), **numbers), "1.0")
    item = read_item(Row("S", "x", "", {"both": tmp_path / "x.nii.gz"}))
    assert "hardly differs from edit-off" in item.note
