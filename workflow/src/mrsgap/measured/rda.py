"""Siemens `.rda`: a text header between two marks, then little-endian double pairs in the package's sense.

Names of patients and sites may be in any encoding, some locales write a decimal comma, and copies may have changed the line
ends of the header; the edit state is told in `InstanceComments` (Siemens MEGA-PRESS: "_c_4 Off Resonance").
"""

from pathlib import Path

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.core.recording import Recording, with_axes
from mrsgap.measured.dicom import SIEMENS_ASSUMED, SIEMENS_CARRIER_PPM
from mrsgap.measured.header_states import state_in_words

BEGIN, END = b">>> Begin of header <<<", b">>> End of header <<<"
TOLD_BY = ("InstanceComments", "SeriesDescription", "ProtocolName")  # the first that names one edit state


def read_rda(path: Path) -> Recording:
    """Read one single-voxel `.rda` file; `InputError` names the field or the length that is wrong."""
    raw = path.read_bytes()
    end = raw.find(END)
    if not raw.lstrip(b"\xef\xbb\xbf \r\n").startswith(BEGIN) or end < 0:
        raise InputError("the marks around the header are absent", cure="The file is damaged or not an .rda: export it again")
    header = {}
    for line in raw[:end].splitlines()[1:]:
        name, colon, value = line.decode("ascii", "replace").partition(":")
        if colon:
            header[name.strip()] = value.strip()
    voxels = [_number(header, f"CSIMatrixSize[{axis}]", 1) for axis in range(3)]
    if any(count > 1 for count in voxels):
        raise InputError(f"the file holds {voxels} voxels", cure="Only single-voxel spectra can be read")
    if header.get("Nucleus", "1H").upper() not in ("1H", "H1", ""):
        raise InputError(f"the nucleus is {header['Nucleus']}, not 1H", cure="Only proton spectra can be read")
    after = end + len(END)
    points = int(_number(header, "VectorSize", (len(raw) - after) // 16))
    start = _signal_start(raw, after, points)
    source = next((name for name in TOLD_BY if state_in_words(header.get(name, ""))), "")
    return Recording(
        fid=with_axes(np.frombuffer(raw, "<c16", points, start)),
        states=(state_in_words(header[source]) if source else None,),
        state_source=f"{source} {header[source]!r}" if source else "",
        larmor_mhz=_number(header, "MRFrequency", 0.0) or None,
        carrier_ppm=SIEMENS_CARRIER_PPM,
        dwell_s=_number(header, "DwellTime", 0.0) * 1e-6 or None,
        echo_time_s=_number(header, "TE", 0.0) * 1e-3 or None,
        repetition_time_s=_number(header, "TR", 0.0) * 1e-3 or None,
        field_tesla=_number(header, "MagneticFieldStrength", 0.0) or None,
        vendor="Siemens",
        notes=(SIEMENS_ASSUMED, ".rda rounds its dwell time to whole microseconds"),
    )


def _signal_start(raw: bytes, after: int, points: int) -> int:
    """Byte at which the signal begins: behind the one line end after the header, whichever it is."""
    for line_end in (b"\r\n", b"\n", b"\r", b""):
        if raw[after : after + len(line_end)] == line_end and len(raw) - after - len(line_end) == 16 * points:
            return after + len(line_end)
    present = (len(raw) - after - (2 if raw[after : after + 2] == b"\r\n" else 1)) / 16
    raise InputError(f"the header declares {points} points, but {present:g} are there",
                     cure="The file is truncated or damaged: export it again")  # fmt: skip


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
