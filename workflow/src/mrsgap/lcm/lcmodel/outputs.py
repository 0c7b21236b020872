"""What LCModel writes: .table (split by columns, never by blanks), .csv (no glued flags) and .coord (the curves).

The layouts and their traps are in docs/lcmodel.md, section 2.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from mrsgap.core.errors import InputError

WIDTH = 13  # columns per number, after one blank
LARGEST_PERCENT = 999  # printed where the estimate is 0 or its SD larger still
OPEN = 0.3  # largest change of a correlation by the rounding of what it is computed from


@dataclass(frozen=True)
class Row:
    """One metabolite or sum. `ratio` is NaN where the reference is absent; `prior_flag` is '+', '-' or ''."""

    metabolite: str
    concentration: float
    percent_sd: float
    ratio: float
    prior_flag: str


@dataclass(frozen=True)
class Diagnostic:
    """`severity` (info, warning, ERROR, FATAL) of message `number` of `routine`, seen `count` times."""

    severity: str
    routine: str
    number: int
    count: int = 1

    def __str__(self):
        return f"{self.routine} {self.number}"


@dataclass(frozen=True)
class Table:
    """Everything LCModel says in words and numbers about one fit; NaN where it says nothing."""

    rows: tuple[Row, ...] = ()
    reference: str = ""  # cut to seven characters by LCModel
    fwhm_ppm: float = math.nan
    signal_to_noise: float = math.nan
    shift_ppm: float = math.nan
    phase_deg: float = math.nan
    phase_deg_per_ppm: float = math.nan
    diagnostics: tuple[Diagnostic, ...] = field(default=())


def fortran_number(text: str) -> float:
    """A Fortran number; NaN for an overflowed field ('****') and for NaN itself. Raises ValueError for anything else."""
    text = text.strip().rstrip("%")
    if text and set(text) == {"*"}:
        return math.nan
    text = re.sub(r"(?<=[0-9.])([+-]\d{3})$", r"E\1", text.upper().replace("D", "E"))  # 1.23-101 is Fortran for 1.23E-101
    return float(text)


def parse_table(text: str, where: str = "LCModel table") -> Table:
    """Read the text of a .table or .coord file. Raises `InputError` naming the line that does not fit the layout."""
    lines = text.splitlines()
    head = next((place for place, line in enumerate(lines) if re.match(r"\s+Conc\.\s+%SD", line)), None)
    count = next((int(m.group(1)) for m in (re.search(r"(\d+) lines in following conc", line) for line in lines) if m), 0)
    rows, reference = [], ""
    if count and head is not None:
        reference = lines[head][14:22].strip().lstrip("/")
        rows = [_row(line, place, where) for place, line in enumerate(lines[head + 1 : head + count], head + 2)]
    if count and len(rows) != count - 1:
        raise InputError(
            f"{count - 1} concentrations announced, {len(rows)} found", where=where, cure="The file is cut: run LCModel again"
        )
    if rows and all(row.ratio == 0 for row in rows) and any(row.concentration > 0 for row in rows):
        rows = [Row(row.metabolite, row.concentration, row.percent_sd, math.nan, row.prior_flag) for row in rows]
    return Table(tuple(rows), reference, *_misc(text), parse_diagnostics(text))


def parse_diagnostics(text: str) -> tuple[Diagnostic, ...]:
    """Diagnostics in a .table, a .coord or on standard output."""
    diagnostics = []
    for match in re.finditer(
        r"^ *(\d+) +(infos?|info's|warnings?|ERRORS?|FATAL)\S* +([A-Z][A-Z0-9]*) +(\d+) *$", text, re.MULTILINE
    ):
        severity = match.group(2).replace("'", "").rstrip("sS")
        diagnostics.append(Diagnostic(severity, match.group(3), int(match.group(4)), int(match.group(1))))
    for match in re.finditer(r"FATAL ERROR +([A-Z][A-Z0-9]*) +(\d+)", text):
        diagnostics.append(Diagnostic("FATAL", match.group(1), int(match.group(2))))
    return tuple(diagnostics)


def _row(line: str, place: int, where: str) -> Row:
    """Columns: concentration 9, integer 4, '%', ratio 8, one flag, then the name (which may itself begin with '-')."""
    flag, name = line[22:23], line[23:].strip()
    try:
        row = Row(name, fortran_number(line[:9]), fortran_number(line[9:13]), fortran_number(line[14:22]), flag.strip())
    except ValueError:
        row = None
    if row is None or not name or flag not in " +-" or line[13:14] != "%":
        raise InputError(f"line {place} is no concentration row: {line.rstrip()!r}", where=where)
    return row


def _misc(text: str) -> list[float]:
    number = r"\s*=?\s*(-?[0-9.*]+(?:E[+-]?\d+)?)"
    patterns = (r"FWHM" + number, r"S/N" + number, r"Data shift" + number, r"Ph:" + number, r"deg" + number + r" deg/ppm")
    matches = [re.search(pattern, text) for pattern in patterns]
    return [fortran_number(match.group(1)) if match else math.nan for match in matches]


def parse_csv(text: str, where: str = "LCModel csv") -> tuple[Row, ...]:
    """Rows of the first voxel. Names are cut to 13 characters by LCModel; `prior_flag` is always ''.

    Ratios are NaN where LCModel printed all of them as zero (the reference is not in the basis). Raises `InputError` for an
    empty file (LCModel ended with a fatal error) and for a row whose columns do not match the header.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        raise InputError("no data row", where=where, cure="LCModel ended with a fatal error: see its table or output")
    header, values = ([cell.strip() for cell in line.split(",")] for line in lines[:2])
    triples = range(2, len(header), 3)
    fits = header[:2] == ["Row", "Col"] and len(header) == len(values) and len(header) % 3 == 2
    if not fits or any(header[i + 1] != f"{header[i]} %SD" or not header[i + 2].startswith(f"{header[i]}/") for i in triples):
        raise InputError(f"columns do not match: {len(header)} names, {len(values)} values", where=where)
    try:
        rows = [Row(header[i], *(fortran_number(cell) for cell in values[i : i + 3]), "") for i in triples]
    except ValueError as error:
        raise InputError(f"a value is no number ({error})", where=where) from error
    if rows and all(row.ratio == 0 for row in rows) and any(row.concentration > 0 for row in rows):
        rows = [Row(row.metabolite, row.concentration, row.percent_sd, math.nan, "") for row in rows]
    return tuple(rows)


def stated_correlations(rows: Sequence[Row]) -> dict[tuple[str, str], float]:
    """Correlations of pairs of estimates that a printed sum gives away, either way round: (name, name) -> correlation.

    LCModel keeps its correlation matrix to itself, but states the SD of sums (`Glu+Gln`, and what CHCOMB asks for), and
    var(a + b) = var(a) + var(b) + 2 cov(a, b). Percentages are printed without decimals: a correlation that the three roundings
    together leave open by more than `OPEN` either way is not stated. Nor is one where a percentage says nothing (0, 999 %).
    """
    by_name = {row.metabolite: row for row in rows}
    pairs = {}
    for name, whole in by_name.items():
        parts = [by_name.get(part) for part in name.split("+")]
        if len(parts) != 2 or None in parts or not all(has_bound(row) for row in (*parts, whole)):
            continue
        corners = [_correlation(*zip(parts, shifts[:2]), (whole, shifts[2])) for shifts in product((-0.5, 0.5), repeat=3)]
        middle = _correlation((parts[0], 0.0), (parts[1], 0.0), (whole, 0.0))
        if max(abs(corner - middle) for corner in corners) <= OPEN:
            pairs |= dict.fromkeys([tuple(name.split("+")), tuple(name.split("+")[::-1])], min(max(middle, -1.0), 1.0))
    return pairs


def has_bound(row: Row) -> bool:
    """Whether the percentage says something: one of nothing, one rounded to 0 and the largest that LCModel prints do not."""
    return row.concentration > 0 and 0 < row.percent_sd < LARGEST_PERCENT


def _correlation(first, second, whole):
    """Correlation of two estimates from the SD of both and of their sum, each with its percentage moved by so much."""
    one, other, both = (row.concentration * (row.percent_sd + by) / 100 for row, by in (first, second, whole))
    return (both**2 - one**2 - other**2) / (2 * one * other)


@dataclass(frozen=True)
class Coord:
    """Curves over `ppm` (point,), descending. `baseline` is zero where LCModel fitted none (mega-press, NOBASE).

    `metabolites` maps a name to its curve without baseline; a metabolite estimated as zero has a zero curve.
    """

    table: Table
    ppm: np.ndarray
    data: np.ndarray
    fit: np.ndarray
    baseline: np.ndarray
    has_baseline: bool
    metabolites: dict[str, np.ndarray]


def parse_coord(text: str, where: str = "LCModel coord") -> Coord:
    """Read the text of a .coord file. Raises `InputError` if it holds no curves (a fatal error) or is cut."""
    table, lines = parse_table(text, where), text.splitlines()
    start = next((place for place, line in enumerate(lines) if "points on ppm-axis" in line), None)
    if start is None:
        fatal = ", ".join(str(d) for d in table.diagnostics if d.severity == "FATAL")
        raise InputError(
            "no curves in the file" + (f" (LCModel: {fatal})" if fatal else ""), where=where, cure="The fit failed"
        )
    count = int(lines[start].split()[0])
    ppm, place = _block(lines, start + 1, count, where)
    curves, metabolites = {}, {}
    while place < len(lines):
        title = lines[place].strip()
        named = re.match(r"(\S+)\s+Conc\. =", title)
        if named:
            metabolites[named.group(1)], place = _block(lines, place + 1, count, where)
        elif title.startswith("NY "):
            key = next((word for word in ("phased data", "fit to the data", "background") if word in title), None)
            if key is None:
                raise InputError(f"unknown block {title!r} at line {place + 1}", where=where)
            curves[key], place = _block(lines, place + 1, count, where)
        else:
            break
    missing = {"phased data", "fit to the data"} - set(curves)
    if missing:
        raise InputError(f"block `{sorted(missing)[0]}` is missing", where=where, cure="The file is cut: run LCModel again")
    baseline = curves.get("background", np.zeros(count))
    if metabolites:  # LCModel writes NEACH curves; each includes the background
        metabolites = {name: curve - baseline for name, curve in metabolites.items()}
    for row in table.rows:
        if row.concentration == 0 and row.metabolite not in metabolites and "+" not in row.metabolite:
            metabolites[row.metabolite] = np.zeros(count)
    return Coord(table, ppm, curves["phased data"], curves["fit to the data"], baseline, "background" in curves, metabolites)


def _block(lines, place, count, where):
    """`count` numbers in fixed columns from line `place`; also the line after the last."""
    values: list[float] = []
    while len(values) < count:
        line = lines[place][1:].rstrip() if place < len(lines) else ""
        try:
            numbers = [fortran_number(line[i : i + WIDTH]) for i in range(0, len(line), WIDTH)]
        except ValueError:
            numbers = []
        if not numbers:
            raise InputError(
                f"{count} numbers expected before line {place + 1}, {len(values)} found", where=where, cure="The file is cut"
            )
        values.extend(numbers)
        place += 1
    return np.array(values[:count]), place
