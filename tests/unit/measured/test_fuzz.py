"""Damaged files: every reader ends in its own error or a usable recording, whatever bytes are lost or changed."""

import gzip
from pathlib import Path

import measured_files as files
import numpy as np
import pytest
from reference_data import REFERENCE

from mrsgap.core.errors import InputError
from mrsgap.core.recording import SHORTEST
from mrsgap.measured.formats import read_recording
from mrsgap.measured.index import index_swansea
from mrsgap.measured.item import read_row
from mrsgap.measured.manifest import Row, read_manifest

REAL = {"ima": "SVS_30.IMA", "rda": "SVS_30.rda", "raw": "invivo-siemens-mega-diff.raw", "sdat": "sub-01_PRESS_35_act.sdat"}
KINDS = ("nifti", "plain", "ima", "rda", "sdat", "spar", "raw", "csv", "twix")
NEW_KINDS = (
    "pfile", "data", "list", "jmrui", "columns", "namelist", "plotin", "bruker", "method", "visu", "enhanced", "coils",
    "sidecar",
)  # fmt: skip
HOLDS_ITS_LENGTH = (
    "nifti",
    "plain",
    "ima",
    "rda",
    "sdat",
    "pfile",
    "data",
    "enhanced",
    "coils",
)  # the text formats can lose their last digits unnoticed
DAMAGES = ("truncate", "head", "anywhere", "payload", "cut", "insert", "zeros", "text")


def whole_file(kind: str, folder: Path) -> Path | None:
    """A sound file of `kind`: the recorded one where there is one (None if it is absent), else one made up."""
    off, on = files.pair()
    if kind in NEW_KINDS:
        return made_up(kind, folder, np.stack([off, off]))
    path = folder / {"nifti": "x.nii.gz", "plain": "x.nii", "csv": "x.csv", "twix": "x.dat"}.get(kind, "x")
    if kind in ("nifti", "plain"):
        files.nifti(folder / "x.nii.gz")
        if kind == "plain":  # not packed, so that damage reaches the header instead of a checksum
            path.write_bytes(gzip.decompress((folder / "x.nii.gz").read_bytes()))
    elif kind == "csv":
        files.study_csv(path, off)
    elif kind == "twix":
        files.twix(path, np.stack([off, on])[:, None])
    else:
        source = REFERENCE / "measured" / REAL["sdat" if kind == "spar" else kind]
        if not source.is_file():
            return None
        path = folder / source.name
        path.write_bytes(source.read_bytes())
        if kind in ("sdat", "spar"):
            spar = path.with_suffix(".spar")
            spar.write_bytes(source.with_suffix(".spar").read_bytes())
            path = spar if kind == "spar" else path
    return path


def made_up(kind: str, folder: Path, rows: np.ndarray) -> Path:
    """A file of one of the new kinds, with what it needs beside it; the damage goes to the file that is returned."""
    path = folder / {"pfile": "P1.7", "plotin": "x.PLOTIN", "enhanced": "x.dcm", "coils": "x.dat", "namelist": "x.RAW"}.get(
        kind, "x.txt"
    )
    if kind == "pfile":
        files.pfile(path, np.concatenate([files.water()[None], rows]), 1)
    elif kind in ("data", "list"):
        path = folder / f"x.{kind}"
        files.data_list(path, np.stack([rows, rows]), np.stack([files.water()] * 2), np.ones((2, 128)))
        files.spar(folder / "x.spar", 2)
    elif kind == "jmrui":
        files.jmrui(path, rows)
    elif kind == "columns":
        np.savetxt(path, np.stack([rows[0].real, rows[0].imag], axis=1))
    elif kind in ("namelist", "plotin"):
        files.lcmodel_raw(folder / "x.RAW", rows[0])
        (folder / "x.PLOTIN").write_text(" $PLTRAW\n HZPPPM=123.25, DELTAT=5.E-04\n FILRAW='x.RAW'\n $END\n")
    elif kind in ("bruker", "method", "visu"):
        files.bruker(folder, rows)
        place = folder / "pdata" / "1"
        place.mkdir(parents=True, exist_ok=True)
        (place / "2dseq").write_bytes(np.stack([rows.real, rows.imag]).astype("<f4").tobytes())
        (place / "visu_pars").write_text(files.VISU_PARS)
        path = {"bruker": folder / "fid", "method": folder / "method", "visu": place / "visu_pars"}[kind]
    elif kind == "enhanced":
        files.enhanced_dicom(path, np.concatenate([rows, files.water()[None]]), water=(2,))
    elif kind == "coils":
        files.twix(path, rows[:1, None], channels=2)
    elif kind == "sidecar":
        files.nifti(folder / "x.nii.gz")
        path = folder / "x.json"
        path.write_text('{"EchoTime": 0.068, "EditPulse": {"ON": {"FrequencyOffset": 1.9}}, "EditCondition": ["OFF", "ON"]}')
    return path


# The file to read where the damage goes to one beside it.
READ = {"method": "fid", "visu": "2dseq", "sidecar": "x.nii.gz"}


def damaged(raw: bytes, damage: str, rng: np.random.Generator) -> bytes:
    data = bytearray(raw)
    size = len(data)
    if damage == "truncate":
        return bytes(data[: rng.integers(0, size)])
    if damage in ("head", "anywhere", "payload"):
        low, high = {"head": (0, min(size, 1500)), "anywhere": (0, size), "payload": (size // 2, size)}[damage]
        for place in rng.integers(low, high, rng.integers(1, 12)):
            data[place] ^= 1 << rng.integers(8)
    start = int(rng.integers(0, size))
    length = int(rng.integers(1, 200))
    if damage == "cut":
        del data[start : start + length]
    elif damage == "insert":
        data[start:start] = rng.bytes(length)
    elif damage == "zeros":
        data[start : start + length] = bytes(len(data[start : start + length]))
    elif damage == "text":  # digits for digits: plausible but wrong numbers in text headers
        digits = [place for place in range(min(size, 6000)) if 48 <= data[place] <= 57]
        for place in rng.choice(digits, min(len(digits), 6), replace=False) if digits else []:
            data[place] = 48 + int(rng.integers(10))
    return bytes(data)


def outcome(path: Path):
    """The reader's own error or its recording; anything else ends the test with a traceback."""
    try:
        return None, read_recording(path)
    except InputError as error:
        return error, None


def run(kind: str, folder: Path, cases: int, seed: int) -> int:
    """Damage one file `cases` times; return how often it was still readable."""
    path = whole_file(kind, folder)
    if path is None:
        pytest.skip(f"no recorded {kind} file (set MRSGAP_REFERENCE)")
    raw = path.read_bytes()
    target = path.with_name(READ.get(kind, path.name))
    read_recording(target)  # sound before damage
    rng = np.random.default_rng(seed)
    survived = 0
    for case in range(cases):
        damage = DAMAGES[case % len(DAMAGES)]
        path.write_bytes(damaged(raw, damage, rng))
        told, recording = outcome(target)
        if recording is None:
            assert target.name in str(told), f"case {case}: {told}"
            assert told.cure, f"case {case}: {told}"
            continue
        survived += 1
        assert damage != "truncate" or kind not in HOLDS_ITS_LENGTH, f"case {case}: truncation went unnoticed"
        assert np.isfinite(recording.fid).all()
        assert recording.fid.ndim == 4
        assert recording.fid.shape[-1] >= SHORTEST
        assert np.any(recording.fid)
    return survived


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_damaged_files(kind, tmp_path):
    run(kind, tmp_path, len(DAMAGES), seed=7)


@pytest.mark.parametrize("kind", NEW_KINDS)
def test_some_damaged_files_of_the_new_kinds(kind, tmp_path):
    run(kind, tmp_path, 48, seed=13)


def run_through_the_chain(kind: str, folder: Path, cases: int, seed: int) -> None:
    """Damage one file and bring what is still readable through the receive chain: items or the package's own error."""
    path = whole_file(kind, folder)
    if path is None:
        pytest.skip(f"no recorded {kind} file (set MRSGAP_REFERENCE)")
    raw, target = path.read_bytes(), path.with_name(READ.get(kind, path.name))
    role = "both" if kind in ("nifti", "plain", "twix", "sidecar") else "off"
    numbers = {"dwell_s": 5e-4, "larmor_mhz": 123.25} if kind in ("raw", "namelist", "columns", "data", "list") else {}
    row = Row("S", "x", "", {role: target}, numbers, {"edit_order": "off,on"} if kind == "twix" else {})
    rng = np.random.default_rng(seed)
    for case in range(cases):
        path.write_bytes(damaged(raw, DAMAGES[case % len(DAMAGES)], rng))
        try:
            items = read_row(row)
        except InputError as error:
            assert error.cure, f"case {case}: {error}"  # noqa: PT017
            continue
        assert all(np.isfinite(fid).all() for item in items for fid in item.fids.values()), f"case {case}"


@pytest.mark.parametrize("kind", ["plain", "pfile", "data", "coils", "method", "sdat"])
def test_some_damaged_files_go_through_the_chain(kind, tmp_path):
    run_through_the_chain(kind, tmp_path, 16, seed=19)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", [*KINDS, *NEW_KINDS])
def test_many_damaged_files_go_through_the_chain(kind, tmp_path):
    run_through_the_chain(kind, tmp_path, 400, seed=23)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", NEW_KINDS)
def test_two_thousand_damaged_files_of_each_new_kind(kind, tmp_path):
    assert run(kind, tmp_path, 2000, seed=17) < 2000


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", KINDS)
def test_many_damaged_files(kind, tmp_path):
    survived = run(kind, tmp_path, 320, seed=11)  # 9 kinds x 320 = 2,880 cases
    assert survived < 320


@pytest.mark.parametrize("kind", ["rda", "raw", "sdat", "csv"])
def test_checksum_of_a_gzip_and_exact_lengths_catch_single_bytes(kind, tmp_path):
    path = whole_file(kind, tmp_path)
    if path is None:
        pytest.skip(f"no recorded {kind} file (set MRSGAP_REFERENCE)")
    path.write_bytes(path.read_bytes()[:-40])
    if kind == "raw":  # a shorter list of samples is a valid .RAW: LCModel's format holds no length
        assert read_recording(path).fid.shape[-1] < 1024
    else:
        with pytest.raises(InputError, match="xport"):
            read_recording(path)


def test_a_flipped_bit_in_compressed_data_is_caught_by_its_checksum(tmp_path):
    path = whole_file("nifti", tmp_path)
    raw = bytearray(path.read_bytes())
    raw[-6] ^= 1  # inside the checksum
    path.write_bytes(raw)
    with pytest.raises(InputError, match="cannot be read as NIfTI-MRS"):
        read_recording(path)


TABLE = "series,item,medium,path_off,path_on,dwell_s,edit_order,GABA_mmol_per_l\n" + "".join(
    f"E1,item {k},gel,a{k}.rda,b{k}.rda,5e-4,,{k}.5\n" for k in range(8)
)


def test_damaged_manifests_end_in_rows_or_one_error(tmp_path):
    path = tmp_path / "manifest.csv"
    rng = np.random.default_rng(5)
    for case in range(200):
        path.write_bytes(damaged(TABLE.encode(), DAMAGES[case % len(DAMAGES)], rng))
        try:
            rows, failures, _ = read_manifest(path)
        except InputError as error:
            told = error
        else:
            told = None
            assert rows or failures
            assert all(row.item and row.paths for row in rows)
            assert all(failure.reason for failure in failures)
        assert told is None or "manifest.csv" in str(told)


def test_damaged_concentration_tables_end_in_a_manifest_or_one_error(tmp_path):
    sample = tmp_path / "E3" / "V" / "GABA01"
    sample.mkdir(parents=True)
    (sample / "EDIT_OFF.IMA").write_bytes(b"x")
    names = (tmp_path / "benchmark_sequences.json", tmp_path / "E3" / "concentrations.json")
    sound = (b'{"E3": ["V"]}', b'{"GABA01": {"NAA": 15, "Cr": 8.0, "GABA": 1e0}, "V": {"Glu": 12}}')
    rng = np.random.default_rng(6)
    for case in range(200):
        for name, content in zip(names, sound):
            name.write_bytes(content)
        names[case % 2].write_bytes(damaged(sound[case % 2], DAMAGES[case // 2 % len(DAMAGES)], rng))
        try:
            table, _ = index_swansea(tmp_path, tmp_path / "m.csv")
        except InputError as error:
            assert str(tmp_path) in str(error)  # noqa: PT017
        else:
            assert len(table)
