"""LCModel `.RAW`: namelists, then one complex sample per line, in the package's sense. It holds no dwell time."""

import re
from pathlib import Path

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.measured.recording import Recording

CARRIER_PPM = 4.65  # LCModel's own value for 0 Hz (LCModel manual, PPMSEP and HZPPPM)


def read_raw(path: Path) -> Recording:
    """Read one `.RAW` file; the dwell time (and, where `HZPPPM` is absent, the Larmor frequency) comes from the manifest."""
    text = path.read_bytes().decode("ascii", "replace")
    blocks = [match.end() for match in re.finditer(r"^\s*\$END\b.*$", text, re.MULTILINE | re.IGNORECASE)]
    head = text[: blocks[-1]] if blocks else ""
    if "$NMID" not in head.upper():
        raise InputError("no ` $NMID ... $END` header", cure="Is it an LCModel .RAW file? Write it again")
    try:
        numbers = np.array(text[len(head) :].split(), dtype=float)
    except ValueError as error:
        raise InputError(f"the samples are not all numbers: {error}", cure="Write the file again") from error
    if numbers.size % 2 or not numbers.size:
        raise InputError(f"{numbers.size} numbers do not make complex samples", cure="The file is truncated: write it again")
    larmor = re.search(r"\bhzpppm\s*=\s*([-+0-9.eEdD]+)", head, re.IGNORECASE)
    return Recording(
        fid=numbers.view(complex)[None, None],
        larmor_mhz=_fortran(larmor.group(1)) if larmor else None,
        carrier_ppm=CARRIER_PPM,
        notes=(f"carrier at {CARRIER_PPM} ppm (LCModel)",),
    )


def _fortran(text: str) -> float:
    try:
        return float(text.lower().replace("d", "e"))
    except ValueError:
        raise InputError(f"HZPPPM is {text!r}, not a number", cure="Write the file again") from None
