"""Manifests: what is understood, what is refused, and that one bad row does not stop the others."""

import math

import pytest

from mrsgap.core.errors import InputError
from mrsgap.measured.manifest import read_manifest


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "manifest.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_paths_numbers_and_truth(tmp_path):
    text = "series,item,path_off,path_on,dwell_s,age,GABA_mmol_per_l,NAA_mmol_per_l\nE1,a,a_off.rda,a_on.rda,5e-4,30,2.5,\n"
    rows, failures, metabolites = read_manifest(write(tmp_path, text, "utf-8-sig"))
    assert not failures
    assert metabolites == ["GABA", "NAA"]
    assert rows[0].paths == {"off": tmp_path / "a_off.rda", "on": tmp_path / "a_on.rda"}
    assert rows[0].numbers["dwell_s"] == 5e-4
    assert rows[0].truth["GABA"] == 2.5
    assert math.isnan(rows[0].truth["NAA"])


def test_semicolons_of_a_spreadsheet(tmp_path):
    rows, _, _ = read_manifest(write(tmp_path, "series;item;path\nE1;a;a.nii.gz\n"))
    assert rows[0].item == "a"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("E1,,x.nii,,", "has no name"),
        ("E1,b,,,", "names no file"),
        ("E1,b,x.nii,-1,", "must be >= 0"),
        ("E1,b,x.nii,many,", "finite number or empty, but is 'many'"),
        ("E1,b,x.nii,inf,", "finite number or empty"),
        ("E1,b,x.nii,,sometimes", "`edit_check` must be one of"),
        ("E1,good,x.nii,,", "on lines 2, 3"),
    ],
)
def test_a_faulty_row_fails_alone(tmp_path, row, told):
    text = f"series,item,path,GABA_mmol_per_l,edit_check\nE1,good,g.nii,1,\n{row}\nE1,other,o.nii,1,\n"
    rows, failures, _ = read_manifest(write(tmp_path, text))
    assert "other" in [kept.item for kept in rows]
    assert told in failures[-1].reason
    assert "line 3" in failures[-1].reason


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("item,path\na,b\n", "no column `series`"),
        ("series,item\na,b\n", "names no files"),
        ("series,item,path,path_offf\na,b,c,d\n", "Did you mean `path_off`"),
        ("series,item,path,path\na,b,c,d\n", "twice"),
        ("series,item,path\n", "has no rows"),
        ("", "no column"),
        ("series,item,path\na,b\0,c\n", "zero bytes"),
    ],
)
def test_an_unusable_table_is_refused(tmp_path, text, told):
    with pytest.raises(InputError, match=told):
        read_manifest(write(tmp_path, text))


def test_other_encodings_are_named(tmp_path):
    with pytest.raises(InputError, match="not UTF-8 text"):
        read_manifest(write(tmp_path, "series,item,path\nJörg,b,c\n", "latin-1"))
    with pytest.raises(InputError, match="cannot be read"):
        read_manifest(tmp_path / "absent.csv")
