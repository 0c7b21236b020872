"""Read a user's own RF waveform: Siemens .pta, or text with two or three columns."""

from pathlib import Path

import numpy as np

from mrsgap.core.errors import InputError


def read_waveform(path) -> tuple[np.ndarray, np.ndarray]:
    """Amplitude (step,) and phase in rad (step,) from `path`.

    `.pta`: header lines `NAME: value`, then `amplitude phase_rad ; (index)`. Other text: two columns (amplitude,
    phase_deg) or three (phase_deg, amplitude, relative step length, which must be constant); `#` starts a comment.
    Raises `InputError` for an unreadable file, a wrong column count, values that are not finite, or no amplitude at all.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"the waveform file `{path}` cannot be read: {error.strerror}") from error
    siemens = path.suffix.lower() == ".pta"
    rows = []
    for number, line in enumerate(lines, start=1):
        text = line.split(";")[0].split("#")[0].strip()
        if text and not (siemens and ":" in text):
            rows.append(_numbers(text, number, path))
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not widths <= ({2} if siemens else {2, 3}):
        raise InputError(f"the waveform file `{path}` has rows of {sorted(widths) or 'no'} columns",
                         cure="Give two columns (amplitude, phase) or three (phase_deg, amplitude, step length)")  # fmt: skip
    table = np.array(rows)
    if not np.isfinite(table).all():
        raise InputError(f"the waveform file `{path}` holds a value that is not finite (row {_first_bad(table)})")
    if table.shape[1] == 3:
        if np.ptp(table[:, 2]) > 1e-6 * abs(table[0, 2]):
            raise InputError(f"the steps of `{path}` differ in length", cure="Resample the waveform to equal steps")
        amplitude, phase_rad = table[:, 1], np.deg2rad(table[:, 0])
    else:
        amplitude, phase_rad = table[:, 0], table[:, 1] if siemens else np.deg2rad(table[:, 1])
    if len(amplitude) < 2 or not np.any(amplitude):
        raise InputError(f"the waveform file `{path}` has no amplitude", cure="It needs two or more steps, not all zero")
    negative = amplitude < 0  # a negative amplitude is a phase of 180 degrees
    return np.abs(amplitude), phase_rad + np.where(negative, np.pi, 0.0)


def _numbers(text: str, number: int, path: Path) -> list[float]:
    try:
        return [float(word) for word in text.replace(",", " ").split()]
    except ValueError:
        raise InputError(f"line {number} of the waveform file `{path}` is not numbers: {text[:40]!r}") from None


def _first_bad(table: np.ndarray) -> int:
    return int(np.flatnonzero(~np.isfinite(table).all(axis=1))[0]) + 1
