"""What passed in silence: water among the transients, turned signs, empty rows, wrong units, disputed states."""

from dataclasses import replace

import measured_files as files
import numpy as np
import pytest

from mrsgap.core.errors import InputError
from mrsgap.core.recording import Recording
from mrsgap.measured.formats import plausible_header, read_recording
from mrsgap.measured.header_states import state_in_words
from mrsgap.measured.item import read_item, read_row
from mrsgap.measured.manifest import Row
from mrsgap.measured.rows import leave_out_empty, separate_water, water_ratio
from mrsgap.measured.states import name_states

SCAN = files.ACQUISITION
HEADER = {"larmor_mhz": SCAN.larmor_mhz, "carrier_ppm": SCAN.carrier_ppm, "dwell_s": SCAN.dwell_s}


def interleaved(pairs=6, turned=False, first="off", noise=0.05):
    """Transients (2 pairs, time) that take turns between the states."""
    order = (0, 1) if first == "off" else (1, 0)
    sign = np.array([1, -1 if turned else 1])
    fids = [files.pair(seed=seed, noise=noise) * sign[:, None] for seed in range(pairs)]
    return np.concatenate([fid[list(order)] for fid in fids])


def recording(rows, **header):
    return Recording(fid=np.asarray(rows)[None, None], **{**HEADER, **header})


@pytest.mark.parametrize("place", [0, 3, 6])
def test_a_water_frame_is_kept_as_reference_wherever_it_lies(place):
    rows = np.insert(interleaved(3), place, files.water(), axis=0)
    apart = separate_water(recording(rows))
    assert apart.fid.shape[2] == 6
    assert np.array_equal(apart.water.fid[0, 0], files.water())
    assert apart.water.acquisition == apart.acquisition
    assert any("reference" in note for note in apart.notes)


def test_a_loud_row_that_is_no_water_stays():
    rows = interleaved(3)
    rows[2] *= 50
    assert separate_water(recording(rows)).water is None


def test_a_water_frame_by_the_header_that_is_none_by_the_signal_is_an_error():
    whole = separate_water(recording(np.insert(interleaved(3), 0, files.water(), axis=0)))
    exchanged = replace(whole, fid=whole.water.fid[None], water=replace(whole.water, fid=whole.fid[0]))
    with pytest.raises(InputError, match=r"header calls .* but by the signal"):
        separate_water(exchanged)


def test_suppressed_and_unsuppressed_water_differ_clearly():
    suppressed = files.pair()[0] + files.water(height=20.0)
    assert water_ratio(suppressed, SCAN) < 50
    assert water_ratio(files.water(), SCAN) > 500


def test_empty_rows_are_left_out_and_counted():
    rows = interleaved(4)
    rows = np.insert(rows, [1, 1, 5], 0, axis=0)
    rows = np.concatenate([rows, np.full((1, rows.shape[1]), np.nan)])
    kept = leave_out_empty(recording(rows))
    assert kept.fid.shape[2] == 8
    assert kept.notes == ("4 of 12 rows are empty and left out: 8 remain",)
    named = name_states(kept, "both", "")
    assert named.states == ("off", "on")
    assert named.rows.sum(axis=1).tolist() == [4, 4]


@pytest.mark.parametrize("first", ["off", "on"])
@pytest.mark.parametrize("turned", [False, True])
def test_states_that_take_turns_are_told_by_the_signal(first, turned):
    rows = interleaved(6, turned, first)
    named = name_states(recording(rows), "both", "")
    assert named.states == ((first, "on") if first == "off" else ("on", "off"))
    assert named.state_source == "the signal (NAA)"
    off = named.fid[named.states.index("off"), 0]
    assert np.array_equal(off, rows[0::2] if first == "off" else rows[1::2])


@pytest.mark.parametrize(("order", "words"), [("in pairs", "in pairs"), ("blocks", "one after the other"), ("abba", "as ABBA")])
def test_other_orders_of_transients_are_told_too(order, words):
    labels = {"in pairs": [0, 0, 1, 1] * 2, "blocks": [0] * 4 + [1] * 4, "abba": [0, 1, 1, 0] * 2}[order]
    rows = np.stack([files.pair(seed=seed)[label] for seed, label in enumerate(labels)])
    named = name_states(recording(rows), "both", "")
    assert named.states == ("off", "on")
    assert words in named.notes[-1]
    assert np.array_equal(named.fid[1, 0], rows[np.array(labels) == 1])


def test_an_odd_number_of_rows_keeps_its_unequal_states():
    named = name_states(recording(interleaved(5)[:-1]), "both", "")
    assert named.rows.sum(axis=1).tolist() == [5, 4]
    by_order = name_states(recording(interleaved(5)[:-1]), "both", "off,on")
    assert by_order.rows.sum(axis=1).tolist() == [5, 4]


def test_unedited_transients_are_not_split():
    rows = np.stack([files.pair(seed=seed)[0] for seed in range(8)])
    with pytest.raises(InputError, match="does not say which edit state"):
        name_states(recording(rows), "both", "")


def test_four_unnamed_states_where_two_are_expected_say_so():
    rows = np.stack([files.pair(seed=seed)[:1] for seed in range(4)])[:, None]
    with pytest.raises(InputError, match="4 unnamed edit states where two are expected"):
        name_states(Recording(fid=rows, states=(None,) * 4, **HEADER), "both", "")
    with pytest.raises(InputError, match="4 edit states where `edit_order` names 2"):
        name_states(Recording(fid=rows, states=(None,) * 4, **HEADER), "both", "off,on")


@pytest.mark.parametrize("phase", [0.0, 0.7, 2.0])
def test_a_turned_edit_on_is_mended_with_a_remark(tmp_path, phase):
    off, on = files.pair(phase=phase)
    files.rda(tmp_path / "off.rda", off)
    files.rda(tmp_path / "on.rda", on)
    files.rda(tmp_path / "turned.rda", -on)
    paths = {"off": tmp_path / "off.rda", "on": tmp_path / "on.rda"}
    upright = read_item(Row("S", "x", "", paths))
    mended = read_item(Row("S", "x", "", {**paths, "on": tmp_path / "turned.rda"}))
    assert "sign turned" not in upright.note
    assert "sign turned" in mended.note
    assert np.array_equal(upright.fids["on"], mended.fids["on"])


def test_a_pair_turned_by_a_right_angle_is_refused(tmp_path):
    off, on = files.pair()
    files.rda(tmp_path / "off.rda", off)
    files.rda(tmp_path / "on.rda", 1j * on)
    row = Row("S", "x", "", {"off": tmp_path / "off.rda", "on": tmp_path / "on.rda"})
    with pytest.raises(InputError, match="neither upright nor upside down"):
        read_item(row)
    assert "says trust" in read_item(replace(row, words={"edit_check": "trust"})).note


def test_a_single_turned_transient_is_mended(tmp_path):
    fids = np.stack([files.pair(seed=seed) for seed in range(6)], axis=1)
    upright = fids.copy()
    fids[1, 3] *= -1
    files.twix(tmp_path / "x.dat", fids)
    item = read_item(Row("S", "x", "", {"both": tmp_path / "x.dat"}, {}, {"edit_order": "off,on"}))
    assert "1 of 12 transients were stored with the sign turned" in item.note
    files.twix(tmp_path / "y.dat", upright)
    other = read_item(Row("S", "x", "", {"both": tmp_path / "y.dat"}, {}, {"edit_order": "off,on"}))
    assert np.allclose(item.fids["on"], other.fids["on"], atol=1e-4)


@pytest.mark.parametrize(
    ("name", "value", "right", "told"),
    [
        ("echo_time_s", 68.0, 0.068, "taken as ms"),
        ("echo_time_s", 68000.0, 0.068, "taken as us"),
        ("repetition_time_s", 2000.0, 2.0, "taken as ms"),
        ("dwell_s", 0.5, 5e-4, "taken as ms"),
        ("dwell_s", 500.0, 5e-4, "taken as us"),
        ("dwell_s", 500000.0, 5e-4, "taken as ns"),
        ("larmor_mhz", 123.25e6, 123.25, "taken as Hz"),
        ("echo_time_s", 1e9, None, "not used"),
        ("field_tesla", 3.0, 3.0, "the header says 3 T, its Larmor frequency 2.89 T"),
    ],
)
def test_numbers_in_wrong_units_are_mended_or_dropped_and_told(name, value, right, told):
    mended = plausible_header(recording(interleaved(1), **{name: value}))
    assert getattr(mended, name) == (right if right is None else pytest.approx(right))
    assert any(told in note for note in mended.notes)


def test_sound_numbers_are_left_alone():
    sound = recording(interleaved(1), echo_time_s=0.068, repetition_time_s=2.0, field_tesla=2.895)
    assert plausible_header(sound) == sound


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("_c_4 Off Resonance", "off"), ("On Resonance", "on"), ("svs_EDIT_ON", "on"), ("edit off", "off"), ("MEGA ON", "on"),
        ("difference", "diff"), ("head on pillow", None), ("ON and OFF", None), ("svs_edit_529", None), ("", None),
    ],
)  # fmt: skip
def test_words_of_a_header_name_a_state(text, state):
    assert state_in_words(text) == state


def test_header_and_manifest_that_disagree_are_both_named(tmp_path):
    off, on = files.pair()
    files.rda(tmp_path / "a.rda", off, comments="_c_4 Off Resonance")
    files.rda(tmp_path / "b.rda", on, comments="On Resonance")
    with pytest.raises(InputError, match=r"calls the file `on`.*InstanceComments.*`off`"):
        read_item(Row("S", "x", "", {"on": tmp_path / "a.rda", "off": tmp_path / "b.rda"}))
    item = read_item(Row("S", "x", "", {"off": tmp_path / "a.rda", "on": tmp_path / "b.rda"}))
    assert "edit states from InstanceComments" in item.note


def test_header_and_signal_that_disagree_are_both_named(tmp_path):
    off, on = files.pair()
    files.nifti(tmp_path / "x.nii.gz", np.stack([on, off]))
    with pytest.raises(InputError, match=r"NAA at 2.01 ppm .*EditCondition"):
        read_item(Row("S", "x", "", {"both": tmp_path / "x.nii.gz"}))


def test_frames_of_enhanced_dicom_are_told_apart_by_header_and_by_signal(tmp_path):
    frames = np.stack([files.pair()[0], files.water()])
    files.enhanced_dicom(tmp_path / "said.dcm", frames, water=(1,))
    files.enhanced_dicom(tmp_path / "silent.dcm", frames, manufacturer="SIEMENS")
    for name, vendor in (("said", "Philips"), ("silent", "Siemens")):
        read = read_recording(tmp_path / f"{name}.dcm")
        assert read.vendor == vendor
        assert np.array_equal(read.fid[0, 0], frames[:1])
        assert np.array_equal(read.water.fid[0], frames[1:])
    files.enhanced_dicom(tmp_path / "wrong.dcm", frames, water=(0,))
    with pytest.raises(InputError, match=r"header calls frame 1 of the file the water reference"):
        read_recording(tmp_path / "wrong.dcm")


def test_edited_frames_of_enhanced_dicom_are_named_by_their_header(tmp_path):
    off, on = files.pair()
    files.enhanced_dicom(tmp_path / "x.dcm", np.stack([on, off, on, off, files.water()]), water=(4,), edits=(1, 0, 1, 0, 0))
    (item,) = read_row(Row("S", "x", "", {"both": tmp_path / "x.dcm"}))
    assert np.allclose(item.fids["off"], off, atol=1e-3 * abs(off).max())  # water's phase noise goes in
    assert np.allclose(item.fids["on"], on, atol=1e-3 * abs(on).max())  # water's phase noise goes in
    assert item.water is not None
