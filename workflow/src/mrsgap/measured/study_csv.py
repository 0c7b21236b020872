"""The study's CSV exports: a mark `WriteSpec2asc-v1` or `-v2`, then one row per field (study.md 8.2).

v2 stores re and im of the conjugate of the package's sense, v1 the real part only. It is read as its layout is documented; no
recorded file was at hand.
"""

import csv
from pathlib import Path

import numpy as np
from scipy.signal import hilbert

from mrsgap.core.errors import InputError
from mrsgap.core.recording import Recording, with_axes

MARKS = ("WriteSpec2asc-v1", "WriteSpec2asc-v2")


def read_study_csv(path: Path) -> Recording:
    """Read one export; `InputError` names a missing or non-numeric row."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"the file is not UTF-8 text (byte {error.start})", cure="Save it as UTF-8") from error
    rows = {row[0].strip(): [cell for cell in row[1:] if cell.strip()] for row in csv.reader(text.splitlines()) if row}
    mark = next((name for name in MARKS if text.lstrip('" \t').startswith(name)), None)
    if mark is None:
        raise InputError(f"the first row is not {' or '.join(MARKS)}", cure="Is it an export of the study? Export it again")
    if mark == MARKS[1]:
        real, imaginary = _numbers(rows, "FID_real"), _numbers(rows, "FID_imag")
        if real.size != imaginary.size:
            raise InputError(f"{real.size} real but {imaginary.size} imaginary samples", cure="Export the file again")
        fid, notes = real - 1j * imaginary, ()
    else:
        # ASSUME: every line lies upfield of the carrier, so the positive frequencies of the real part are the whole signal.
        fid, notes = (
            hilbert(_numbers(rows, "FID")),
            ("only the real part was exported; the signal upfield of the carrier is used",),
        )
    width_hz = float(_numbers(rows, "Sampling_frequency")[0])
    if "Samples" in rows and int(_numbers(rows, "Samples")[0]) != fid.size:
        raise InputError(f"`Samples` is {rows['Samples'][0]}, but {fid.size} are there", cure="Export the file again")
    if not width_hz > 0:
        raise InputError(f"`Sampling_frequency` must be > 0, but is {width_hz}", cure="Export the file again")
    if "t" in rows:
        times = _numbers(rows, "t")
        if times.size > 1 and abs(times[1] - times[0] - 1 / width_hz) > 1e-6:
            raise InputError(f"row `t` steps by {times[1] - times[0]:.3g} s, but the sampling frequency is {width_hz:g} Hz",
                             cure="Export the file again")  # fmt: skip
    return Recording(
        fid=with_axes(fid),
        larmor_mhz=float(_numbers(rows, "Transmitter_frequency")[0]) * 1e-6,
        carrier_ppm=float(_numbers(rows, "Center_ppm")[0]),
        dwell_s=1 / width_hz,
        echo_time_s=float(_numbers(rows, "TE")[0]) * 1e-3 if "TE" in rows else None,
        notes=notes,
    )


def _numbers(rows: dict, name: str) -> np.ndarray:
    cells = rows.get(name)
    if not cells:
        raise InputError(f"row `{name}` is absent or empty", cure="Export the file again")
    try:
        values = np.array(cells, dtype=float)
    except ValueError as error:
        raise InputError(f"row `{name}` is not all numbers: {error}", cure="Export the file again") from error
    if not np.isfinite(values).all():
        raise InputError(f"row `{name}` has values that are not finite", cure="Export the file again")
    return values
