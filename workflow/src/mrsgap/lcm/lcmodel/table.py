"""LCModel .table files (and the table inside .coord): split by columns, never by blanks."""

import math
import re
from dataclasses import dataclass, field

from mrsgap.core.errors import InputError


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

    @property
    def reference_absent(self) -> bool:
        """Whether NAMREL names a metabolite that is not in the basis: LCModel then prints every ratio as 0.000."""
        return bool(self.rows) and all(math.isnan(row.ratio) for row in self.rows)


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
    found = []
    for match in re.finditer(
        r"^ *(\d+) +(infos?|info's|warnings?|ERRORS?|FATAL)\S* +([A-Z][A-Z0-9]*) +(\d+) *$", text, re.MULTILINE
    ):
        severity = match.group(2).replace("'", "").rstrip("sS")
        found.append(Diagnostic(severity, match.group(3), int(match.group(4)), int(match.group(1))))
    for match in re.finditer(r"FATAL ERROR +([A-Z][A-Z0-9]*) +(\d+)", text):
        found.append(Diagnostic("FATAL", match.group(1), int(match.group(2))))
    return tuple(found)


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
