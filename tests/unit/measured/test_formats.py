"""Every reader: the signal comes back as written, in the package's sense, with its header; what is wrong is named."""

import measured_files as files
import numpy as np
import pydicom
import pytest
from nifti_mrs.create_nmrs import gen_nifti_mrs

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.peaks import NAA_PPM, fine_spectrum
from mrsgap.measured.formats import read_recording
from mrsgap.measured.header_states import edit_states
from mrsgap.measured.philips import vax_floats


def naa_position_ppm(fid, acquisition):
    ppm, values = fine_spectrum(fid, acquisition, 8)
    near = abs(ppm - NAA_PPM) < 0.2
    return ppm[near][np.argmax(abs(values[near]))]


@pytest.mark.parametrize("points", [1024, 1023])
def test_nifti_keeps_signal_states_and_header(tmp_path, points):
    acquisition = Acquisition(127.7, 4.7, 1250.0, points)
    fid = files.nifti(tmp_path / "x.nii.gz", files.pair(acquisition), acquisition, synthetic=True)
    recording = read_recording(tmp_path / "x.nii.gz")
    assert recording.states == ("off", "on")
    assert recording.acquisition == acquisition
    assert recording.synthetic
    assert (recording.echo_time_s, recording.edit_off_ppm, recording.edit_on_ppm) == (0.068, 7.4, 1.9)
    assert np.array_equal(recording.fid[:, 0, 0], fid)
    assert abs(naa_position_ppm(recording.fid[0, 0, 0], acquisition) - NAA_PPM) < 0.002


@pytest.mark.parametrize("kind", ["rda", "study_csv", "study_csv_v1", "lcmodel_raw"])
def test_single_state_formats_put_naa_at_its_place(tmp_path, kind):
    acquisition, off = files.ACQUISITION, files.pair()[0]
    path = tmp_path / {"rda": "x.rda", "study_csv": "x.csv", "study_csv_v1": "x.csv", "lcmodel_raw": "x.raw"}[kind]
    if kind == "study_csv_v1":
        files.study_csv(path, off, version=1)
    else:
        getattr(files, kind)(path, off, *(() if kind == "lcmodel_raw" else (acquisition,)))
    recording = read_recording(path)
    if kind == "lcmodel_raw":
        with pytest.raises(InputError, match="column `larmor_mhz`"):
            _ = recording.acquisition
        recording = recording.with_header(dwell_s=acquisition.dwell_s, larmor_mhz=acquisition.larmor_mhz, carrier_ppm=4.7)
    assert recording.acquisition == acquisition
    assert abs(naa_position_ppm(recording.fid[0, 0, 0], acquisition) - NAA_PPM) < 0.002
    if kind != "study_csv_v1":
        assert np.allclose(recording.fid[0, 0, 0], off, rtol=1e-5, atol=1e-5)
    else:  # the real part alone gives back everything upfield of the carrier, to the leakage of a finite window
        later = slice(50, 900)
        assert np.linalg.norm((recording.fid[0, 0, 0] - off)[later]) < 0.05 * np.linalg.norm(off[later])


def test_twix_keeps_states_and_transients(tmp_path):
    fids = np.stack([files.pair(seed=seed) for seed in range(3)], axis=1)  # (edit, transient, time)
    files.twix(tmp_path / "meas.dat", fids)
    recording = read_recording(tmp_path / "meas.dat")
    assert recording.fid[:, 0].shape == fids.shape
    assert recording.states == (None, None)
    assert recording.acquisition == files.ACQUISITION
    assert np.linalg.norm(recording.fid[:, 0] - fids) < 5e-3 * np.linalg.norm(fids)  # oversampling costs the outermost bin


def test_twix_keeps_every_coil(tmp_path):
    files.twix(tmp_path / "meas.dat", files.pair()[:, None], channels=2)
    recording = read_recording(tmp_path / "meas.dat")
    assert recording.fid.shape == (2, 2, 1, 1024)
    assert np.allclose(recording.fid[:, 1], 2 * recording.fid[:, 0], rtol=1e-5)  # as written


def test_vax_floats_against_their_definition():
    rng = np.random.default_rng(3)
    words = rng.integers(0, 2**16, (500, 2)).astype(np.uint16)
    words[:, 0] = (words[:, 0] & 0x807F) | (rng.integers(80, 180, 500).astype(np.uint16) << 7)  # exponents within float32
    words[0] = 0
    expected = []
    for high, low in words.tolist():
        sign, exponent, fraction = high >> 15, (high >> 7) & 0xFF, ((high & 0x7F) << 16) | low
        expected.append(0.0 if exponent == 0 else (-1) ** sign * (0.5 + fraction / 2**24) * 2.0 ** (exponent - 128))
    assert np.array_equal(vax_floats(words.tobytes()), np.array(expected, np.float32))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.nii.gz", b"", "is empty"),
        ("x.nii.gz", b"not a gzip file", "cannot be read as NIfTI-MRS"),
        ("x.IMA", b"\0" * 500, "which holds the signal, is absent"),
        ("x.rda", b">>> Begin of header <<<\r\nVectorSize: 64\r\n", "marks around the header"),
        ("x.raw", b"1.0 2.0\n", "NMID"),
        ("x.csv", b"a,b\n1,2\n", "WriteSpec2asc"),
        ("x.csv", b"\xff\xfea\x00", "not UTF-8"),
        ("x.sdat", b"\0" * 16, "partner x.spar is absent"),
        ("x.dat", b"\1\0\0\0" * 40, "measurements is damaged|should begin at byte"),
        ("x.xyz", b"1", "none of the known endings"),
    ],
)
def test_hopeless_files_give_one_clear_error(tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=told) as caught:
        read_recording(path)
    assert str(path) in str(caught.value)
    assert caught.value.cure


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda fid: fid * 0, "every sample of the signal is zero"),
        (lambda fid: np.where(np.arange(fid.shape[1]) == 7, np.nan, fid), "2 of 2048 samples of the signal are not finite"),
        (lambda fid: fid[:, :20], "20 points, fewer than 64"),
        (lambda fid: fid * 1e35, "no scanner writes"),
    ],
)
def test_signals_that_cannot_be_one_are_refused(tmp_path, damage, told):
    fid = damage(files.pair()).astype(np.complex64)
    files.nifti(tmp_path / "x.nii.gz", fid, Acquisition(123.25, 4.7, 2000.0, fid.shape[1]))
    with pytest.raises(InputError, match=told):
        read_recording(tmp_path / "x.nii.gz")


def test_truncated_rda_names_both_lengths(tmp_path):
    files.rda(tmp_path / "x.rda", files.pair()[0])
    whole = (tmp_path / "x.rda").read_bytes()
    (tmp_path / "x.rda").write_bytes(whole[:-160])
    with pytest.raises(InputError, match="declares 1024 points, but 1014 are there"):
        read_recording(tmp_path / "x.rda")


def test_truncated_twix_and_broken_scan_headers_are_named(tmp_path):
    path = tmp_path / "x.dat"
    files.twix(path, files.pair()[:, None])
    whole = path.read_bytes()
    path.write_bytes(whole[:-1000])
    with pytest.raises(InputError, match="truncated"):
        read_recording(path)
    broken = bytearray(whole)
    broken[32768 + 30] = 0  # the first scan's number of channels: mapVBVD alone never returns from this
    path.write_bytes(broken)
    with pytest.raises(InputError, match="scan header at byte 32768 is damaged"):
        read_recording(path)


@pytest.mark.parametrize("transients", [1, 3])
def test_enhanced_dicom_is_conjugated(tmp_path, transients):
    fid = np.stack([files.pair(seed=seed)[0] for seed in range(transients)])
    header = pydicom.Dataset()
    header.SOPClassUID, header.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4.2", "1.2.3"
    header.DataPointColumns, header.SpectralWidth, header.TransmitterFrequency = 1024, 2000.0, 123.25
    header.add_new((0x5600, 0x0020), "OF", fid.conj().astype("<c8").tobytes())
    header.file_meta = pydicom.dataset.FileMetaDataset()
    header.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    header.save_as(tmp_path / "x.dcm", enforce_file_format=True)
    recording = read_recording(tmp_path / "x.dcm")
    assert recording.acquisition == files.ACQUISITION
    assert np.array_equal(recording.fid[0], fid[None])
    assert abs(naa_position_ppm(recording.fid[0, 0, 0], files.ACQUISITION) - NAA_PPM) < 0.002


def test_edit_states_come_from_conditions_or_pulses():
    pulses = {"A": {"PulseOffset": 1.88}, "B": {"PulseOffset": 7.4}}
    assert edit_states({"dim_5_header": {"EditCondition": ["ON", "OFF"]}}, 5, 2)[0] == ("on", "off")
    assert edit_states({"dim_5_header": {"EditCondition": ["A", "B"]}, "EditPulse": pulses}, 5, 2)[0] == ("on", "off")
    assert edit_states({"dim_5_header": {"EditCondition": ["A", "B"]}}, 5, 2)[0] == (None, None)
    assert edit_states({}, 5, 2)[0] == (None, None)


def write_shape(path, shape, tags):
    """A NIfTI-MRS file of any shape and dimension tags."""
    rng = np.random.default_rng(0)
    values = (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex64)
    gen_nifti_mrs(values, 5e-4, 123.25, dim_tags=tags, no_conj=True).save(path)
    return values


@pytest.mark.parametrize(
    ("shape", "tags", "told"),
    [
        ((1024, 1, 1, 2), [None] * 3, "not one voxel"),
        ((1, 1, 1, 2, 1024), ["DIM_EDIT", None, None], "time comes fourth"),
        ((1, 1, 1, 1024, 3), ["DIM_EDIT", None, None], "3 states"),
        ((1, 1, 1, 1024, 3), ["DIM_INDIRECT_0", None, None], "the tag DIM_INDIRECT_0"),
    ],
)
def test_other_shapes_of_nifti_are_refused_by_name(tmp_path, shape, tags, told):
    write_shape(tmp_path / "x.nii.gz", shape, tags)
    with pytest.raises(InputError, match=told):
        read_recording(tmp_path / "x.nii.gz")


def test_edit_and_transient_dimensions_in_either_order(tmp_path):
    first = write_shape(tmp_path / "a.nii.gz", (1, 1, 1, 256, 2, 5), ["DIM_EDIT", "DIM_DYN", None])
    assert np.array_equal(read_recording(tmp_path / "a.nii.gz").fid[:, 0], np.transpose(first[0, 0, 0], (1, 2, 0)))
    second = write_shape(tmp_path / "b.nii.gz", (1, 1, 1, 256, 5, 2), ["DIM_DYN", "DIM_EDIT", None])
    assert np.array_equal(read_recording(tmp_path / "b.nii.gz").fid[:, 0], np.transpose(second[0, 0, 0], (2, 1, 0)))
