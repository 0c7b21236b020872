"""LCModel .BASIS files against files the real program accepted, and against other writers' habits."""

import dataclasses
import os
import re
from pathlib import Path

import numpy as np
import pytest

from mrsgap.basis.lcmodel_file import BasisFile, read_basis_file, recentre, write_basis_file
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.signal import spectrum

REFERENCE = Path(os.environ.get("MRSGAP_REFERENCE", Path(__file__).parents[4] / "shared" / "data")) / "lcmodel" / "basis"
FILES = sorted(REFERENCE.glob("*.basis"))


@pytest.fixture
def small():
    acquisition = Acquisition(123.0, 4.7, 2000.0, 512)
    decay = np.exp(-np.pi * 2.0 * acquisition.time_s)
    fid = np.array([np.exp(2j * np.pi * acquisition.frequency_hz(ppm) * acquisition.time_s) * decay for ppm in (2.01, 3.03)])
    return BasisFile(("NAA", "Cr"), fid, acquisition, 2.0, 68.0, "two lines")


@pytest.mark.skipif(not FILES, reason="accepted .basis files are not in the reference folder (set MRSGAP_REFERENCE)")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rewritten_file_equals_the_accepted_one_field_by_field_and_curve_by_curve(path, tmp_path):
    write_basis_file(tmp_path / "again.basis", read_basis_file(path))
    is_number = re.compile(r"^\s+-?\d\.\d{5}E").match
    old, new = (p.read_text().splitlines() for p in (path, tmp_path / "again.basis"))
    assert [line for line in old if not is_number(line)] == [line for line in new if not is_number(line)]
    curves = [
        np.array([float(line[i : i + 13]) for line in text if is_number(line) for i in range(0, len(line), 13)])
        for text in (old, new)
    ]
    assert curves[0].shape == curves[1].shape
    np.testing.assert_allclose(curves[1], curves[0], atol=2e-6 * np.abs(curves[0]).max())


def test_round_trip_keeps_fids_and_moves_the_carrier(small, tmp_path):
    write_basis_file(tmp_path / "x.basis", small)
    back = read_basis_file(tmp_path / "x.basis")
    assert back.metabolites == small.metabolites
    assert (back.echo_time_ms, back.title) == (68.0, "two lines")
    assert back.acquisition == dataclasses.replace(small.acquisition, carrier_ppm=4.65)
    assert back.linewidth_hz == pytest.approx(2.0, rel=1e-4)
    np.testing.assert_allclose(back.fid, recentre(small.fid, small.acquisition, 4.65), atol=2e-5)


def test_peaks_stand_at_their_shift_and_the_first_number_is_the_carrier(small, tmp_path):
    write_basis_file(tmp_path / "x.basis", small)
    back = read_basis_file(tmp_path / "x.basis")
    peaks = back.acquisition.ppm[np.abs(spectrum(back.fid)).argmax(axis=-1)]
    np.testing.assert_allclose(peaks, [2.01, 3.03], atol=back.acquisition.spectral_width_hz / 512 / 123.0)


def test_files_of_other_writers_are_read(small, tmp_path):
    write_basis_file(tmp_path / "x.basis", small)
    text = (tmp_path / "x.basis").read_text()
    other = (
        text.replace(" $SEQPAR\n", " $seqpar ")
        .replace("$END", "/")
        .replace(" BADELT = ", " badelt=")
        .replace("ID = 'NAA',\n", "ID='NAA', ")
    )
    (tmp_path / "y.basis").write_text(other)
    np.testing.assert_array_equal(read_basis_file(tmp_path / "y.basis").fid, read_basis_file(tmp_path / "x.basis").fid)


def test_encrypted_and_cut_files_are_refused_by_name(small, tmp_path):
    write_basis_file(tmp_path / "x.basis", small)
    text = (tmp_path / "x.basis").read_text()
    (tmp_path / "official.basis").write_text(re.sub(r"BADELT = (\S+)", r"badelt=-\1", text))
    with pytest.raises(InputError, match="encrypted official basis set"):
        read_basis_file(tmp_path / "official.basis")
    (tmp_path / "cut.basis").write_text("\n".join(text.splitlines()[:-5]))
    with pytest.raises(InputError, match="cut or damaged"):
        read_basis_file(tmp_path / "cut.basis")
    (tmp_path / "none.basis").write_text("no namelist here\n")
    with pytest.raises(InputError, match=r"no \$BASIS block"):
        read_basis_file(tmp_path / "none.basis")


def test_writer_refuses_what_lcmodel_would_cut_or_choke_on(small, tmp_path):
    with pytest.raises(InputError, match="6 characters"):
        write_basis_file(tmp_path / "x.basis", dataclasses.replace(small, metabolites=("NAA", "Creatine")))
    with pytest.raises(InputError, match="not unique"):
        write_basis_file(tmp_path / "x.basis", dataclasses.replace(small, metabolites=("NAA", "NAA")))
    with pytest.raises(InputError, match="NaN"):
        write_basis_file(tmp_path / "x.basis", dataclasses.replace(small, fid=small.fid * np.nan))
    with pytest.raises(InputError, match="shape"):
        write_basis_file(tmp_path / "x.basis", dataclasses.replace(small, metabolites=("NAA",)))
    assert not (tmp_path / "x.basis").exists()
