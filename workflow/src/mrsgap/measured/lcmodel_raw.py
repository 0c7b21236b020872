"""LCModel's text files: `.RAW` and `.H2O` spectra, and `.PLOTIN` or `.CONTROL` files that say how a `.RAW` was sampled.

A spectrum is Fortran namelists, then complex samples in the package's sense, laid out as `FMTDAT` says (Provencher, LCModel and
LCMgui user's manual). A `.RAW` holds neither dwell time nor, as a rule, the Larmor frequency: they come from a `.PLOTIN` or
`.CONTROL` beside it or from the manifest. TRAMP and VOLUME scale the signal, as they do in LCModel.
"""

import re
from pathlib import Path

import numpy as np

from mrsgap.core.constants import CONVENTIONAL_CARRIER_PPM
from mrsgap.core.errors import InputError
from mrsgap.core.recording import Recording, with_axes

START = re.compile(r"^[ \t]*[$&]([A-Za-z]\w*)", re.MULTILINE)
ITEM = re.compile(r"([A-Za-z]\w*(?:\(\d+\))?)\s*=\s*('(?:[^']|'')*'|\"[^\"]*\"|[^,\s$&/=]+)")
SETTINGS = (".plotin", ".control")  # endings of files that name a spectrum instead of holding one
REPEAT = re.compile(r"(\d*)([EFGDIX])(\d*)(?:\.(\d+))?(?:E\d+)?", re.IGNORECASE)


def read_raw(path: Path) -> Recording:
    """Read one `.RAW` or `.H2O`; `InputError` names what of it is no namelist, no number or no complex sample."""
    text = _text(path)
    groups, head = namelists(text)
    if "NMID" not in groups:
        raise InputError("no `$NMID ... $END` header", cure="Is it an LCModel .RAW file? Write it again")
    settings = _settings_beside(path)
    values = {**settings, **groups.get("SEQPAR", {}), **groups["NMID"]}
    numbers, note = _samples(text[head:], values.get("FMTDAT", ""))
    scale = (_number(values, "TRAMP") or 1.0) / (_number(values, "VOLUME") or 1.0)
    signal = numbers.view(complex) * scale if scale != 1.0 else numbers.view(complex)
    return Recording(
        fid=with_axes(signal),
        larmor_mhz=_number(values, "HZPPPM"),
        carrier_ppm=CONVENTIONAL_CARRIER_PPM,
        dwell_s=_number(values, "DELTAT"),
        echo_time_s=(_number(values, "ECHOT") or 0.0) * 1e-3 or None,
        notes=tuple(filter(None, (f"carrier at {CONVENTIONAL_CARRIER_PPM} ppm (LCModel)", note))),
    )


def read_settings(path: Path) -> Recording:
    """Read the spectrum that a `.PLOTIN` or `.CONTROL` names, with the sampling it states."""
    values = _flat(namelists(_text(path))[0])
    name = values.get("FILRAW", "")
    candidates = [path.parent / name, path.parent / Path(name.replace("\\", "/")).name, path.with_suffix(".RAW")]
    target = next((candidate for candidate in candidates if candidate.is_file() and candidate != path), None)
    if target is None:
        raise InputError(f"the spectrum it names (FILRAW) is {name!r}, which is absent", cure="Keep the .RAW in its folder")
    recording = read_raw(target)
    echo_time_s = (_number(values, "ECHOT") or 0.0) * 1e-3 or None
    return recording.with_header(
        larmor_mhz=_number(values, "HZPPPM"), dwell_s=_number(values, "DELTAT"), echo_time_s=echo_time_s
    )


def _text(path: Path) -> str:
    """A file's text with the line ends of this machine, whichever it was written with."""
    text = path.read_bytes().decode("latin-1").removeprefix("\u00ef\u00bb\u00bf")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def namelists(text: str) -> tuple[dict[str, dict[str, str]], int]:
    """Namelist groups by name with their items, upper case, and where the text after the last group begins.

    >>> groups, head = namelists(" &seqpar hzpppm=123.2 /\\n $NMID id='a $END', fmtdat='(2E15.6)' $END\\n 1.0 2.0\\n")
    >>> groups["SEQPAR"], groups["NMID"]["ID"], head
    ({'HZPPPM': '123.2'}, 'a $END', 67)
    """
    groups: dict[str, dict[str, str]] = {}
    position = 0
    while True:
        match = START.search(text, position)
        if match is None or (groups and text[position : match.start()].strip()):
            return groups, position
        stop, after = _end_of_group(text, match.end())
        items = ITEM.findall(text[match.end() : stop])
        groups.setdefault(match.group(1).upper(), {}).update({name.upper(): _unquoted(value) for name, value in items})
        line_end = text.find("\n", after)
        position = len(text) if line_end < 0 else line_end + 1


def _end_of_group(text: str, start: int) -> tuple[int, int]:
    """Where a group's items end, and where its mark (`$END`, `&END`, `/` or a bare `$`) does; quotes hide marks."""
    quote = ""
    for place in range(start, len(text)):
        letter = text[place]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "$&":
            return place, place + (4 if text[place + 1 : place + 4].upper() == "END" else 1)
        elif letter == "/" and not text[start:place].rstrip().endswith("="):
            return place, place + 1
    raise InputError("a namelist does not end (`$END`)", cure="The file is truncated: write it again")


def _unquoted(value: str) -> str:
    return value[1:-1].replace("''", "'").strip() if value[:1] in "'\"" else value


def _flat(groups: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: value for items in groups.values() for name, value in items.items()}


def _settings_beside(path: Path) -> dict[str, str]:
    """Sampling in a settings file of the same name beside a spectrum."""
    try:
        beside = {other.name.lower(): other for other in path.parent.iterdir()}
    except OSError:
        return {}
    for end in SETTINGS:
        other = beside.get(path.stem.lower() + end)
        if other is not None and other.is_file():
            values = _flat(namelists(_text(other))[0])
            return {name: values[name] for name in ("HZPPPM", "DELTAT", "ECHOT") if name in values}
    return {}


def _samples(body: str, layout: str) -> tuple[np.ndarray, str]:
    """Samples after the header as FMTDAT lays them out; where they are not, as spaces part them, and a remark."""
    lines = [line for line in body.splitlines() if line.strip()]
    widths = _columns(layout)
    for split, note in ((_fixed, ""), (_spaced, "samples are not laid out as FMTDAT says: read as spaces part them")):
        try:
            numbers = np.array([_fortran(field) for line in lines for field in split(line, widths)])
        except ValueError:
            continue
        if not numbers.size or numbers.size % 2:
            raise InputError(
                f"{numbers.size} numbers do not make complex samples", cure="The file is truncated: write it again"
            )
        return numbers, note if widths else ""
    bad = next((line for line in lines if not _is_numeric(line)), lines[0] if lines else "")
    raise InputError(f"the samples are not all numbers: {bad.strip()[:60]!r}", cure="Write the file again")


def _columns(layout: str) -> list[tuple[int, int, int]]:
    """Start, end and implied decimals of each number on a line of a Fortran format like (1X,2(E14.5)); empty if not read."""
    text = re.sub(r"\s|\b\d*P", "", layout.upper().replace("1P", "")).strip()
    while (inner := re.search(r"(\d+)\(([^()]*)\)", text)) is not None:
        text = text[: inner.start()] + ",".join([inner.group(2)] * min(int(inner.group(1)), 64)) + text[inner.end() :]
    columns, place = [], 0
    for part in filter(None, re.split(r"[,()]", text)):
        match = REPEAT.fullmatch(part)
        if match is None:
            return []
        count, kind, width, decimals = match.groups()
        if kind == "X":
            place += int(count or 1)
            continue
        for _ in range(min(int(count or 1), 64)):
            columns.append((place, place + int(width or 0), int(decimals or 0)))
            place += int(width or 0)
    return columns if columns and all(end > start for start, end, _ in columns) else []


def _fixed(line: str, columns: list[tuple[int, int, int]]) -> list[str]:
    """Fields of one line by column; a decimal point that is left out is put where the format implies it."""
    if not columns or len(line.rstrip()) > columns[-1][1]:
        raise ValueError("the line is longer than its format")
    fields = []
    for start, end, decimals in columns:
        field = line[start:end].strip()
        if not field:
            continue
        digits = field.lstrip("+-")
        if decimals and digits.isdigit():
            field = f"{field}E-{decimals}"
        fields.append(field)
    return fields


def _spaced(line: str, columns: list) -> list[str]:
    """Fields of one line by spaces; glued ones are parted at a sign that follows no exponent."""
    text = line if "." in line else line.replace(",", ".")
    text = re.sub(r"(?<=[0-9.])([+-])(?=[0-9.])", r" \1", text.replace(",", " "))
    return text.split()


def _is_numeric(line: str) -> bool:
    try:
        return bool([_fortran(field) for field in _spaced(line, [])])
    except ValueError:
        return False


def _fortran(text: str) -> float:
    value = float(re.sub(r"[dDqQ]", "e", text))
    if not np.isfinite(value):
        raise ValueError(text)
    return value


def _number(values: dict[str, str], name: str) -> float | None:
    """A namelist item as a number > 0; `InputError` where it is none."""
    if name not in values:
        return None
    try:
        value = _fortran(values[name])
    except ValueError:
        raise InputError(f"{name} is {values[name]!r}, not a number", cure="Write the file again") from None
    return value if value > 0 else None
