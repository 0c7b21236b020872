"""Parsers of LCModel's text outputs, on every recorded file, failures included, and on single traps."""

import math

import numpy as np
import pytest

from mrsgap.core.errors import InputError
from mrsgap.lcm.lcmodel.outputs import (
    Row,
    fortran_number,
    parse_coord,
    parse_csv,
    parse_diagnostics,
    parse_table,
    stated_correlations,
)
from mrsgap.lcm.lcmodel.quantify import Outcome, quantity_rows

HEAD = "$$CONC  2 lines in following concentration table = NCONC+1\n    Conc.  %SD   /NAA   Metabolite\n"
FATAL_TABLES = {"all-zero": "FTDATA 1", "missing-basis": "MYBASI 28", "nan": "SOLVE 6", "wrong-field": "MYBASI 9"}


def test_every_recorded_csv_and_table_tells_the_same_numbers(reference):
    paths = sorted((reference / "lcmodel").rglob("*.csv"))
    assert len(paths) >= 12
    for path in paths:
        table = parse_table(path.with_suffix(".table").read_text(), path.name)
        if not path.read_text():
            assert [str(d) for d in table.diagnostics if d.severity == "FATAL"] == [FATAL_TABLES[path.stem]]
            assert table.rows == ()
            with pytest.raises(InputError, match="no data row"):
                parse_csv(path.read_text())
            continue
        rows = parse_csv(path.read_text(), path.name)
        assert [row.metabolite[:13] for row in table.rows] == [row.metabolite for row in rows]
        for one, other in zip(table.rows, rows):
            np.testing.assert_equal(
                (one.concentration, one.percent_sd, one.ratio), (other.concentration, other.percent_sd, other.ratio)
            )


def test_every_recorded_coord_adds_up(reference):
    whole = 0
    for path in sorted((reference / "lcmodel").rglob("*.coord")):
        if path.stem in FATAL_TABLES:
            with pytest.raises(InputError, match=f"no curves.*{FATAL_TABLES[path.stem]}"):
                parse_coord(path.read_text(), path.name)
            continue
        coord = parse_coord(path.read_text(), path.name)
        assert np.isfinite([coord.ppm, coord.data, coord.fit]).all()
        assert (np.diff(coord.ppm) < 0).all()
        assert coord.has_baseline == ("NY background" in path.read_text())
        single = {row.metabolite for row in coord.table.rows if "+" not in row.metabolite}
        if single == set(coord.metabolites):  # all curves were asked for (NEACH=99)
            whole += 1
            np.testing.assert_allclose(
                coord.baseline + sum(coord.metabolites.values()), coord.fit, atol=1e-3 * np.abs(coord.fit).max()
            )
    assert whole >= 6


def test_real_in_vivo_numbers(reference):
    table = parse_table((reference / "lcmodel" / "diff_real6.table").read_text())
    rows = {row.metabolite: row for row in table.rows}
    assert (rows["GABA"].concentration, rows["GABA"].percent_sd, rows["GABA"].ratio) == (2.886, 4, 0.295)
    assert (rows["GSH"].ratio, rows["NAA+NAAG"].ratio) == (0.096, 1.0)
    assert (table.reference, table.fwhm_ppm, table.signal_to_noise, table.shift_ppm) == ("NAA+NA", 0.055, 38, 0)
    assert (table.phase_deg, table.phase_deg_per_ppm) == (4, -0.7)


def test_mega_press_coord_has_no_baseline_and_keeps_its_first_metabolite(reference):
    coord = parse_coord((reference / "lcmodel" / "diff_real6.coord").read_text())
    assert list(coord.metabolites) == ["GABA", "GSH", "Gln", "Glu", "NAA", "NAAG"]
    assert not coord.has_baseline
    assert not coord.baseline.any()


def test_glued_flag_is_no_part_of_the_name(reference):
    table = parse_table((reference / "lcmodel" / "glued-name-OFF.table").read_text())
    rows = {row.metabolite: row for row in table.rows}
    assert (rows["GABA"].concentration, rows["GABA"].prior_flag) == (4.787, "+")
    assert rows["-CrCH2"].prior_flag == ""
    assert rows["-CrCH2"].concentration == pytest.approx(8.36e-3)


def test_absent_reference_gives_no_ratio(reference):
    for name in ("failures/absent-reference.table", "cmp_isbi4.table"):
        table = parse_table((reference / "lcmodel" / name).read_text())
        assert table.rows
        assert all(math.isnan(row.ratio) for row in table.rows)
    table = parse_table((reference / "lcmodel" / "failures" / "ok.table").read_text())
    assert not all(math.isnan(row.ratio) for row in table.rows)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("    3.794   1%   0.256+GABA", ("GABA", 3.794, 1, 0.256, "+")),
        ("    0.322   5%   0.322-GSH ", ("GSH", 0.322, 5, 0.322, "-")),
        (" 3.01E-02  34% 2.0E-03 -CrCH2", ("-CrCH2", 3.01e-2, 34, 2e-3, "")),
        (" 9.91E-02 140% 6.7E-03 MM14+Lip13a+Lip13b+MM12", ("MM14+Lip13a+Lip13b+MM12", 9.91e-2, 140, 6.7e-3, "")),
        (" 1.23E+05 999%********+MM12", ("MM12", 1.23e5, 999, math.nan, "+")),
        (" ********   4%   0.500 NAA", ("NAA", math.nan, 4, 0.5, "")),
    ],
)
def test_concentration_columns(line, expected):
    row = parse_table(HEAD + line + "\n").rows[0]
    np.testing.assert_equal((row.metabolite, row.concentration, row.percent_sd, row.ratio, row.prior_flag), expected)


def test_misc_numbers_may_touch_their_labels():
    table = parse_table("  FWHM =0.055 ppm    S/N =1038\n  Data shift =-0.008 ppm\n  Ph:-136 deg     -12.9 deg/ppm\n")
    assert (table.fwhm_ppm, table.signal_to_noise, table.shift_ppm) == (0.055, 1038, -0.008)
    assert (table.phase_deg, table.phase_deg_per_ppm) == (-136, -12.9)


def test_fortran_numbers():
    assert [fortran_number(text) for text in (" 1.5D-02", "1.23-101", "999%")] == [0.015, 1.23e-101, 999]
    assert math.isnan(fortran_number("*****"))
    with pytest.raises(ValueError):
        fortran_number("1.2.3")


def test_diagnostics_of_all_severities():
    text = "   1 warning   STARTV  5\n   2 ERRORS    SOLVE   8\n   4 info's    RFALSI 12\n   1 FATAL     SOLVE   6\n"
    found = [(d.severity, str(d), d.count) for d in parse_diagnostics(text)]
    assert found == [("warning", "STARTV 5", 1), ("ERROR", "SOLVE 8", 2), ("info", "RFALSI 12", 4), ("FATAL", "SOLVE 6", 1)]
    assert str(parse_diagnostics("***      FATAL ERROR  MYCONT  2\n")[0]) == "MYCONT 2"


def test_cut_files_are_refused():
    with pytest.raises(InputError, match="announced"):
        parse_table(HEAD)
    with pytest.raises(InputError, match="no concentration row"):
        parse_table(HEAD + "    3.794   1%  0.256 GABA\n")
    with pytest.raises(InputError, match="columns do not match"):
        parse_csv("Row, Col, GABA, GABA %SD, GABA/NAA\n 1, 1, 2.0, 3\n")
    with pytest.raises(InputError, match="expected"):
        parse_coord("   3 points on ppm-axis = NY\n      4.000000     3.000000\n NY phased data points follow\n")


def printed(correlation, percents=(20.0, 30.0), concentrations=(10.0, 4.0)):
    """Rows of two estimates and their sum, percentages rounded as LCModel prints them."""
    sd = np.array(concentrations) * np.array(percents) / 100
    both = np.sqrt(sd @ sd + 2 * correlation * sd.prod())
    total = sum(concentrations)
    rows = [Row(name, value, percent, 1.0, "") for name, value, percent in zip("ab", concentrations, percents)]
    return [*rows, Row("a+b", total, float(round(100 * both / total)), 1.0, "")]


@pytest.mark.parametrize("correlation", [-0.9, -0.5, 0.0, 0.5, 0.9])
def test_a_printed_sum_gives_its_correlation_away(correlation):
    pairs = stated_correlations(printed(correlation))
    assert pairs["a", "b"] == pairs["b", "a"] == pytest.approx(correlation, abs=0.15)


def test_what_rounding_leaves_open_is_not_stated():
    assert stated_correlations(printed(0.5, (2.0, 3.0))) == {}
    assert stated_correlations([Row("a", 1.0, 20, 1.0, ""), Row("b", 0.0, 999, 0.0, ""), Row("a+b", 1.0, 20, 1.0, "")]) == {}
    assert stated_correlations([Row("a", 1.0, 20, 1.0, ""), Row("a+c", 1.0, 20, 1.0, "")]) == {}


def test_overlapping_glu_and_gln_of_a_recorded_fit_are_anticorrelated(reference):
    table = parse_table((reference / "lcmodel" / "cmp_isbi4.table").read_text())
    assert -0.9 < stated_correlations(table.rows)["Glu", "Gln"] < -0.3
    cells = {cell["metabolite"]: cell["correlations"] for cell in quantity_rows(Outcome("ok", "", table.rows), ["Glu", "NAA"])}
    assert cells["Glu"].startswith("Gln=-0.")
    assert cells["NAA"] == ""
