"""Running LCModel (its stand-in, and the real program where MRSGAP_LCMODEL names it): every end has a name."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from mrsgap.basis.lcmodel_file import BasisFile, write_basis_file
from mrsgap.core.errors import InputError
from mrsgap.core.names import FAILED, FLAGGED, OK
from mrsgap.lcm.lcmodel.inputs import control_parameters, control_text, raw_text
from mrsgap.lcm.lcmodel.outputs import Row
from mrsgap.lcm.lcmodel.quantify import LcmodelSettings, fit_items, quantity_rows
from mrsgap.lcm.lcmodel.run import Outcome, find_lcmodel, run_lcmodel

FAKE = Path(__file__).with_name("fake_lcmodel.py")
CAUSES = {
    "all-zero": "FTDATA 1 (the data are all zero)",
    "missing-basis": "MYBASI 28 (the basis file cannot be opened)",
    "wrong-field": "MYBASI 9 (the basis was made for another field strength)",
    "nan": "SOLVE 6 (the data hold NaN or the fit broke down)",
    "no-folder": "MAIN 2 (an output file cannot be written)",
    "unknown-keyword": "MYCONT 2 (the control file holds an unknown parameter)",
    **dict.fromkeys(
        ("bad-sptype", "few-points", "missing-raw", "not-numeric", "short-raw", "water-without-file"),
        "no output and named no cause",
    ),
}


@pytest.fixture(scope="session")
def basis_paths(tmp_path_factory, acquisition, lines_fid):
    folder, names = tmp_path_factory.mktemp("basis"), ("Cr", "GABA", "NAA")
    fid = lines_fid(acquisition, names) * np.exp(-np.pi * acquisition.time_s)
    paths = {"off": folder / "off.basis", "diff": folder / "diff.basis"}
    for kind, values in (("off", fid[:, 0]), ("diff", fid[:, 1] - fid[:, 0])):
        write_basis_file(paths[kind], BasisFile(names, values, acquisition, 1.0, 68.0, kind))
    return paths


@pytest.fixture(scope="session")
def spectra(acquisition, lines_fid):
    fid = lines_fid(acquisition, ("Cr", "GABA", "NAA")) * np.exp(-np.pi * 4 * acquisition.time_s)
    off, on = (np.array([8.0, 4.0, 16.0]) @ fid[:, edit] for edit in (0, 1))
    return {"off": off, "diff": on - off}


@pytest.fixture
def settings():
    return LcmodelSettings(FAKE, "phantom", 68.0, 20.0, ("GABA", "NAA"))


@pytest.fixture
def run(acquisition, basis_paths, spectra):
    parameters = control_parameters("phantom", "diff", acquisition, echo_time_ms=68.0)
    raw = raw_text(spectra["diff"], acquisition, "diff")
    return lambda **more: run_lcmodel(FAKE, parameters, raw, basis_paths["diff"], **{"timeout_s": 20.0} | more)


@pytest.mark.parametrize("mode", sorted(CAUSES))
def test_recorded_failure_ends_as_its_named_reason_and_no_number(run, reference, monkeypatch, mode):
    monkeypatch.setenv("MRSGAP_REFERENCE", str(reference))
    monkeypatch.setenv("FAKE_LCMODEL", mode)
    outcome = run()
    assert outcome.status == FAILED
    assert CAUSES[mode] in outcome.reason
    cells = quantity_rows(outcome, ["GABA", "NAA"])
    assert all(np.isnan([cell["estimate"], cell["sd"], cell["crlb"]]).all() for cell in cells)
    assert all(cell["status"] == FAILED and cell["reason"] == outcome.reason for cell in cells)


@pytest.mark.parametrize(
    ("concentration", "percent", "bound"), [(4.0, 5, 0.2), (0.0, 999, np.nan), (4.0, 999, np.nan), (4.0, 0, np.nan)]
)
def test_a_percentage_that_says_nothing_is_no_bound(concentration, percent, bound):
    outcome = Outcome("ok", rows=(Row("GABA", concentration, percent, 1.0, ""),))
    cell = quantity_rows(outcome, ["GABA"])[0]
    np.testing.assert_equal((cell["estimate"], cell["sd"], cell["crlb"]), (concentration, bound, bound))


def test_recorded_success_and_glued_flag(run, reference, monkeypatch):
    monkeypatch.setenv("MRSGAP_REFERENCE", str(reference))
    monkeypatch.setenv("FAKE_LCMODEL", "glued-name-OFF")
    outcome = run()
    assert (outcome.status, len(outcome.coord.ppm)) == (OK, 607)
    gaba, cr = quantity_rows(outcome, ["GABA", "Cr"])
    assert (gaba["estimate"], gaba["status"], gaba["reason"]) == (4.787, FLAGGED, "exceeds its ratio prior")
    assert (cr["estimate"], cr["status"]) == (7.926, OK)


def test_wrong_dwell_time_is_flagged(run, monkeypatch):
    monkeypatch.setenv("FAKE_LCMODEL", "dwell")
    outcome = run()
    assert (outcome.status, outcome.reason) == (FLAGGED, "LCModel warns STARTV 7: check the dwell time")


def test_overflowed_column_is_no_number(run, monkeypatch):
    monkeypatch.setenv("FAKE_LCMODEL", "stars")
    gaba, naa = quantity_rows(run(), ["GABA", "NAA"])
    assert gaba["status"] == FAILED
    assert "****" in gaba["reason"]
    assert np.isnan(gaba["estimate"])
    assert naa["estimate"] == 16


def test_time_out_ends_the_program_and_says_so(run, monkeypatch):
    monkeypatch.setenv("FAKE_LCMODEL", "sleep")
    start = time.monotonic()
    outcome = run(timeout_s=1.0)
    assert time.monotonic() - start < 10
    assert (outcome.status, outcome.reason) == (FAILED, "LCModel ran into the time-out of 1 s")


def test_missing_library_is_named(run, monkeypatch):
    monkeypatch.setenv("FAKE_LCMODEL", "libgfortran")
    assert "libgfortran.so.5" in run().reason


def test_program_is_found_or_absent_or_wrong(monkeypatch, tmp_path):
    assert find_lcmodel(str(FAKE)) == FAKE.resolve()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_lcmodel("") is None
    with pytest.raises(InputError, match=r"lcmodel\.executable"):
        find_lcmodel(str(tmp_path / "nothing"))


def test_item_gives_off_diff_and_joint(settings, spectra, acquisition, basis_paths):
    (item,) = fit_items([spectra], acquisition, basis_paths, settings)
    assert list(item) == ["lcmodel-off", "lcmodel-diff", "lcmodel-joint"]
    assert all(outcome.status == OK for outcome in item.values())
    assert [row.metabolite for row in item["lcmodel-diff"].rows] == ["GABA", "NAA"]  # Cr is left out of DIFF
    joint = {cell["metabolite"]: cell for cell in quantity_rows(item["lcmodel-joint"], ["Cr", "GABA", "NAA", "Glu"])}
    assert (joint["Cr"]["estimate"], joint["Cr"]["crlb"]) == (8.0, pytest.approx(0.08 * 6**0.5))
    assert (joint["Glu"]["status"], joint["Glu"]["reason"]) == (FAILED, "LCModel reports no Glu (not in its basis)")


@pytest.mark.parametrize(
    ("mode", "words"), [("diff:shifted", "shift differs from the OFF fit's by -0.410 ppm"), ("diff:turned", "phase is 120")]
)
def test_misreferenced_diff_is_flagged(settings, spectra, acquisition, basis_paths, monkeypatch, mode, words):
    monkeypatch.setenv("FAKE_LCMODEL", mode)
    (item,) = fit_items([spectra], acquisition, basis_paths, settings)
    assert item["lcmodel-off"].status == OK
    for method in ("lcmodel-diff", "lcmodel-joint"):
        assert item[method].status == FLAGGED
        assert "misreferenced" in item[method].reason
        assert words in item[method].reason


def test_nan_and_zero_data_never_reach_the_program(settings, spectra, acquisition, basis_paths, monkeypatch):
    monkeypatch.setenv("FAKE_LCMODEL", "sleep")
    bad = {"off": spectra["off"].copy(), "diff": np.zeros_like(spectra["diff"])}
    bad["off"][3] = np.nan
    (item,) = fit_items([bad], acquisition, basis_paths, settings)
    assert item["lcmodel-off"].reason == "not given to LCModel: the data hold NaN or infinite values."
    assert item["lcmodel-diff"].reason == "not given to LCModel: the data are all zero."
    assert item["lcmodel-joint"].status == FAILED


def test_control_text_is_the_one_known_to_work(acquisition):
    parameters = control_parameters(
        "phantom", "diff", acquisition, echo_time_ms=68, omit=["Cr"], overrides={"dkntmn": 0.15, "NRATIO": None}
    )
    text = control_text(parameters)
    assert text.startswith(" $LCMODL\n")
    assert text.endswith(" $END\n")
    for line in (
        "SPTYPE='mega-press-3'",
        "PPMST=4.2",
        "NUNFIL=1024",
        "DELTAT=8.000000000E-04",
        "DOWS=F",
        "NOMIT=1",
        "CHOMIT(1)='Cr'",
        "DKNTMN=0.15",
    ):
        assert f"\n {line}\n" in text
    assert "NRATIO" not in text
    assert "SPTYPE" not in control_text(control_parameters("phantom", "off", acquisition, echo_time_ms=68))


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"SPTYPE": "mega-press"}, "fatal"),
        ({"DOWS": True}, "FILH2O"),
        ({"NUNFIL": 32}, "64"),
        ({"A B": 1}, "Fortran name"),
        ({"X": {}}, "cannot be"),
    ],
)
def test_control_refuses_what_lcmodel_would_swallow(acquisition, overrides, words):
    with pytest.raises(InputError, match=words):
        control_text(control_parameters("phantom", "off", acquisition, echo_time_ms=68, overrides=overrides))


def test_raw_text_is_recentred_and_fixed_width(acquisition):
    fid = np.exp(2j * np.pi * acquisition.frequency_hz(2.0) * acquisition.time_s)
    text = raw_text(fid, acquisition, "it's", scale=10.0)
    lines = text.splitlines()
    assert lines[1] == " ID='it s', FMTDAT='(2E15.6)'"
    assert {len(line) for line in lines[4:]} == {30}
    numbers = np.array([complex(float(line[:15]), float(line[15:])) for line in lines[4:]])
    expected = 10 * np.exp(2j * np.pi * (4.65 - 2.0) * 127.7 * acquisition.time_s)
    np.testing.assert_allclose(numbers, expected, atol=1e-5)


@pytest.mark.skipif(
    not os.environ.get("MRSGAP_LCMODEL"), reason="the LCModel program is not here (set MRSGAP_LCMODEL to its path)"
)
def test_real_program_finds_known_amplitudes(settings, spectra, acquisition, basis_paths):
    real = LcmodelSettings(find_lcmodel(os.environ["MRSGAP_LCMODEL"]), "phantom", 68.0, 60.0, ("GABA", "NAA"))
    (item,) = fit_items([spectra], acquisition, basis_paths, real)
    for method, names, truth in (
        ("lcmodel-off", ("Cr", "GABA", "NAA"), (8, 4, 16)),
        ("lcmodel-joint", ("Cr", "GABA", "NAA"), (8, 4, 16)),
    ):
        cells = quantity_rows(item[method], names)
        ratio = np.array([cell["estimate"] for cell in cells]) / cells[-1]["estimate"] * 16
        np.testing.assert_allclose(ratio, truth, rtol=0.05)
