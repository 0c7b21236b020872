"""jMRUI text files, and plain columns of numbers: one spectrum, or a spectrum and its water.

jMRUI stores the conjugate of the package's sense (checked on files that exist in LCModel's format too), intervals in ms and
frequencies in Hz. Plain columns are in the package's sense, as LCModel's are.
"""

import re
from pathlib import Path

import numpy as np

from mrsgap.core.constants import CONVENTIONAL_CARRIER_PPM, GYROMAGNETIC_RATIO_HZ_PER_T
from mrsgap.core.errors import InputError
from mrsgap.core.recording import LARGEST, Recording, Water, with_axes

ASSUMED = f"carrier assumed at {CONVENTIONAL_CARRIER_PPM} ppm (on water)"
SIGNAL = re.compile(r"(?i)^\s*signal\s+\d+\s+out of\s+\d+")
PROTON_TOLERANCE = 0.1  # of the proton's frequency at the field that the header says


def read_text(path: Path) -> Recording:
    """Read a jMRUI text file or plain columns; `InputError` where it is neither."""
    if path.stat().st_size > LARGEST:
        raise InputError(f"the file has {path.stat().st_size} bytes", cure="Is it a spectrum?")
    lines = path.read_bytes().decode("utf-8-sig", "replace").splitlines()
    first = next((line for line in lines if line.strip()), "")
    if first.strip().lower().startswith("jmrui"):
        return _jmrui(lines)
    return _columns(lines)


def _jmrui(lines: list[str]) -> Recording:
    header, body = {}, []
    for place, line in enumerate(lines):
        name, colon, value = line.partition(":")
        if _numbers(line) is not None and len(_numbers(line)) >= 2:
            body = lines[place:]
            break
        if colon:
            header[name.strip().lower()] = value.strip()
    rows = [numbers for line in body if line.strip() and not SIGNAL.match(line) and (numbers := _samples(line)) is not None]
    count = int(_field(header, "datasetsinfile", 1))
    points = int(_field(header, "pointsindataset", len(rows) // max(count, 1)))
    if points < 1 or count < 1 or len(rows) != points * count:
        raise InputError(
            f"the header declares {count} x {points} samples, but {len(rows)} are there",
            cure="The file is truncated, or not all of its lines are numbers: export it again",
        )
    samples = np.array(rows)  # (sample, real and imaginary)
    larmor_hz = _field(header, "transmitterfrequency", 0.0)
    tesla = _field(header, "magneticfield", 0.0)
    if tesla > 0 and abs(larmor_hz / tesla / GYROMAGNETIC_RATIO_HZ_PER_T - 1) > PROTON_TOLERANCE and larmor_hz > 1e6:
        raise InputError(
            f"{larmor_hz * 1e-6:g} MHz at {tesla:g} T is not the frequency of protons", cure="Only proton spectra can be read"
        )
    begin_ms = _field(header, "begintime", 0.0)
    return Recording(
        fid=with_axes((samples[:, 0] - 1j * samples[:, 1]).reshape(count, points)),
        larmor_mhz=(larmor_hz * 1e-6 if larmor_hz > 1e4 else larmor_hz) or None,
        carrier_ppm=CONVENTIONAL_CARRIER_PPM,
        dwell_s=_field(header, "samplinginterval", 0.0) * 1e-3 or None,
        field_tesla=tesla or None,
        notes=(ASSUMED, *((f"the signal begins {begin_ms:g} ms late by its header",) if begin_ms else ())),
    )


def _samples(line: str) -> list[float] | None:
    """Real and imaginary part of one sample; further columns are the spectrum of it."""
    numbers = _numbers(line)
    if numbers is None or len(numbers) < 2:
        raise InputError(f"the line {line.strip()[:60]!r} is no sample", cure="Export the file again")
    return numbers[:2]


def _columns(lines: list[str]) -> Recording:
    """Two columns are a spectrum's real and imaginary part; two more are those of its water."""
    rows = [_numbers(line) for line in lines if line.strip() and not line.lstrip().startswith(("#", "%", "!"))]
    if not rows or any(row is None for row in rows) or len({len(row) for row in rows}) != 1 or len(rows[0]) not in (2, 4):
        raise InputError(
            "neither a jMRUI text file nor two or four columns of numbers", cure="Export the spectrum again, or as NIfTI-MRS"
        )
    values = np.array(rows)
    signals = values[:, 0::2] + 1j * values[:, 1::2]  # (time, spectrum and water)
    water = Water(signals[:, 1][None, None], "columns 3 and 4 of the file") if signals.shape[1] == 2 else None
    return Recording(fid=with_axes(signals[:, 0]), carrier_ppm=CONVENTIONAL_CARRIER_PPM, water=water, notes=(ASSUMED,))


def _numbers(line: str) -> list[float] | None:
    """All fields of a line as numbers, or None; a decimal comma is read where no point is."""
    text = line.strip()
    if not text or not (text[0].isdigit() or text[0] in "+-.,"):
        return None
    if "," in text:
        text = text.replace(",", " ") if "." in text or re.search(r",\s", text) else text.replace(",", ".")
    try:
        numbers = [float(field) for field in text.replace(";", " ").split()]
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _field(header: dict[str, str], name: str, default: float | None = None) -> float:
    text = header.get(name, "")
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan") if default is None or text else default
    if not np.isfinite(value) or abs(value) > 1e12:
        raise InputError(f"the header field `{name}` is {text!r}, not a number", cure="Export the file again")
    return value
