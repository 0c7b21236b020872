"""Philips `.SDAT` with its `.SPAR`, read by spec2nii; Philips stores the conjugate of the package's sense."""

from pathlib import Path

import numpy as np
from spec2nii.Philips.philips import read_spar

from mrsgap.core.constants import CONVENTIONAL_CARRIER_PPM
from mrsgap.core.errors import InputError
from mrsgap.core.recording import LARGEST, Recording, with_axes

# ASSUME: 0 Hz is on water at 4.65 ppm (body temperature), as NIfTI-MRS and LCModel assume; the manifest can say otherwise.


def read_sdat(path: Path) -> Recording:
    """Read a pair named by either file; rows of the file are transients."""
    sdat, spar = _partner(path, ".sdat"), _partner(path, ".spar")
    header = read_spar(spar)
    points, rows = (_number(header, name, spar) for name in ("samples", "rows"))
    if str(header.get("nucleus", "1H")).upper() not in ("1H", "H1"):
        raise InputError(f"the nucleus is {header['nucleus']}, not 1H", cure="Only proton spectra can be read")
    if not 0 < 8 * points * rows <= LARGEST or points % 1 or rows % 1:
        raise InputError(f"the header declares {points} samples in {rows} rows", where=spar.name, cure="Export the pair again")
    raw = sdat.read_bytes()
    if len(raw) != 8 * points * rows:
        raise InputError(f"{spar.name} declares {rows:g} x {points:g} complex samples, but {sdat.name} holds {len(raw) / 8:g}",
                         cure="The file is truncated, or the two do not belong together: export the pair again")  # fmt: skip
    return Recording(
        fid=with_axes(vax_floats(raw).view(np.complex64).conj().reshape(int(rows), int(points))),
        larmor_mhz=_number(header, "synthesizer_frequency", spar) * 1e-6,
        carrier_ppm=CONVENTIONAL_CARRIER_PPM,
        dwell_s=1.0 / _number(header, "sample_frequency", spar),
        echo_time_s=_number(header, "echo_time", spar) * 1e-3 if header.get("echo_time") else None,
        vendor="Philips",
        notes=(f"carrier assumed at {CONVENTIONAL_CARRIER_PPM:.2f} ppm (Philips, on water)",),
    )


def vax_floats(raw: bytes) -> np.ndarray:
    """VAX F floats as float32: 16-bit halves swapped, exponent bias 129 against IEEE's 127 (VAX Architecture Reference, 1987).

    An exponent field of zero means zero. VAX exponents too small for a normal IEEE number become zero.
    """
    halves = np.frombuffer(raw, "<u2").reshape(-1, 2)
    bits = (halves[:, 0].astype(np.uint32) << 16) | halves[:, 1]
    exponent = (bits >> 23) & 0xFF
    ieee = np.where(exponent > 2, bits - (2 << 23), 0).astype(np.uint32)
    return ieee.view(np.float32)


def _partner(path: Path, suffix: str) -> Path:
    """The file of the pair with `suffix`, in whatever case it is written."""
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    raise InputError(f"its partner {path.with_suffix(suffix).name} is absent", cure="Keep .SDAT and .SPAR in one folder")


def _number(header: dict, name: str, path: Path) -> float:
    value = header.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise InputError(f"the field `{name}` is {value!r}, not a number > 0", where=path.name, cure="Export the pair again")
    return value
