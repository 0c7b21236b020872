"""Siemens `.rda`: a text header between two marks, then little-endian double pairs, already in the package's sense."""

from pathlib import Path

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.measured.recording import Recording
from mrsgap.measured.siemens_dicom import ASSUMED, CARRIER_PPM

BEGIN, END = b">>> Begin of header <<<", b">>> End of header <<<"


def read_rda(path: Path) -> Recording:
    """Read one single-voxel `.rda` file; `InputError` names what is missing."""
    raw = path.read_bytes()
    end = raw.find(END)
    if not raw.startswith(BEGIN) or end < 0:
        raise InputError("the marks around the header are absent", cure="The file is damaged or not an .rda: export it again")
    header = {}
    for line in raw[:end].splitlines()[1:]:
        # Names of patients and sites may be in any encoding; the fields read here are plain ASCII.
        name, colon, value = line.decode("ascii", "replace").partition(":")
        if colon:
            header[name.strip()] = value.strip()
    voxels = [_number(header, f"CSIMatrixSize[{axis}]", 1) for axis in range(3)]
    if any(count > 1 for count in voxels):
        raise InputError(f"the file holds {voxels} voxels", cure="Only single-voxel spectra can be read")
    if header.get("Nucleus", "1H") != "1H":
        raise InputError(f"the nucleus is {header['Nucleus']}, not 1H", cure="Only proton spectra can be read")
    start = end + len(END)
    start += 2 if raw[start : start + 2] == b"\r\n" else 1
    points = int(_number(header, "VectorSize"))
    if len(raw) - start != 16 * points:
        raise InputError(f"the header declares {points} points, but {(len(raw) - start) / 16:g} are there",
                         cure="The file is truncated or damaged: export it again")  # fmt: skip
    return Recording(
        fid=np.frombuffer(raw, "<c16", points, start)[None, None],
        larmor_mhz=_number(header, "MRFrequency"),
        carrier_ppm=CARRIER_PPM,
        dwell_s=_number(header, "DwellTime") * 1e-6,
        echo_time_s=_number(header, "TE", 0.0) * 1e-3 or None,
        notes=(
            ASSUMED,
            ".rda rounds its dwell time to whole microseconds",
        ),
    )


def _number(header: dict, name: str, default: float | None = None) -> float:
    """A header field as a number; some locales write a decimal comma."""
    text = header.get(name)
    if text is None and default is not None:
        return default
    try:
        value = float(str(text).replace(",", "."))
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise InputError(f"the header field `{name}` is {text!r}, not a number", cure="Export the file again")
    return value
