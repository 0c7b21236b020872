"""Folders to manifests: the study's phantom layout with its doubts, plain folders by file name."""

import json

import measured_files as files
import numpy as np
import pytest

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_table
from mrsgap.measured.gather import as_dataset, listing, read_items
from mrsgap.measured.index import index
from mrsgap.measured.manifest import read_manifest
from mrsgap.quality.measures import quality_table

VARIANT = "MEGA_Combi_WS_ON"


def swansea(folder, samples, series="E3", kind="csv"):
    """A folder in the study's layout: samples maps a sample folder to its concentrations."""
    (folder / series).mkdir(parents=True)
    (folder / "benchmark_sequences.json").write_text(json.dumps({series: [VARIANT]}))
    (folder / series / "concentrations.json").write_text(json.dumps(samples))
    off, on = files.pair()
    for sample in samples:
        place = folder / series / VARIANT / sample
        place.mkdir(parents=True)
        for state, fid in (("EDIT_OFF", off), ("EDIT_ON", on), ("DIFF", on - off)):
            files.study_csv(place / f"MP_{state}.{kind}", fid)


def test_study_layout_becomes_readable_items_with_truth(tmp_path):
    names = {"GABA01_NAA_15mM_Cr_8mM": {"NAA": 15, "Creatine": 8}, "GABA02_NAA_15mM_Cr_8mM": {"NAA": 15, "Cr": 8, "GABA": 1.0}}
    swansea(tmp_path / "bench", names)
    manifest, doubts = index(tmp_path / "bench", tmp_path / "out" / "manifest.csv")
    write_table(tmp_path / "out" / "manifest.csv", manifest)
    rows, failures, metabolites = read_manifest(tmp_path / "out" / "manifest.csv")
    assert metabolites == ["Cr", "GABA", "Gln", "Glu", "NAA"]
    items, failures = read_items(rows, failures)
    assert not failures
    assert [item.row.truth["GABA"] for item in items] == [0.0, 1.0]
    assert items[0].row.truth["Cr"] == 8.0
    assert items[0].row.medium == "solution"
    told = " ".join(doubts["doubt"])
    assert "2 samples in `MEGA_Combi_WS_ON`, 15 in the publication" in told
    assert "Cr of the first sample is 8 here, 0 mmol/l in another source" in told


@pytest.mark.parametrize(
    ("sample", "amounts", "told"),
    [
        ("GABA01_NAA_15mM", {"NAA": 12}, "the folder name says NAA 15 mmol/l, the table 12"),
        ("GABA01", {"NAA": 15, "Glu": 3, "Gln": 12}, "exchanged"),
        ("GABA01", {"NAA": 15, "Lactate": 3}, "unknown metabolite `Lactate`"),
        ("GABA01", {"NAA": -1}, "concentration of NAA is -1"),
        ("GABA01", {}, "no concentrations"),
    ],
)
def test_doubtful_concentrations_are_told(tmp_path, sample, amounts, told):
    swansea(tmp_path, {sample: amounts, "GABA99": {"NAA": 15}}, series="E4c")
    manifest, doubts = index(tmp_path, tmp_path / "manifest-out.csv")
    assert told in " ".join(doubts["doubt"])
    assert set(manifest["medium"]) == {"gel"}


@pytest.mark.parametrize(
    ("amounts", "unknown", "doubt"),
    [
        ({"NAA": 15, "Glu": "3,0"}, {"Glu"}, "concentration of Glu is '3,0'"),
        ({"NAA": 15, "GABA": None}, {"GABA"}, "concentration of GABA is None"),
        ({"NAA": 15, "Cr": 8, "Glutamin": 3}, {"GABA", "Gln", "Glu"}, "unknown metabolite `Glutamin`"),
        ("NAA 15", {"Cr", "GABA", "Gln", "Glu", "NAA"}, "concentrations of `GABA01` are 'NAA 15'"),
    ],
)
def test_what_cannot_be_read_is_unknown_and_never_zero_and_its_doubt_reaches_the_quality_table(
    tmp_path, amounts, unknown, doubt
):
    swansea(tmp_path, {"GABA01": amounts})
    manifest, doubts = index(tmp_path, tmp_path / "m.csv")
    write_table(tmp_path / "m.csv", manifest)
    rows, failures, metabolites = read_manifest(tmp_path / "m.csv")
    assert {name for name, amount in rows[0].truth.items() if np.isnan(amount)} == unknown
    assert doubt in " ".join(doubts["doubt"])
    items, failures = read_items(rows, failures)
    limits = {"snr_min": 0, "fwhm_max_hz": 99, "offset_max_ppm": 9, "residual_water_max": 1e9, "naa_on_off_max": 99}
    spectra = as_dataset(items, metabolites, tmp_path)
    quality = quality_table(spectra, listing(items, failures, tmp_path), limits)
    assert doubt in quality["reason"].item()
    assert set(spectra["metabolite"].values[np.isnan(spectra["truth"].values[0])]) == unknown


def test_a_number_in_the_folder_name_that_cannot_be_read_is_told(tmp_path):
    swansea(tmp_path, {"GABA01_NAA_1,5mM": {"NAA": 15}})
    _, doubts = index(tmp_path, tmp_path / "m.csv")
    assert "the folder name says NAA `1,5` mM, which cannot be read" in list(doubts["doubt"])


def test_missing_files_and_unused_entries_are_told(tmp_path):
    swansea(tmp_path, {"GABA01": {"NAA": 15}, "GABA02": {"NAA": 15}})
    (tmp_path / "E3" / VARIANT / "GABA01" / "MP_EDIT_ON.csv").unlink()
    for path in (tmp_path / "E3" / VARIANT / "GABA02").iterdir():
        path.unlink()
    (tmp_path / "E3" / VARIANT / "GABA02").rmdir()
    manifest, doubts = index(tmp_path, tmp_path / "m.csv")
    assert list(manifest["item"]) == ["E3-GABA01"]
    told = dict(zip(doubts["item"], doubts["doubt"]))
    assert told["GABA02"] == "has concentrations but no spectra"
    assert "no file for edit-on" in list(doubts["doubt"])


@pytest.mark.parametrize("content", ["", "[1]", "{", '{"E3": 1}', "\ufeff{}"])
def test_broken_tables_are_named(tmp_path, content):
    swansea(tmp_path, {"GABA01": {"NAA": 15}})
    (tmp_path / "benchmark_sequences.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"benchmark_sequences\.json"):
        index(tmp_path, tmp_path / "m.csv")


def test_plain_folder_pairs_files_by_name(tmp_path):
    data = tmp_path / "data"
    (data / "s1").mkdir(parents=True)
    off, on = files.pair()
    files.rda(data / "s1" / "scan_EDIT_OFF_avg.rda", off)
    files.rda(data / "s1" / "scan_EDIT_ON_avg.rda", on)
    files.nifti(data / "whole.nii.gz")
    (data / "notes.txt").write_text("x")
    manifest, doubts = index(data, tmp_path / "out.csv")
    assert doubts.empty
    write_table(tmp_path / "out.csv", manifest)
    rows, failures, _ = read_manifest(tmp_path / "out.csv")
    items, failures = read_items(rows, failures)
    assert not failures
    assert {item.row.item: set(item.fids) for item in items} == {"s1-scan_avg": {"off", "on"}, "whole": {"off", "on"}}


def test_one_scan_exported_twice_makes_two_items(tmp_path):
    off = files.pair()[0]
    files.rda(tmp_path / "scan.rda", off)
    files.study_csv(tmp_path / "scan.csv", off)
    manifest, _ = index(tmp_path, tmp_path / "out" / "m.csv")
    assert sorted(manifest["item"]) == ["scan-csv", "scan-rda"]


def test_folder_with_its_own_manifest_keeps_it(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    files.nifti(data / "x.nii.gz")
    (data / "manifest.csv").write_text("series;item;path\nA;one;x.nii.gz\n")
    manifest, _ = index(data, tmp_path / "elsewhere" / "out.csv")
    assert manifest["path"].item() == "../data/x.nii.gz"


def test_empty_folder_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no file of a known format"):
        index(tmp_path, tmp_path / "out.csv")
