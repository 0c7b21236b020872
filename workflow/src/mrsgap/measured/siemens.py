"""Siemens spectra: DICOM `.IMA` of the syngo VA to VE line, the enhanced DICOM of the XA line, and `.rda`.

Sense: VA to VE and `.rda` store the package's sense, XA its conjugate (spec2nii, Clarke, dicomfunctions.py; checked on NAA at
2.01 ppm).
"""

import warnings
from pathlib import Path

import numpy as np
import pydicom

from mrsgap.core.errors import InputError
from mrsgap.core.recording import LARGEST, Recording, with_axes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its readers of DICOM images are experimental; the CSA header is all that is used here
    from nibabel.nicom import csareader

# ASSUME: Siemens puts 0 Hz on water, and water at 4.70 ppm as the study does (study.md 8.2); the manifest can say otherwise.
CARRIER_PPM = 4.70
ASSUMED = f"carrier assumed at {CARRIER_PPM:.2f} ppm (Siemens, on water)"
ENHANCED = "1.2.840.10008.5.1.4.1.1.4.2"
RDA_BEGIN, RDA_END = b">>> Begin of header <<<", b">>> End of header <<<"


def read_dicom(path: Path) -> Recording:
    """Read one single-voxel spectrum; `InputError` names a missing tag."""
    header = pydicom.dcmread(path)
    kind = str(header.get("SOPClassUID", ""))
    if kind == ENHANCED:
        return _read_enhanced(header)
    if (0x7FE1, 0x1010) not in header:
        cure = "Export the spectrum, not an image; anonymisers that drop private tags drop the signal"
        raise InputError("the DICOM element (7fe1,1010), which holds the signal, is absent", cure=cure)
    tags = (csareader.get_csa_header(header, "image") or {}).get("tags", {})
    voxels = [_first(tags, name, 1) for name in ("Rows", "Columns", "NumberOfFrames")]
    if any(int(count) > 1 for count in voxels):
        raise InputError(f"the file holds {voxels} voxels", cure="Only single-voxel spectra can be read")
    dwell_ns, larmor_mhz = _first(tags, "RealDwellTime"), _first(tags, "ImagingFrequency")
    fid = _complex(header[0x7FE1, 0x1010].value)
    declared = _first(tags, "DataPointColumns") or _first(tags, "SpectroscopyAcquisitionDataColumns")
    if declared is not None and int(declared) != fid.size:
        raise InputError(f"the header declares {int(declared)} points, but {fid.size} are there", cure="Export the file again")
    return Recording(
        fid=with_axes(fid),
        larmor_mhz=None if larmor_mhz is None else float(larmor_mhz),
        carrier_ppm=CARRIER_PPM,
        dwell_s=None if dwell_ns is None else float(dwell_ns) * 1e-9,
        echo_time_s=_seconds(_first(tags, "EchoTime")),
        vendor="Siemens",
        notes=(ASSUMED,),
    )


def _read_enhanced(header) -> Recording:
    if (0x5600, 0x0020) not in header:
        raise InputError("the DICOM element (5600,0020), which holds the signal, is absent", cure="Export the spectrum again")
    points, width_hz, larmor = (header.get(name) for name in ("DataPointColumns", "SpectralWidth", "TransmitterFrequency"))
    if isinstance(larmor, (list, pydicom.multival.MultiValue)):
        larmor = larmor[0]
    fid = _complex(header[0x5600, 0x0020].value).conj()
    points = fid.size if points is None else int(points)
    if points < 1 or fid.size % points:
        raise InputError(f"the header declares {points} points, but {fid.size} are there", cure="Export the file again")
    return Recording(
        fid=with_axes(fid.reshape(-1, points)),
        larmor_mhz=None if larmor is None else float(larmor),
        carrier_ppm=CARRIER_PPM,
        dwell_s=None if not width_hz else 1.0 / float(width_hz),
        echo_time_s=_seconds(_nested(header, "EffectiveEchoTime") or _nested(header, "EchoTime")),
        vendor="Siemens",
        notes=(ASSUMED,),
    )


def _nested(header, keyword: str):
    """Value of the first element `keyword` in the data set or in any of its sequences."""
    return next((element.value for element in header.iterall() if element.keyword == keyword), None)


def _seconds(milliseconds) -> float | None:
    return float(milliseconds) * 1e-3 if milliseconds not in (None, "") and float(milliseconds) > 0 else None


def _complex(raw: bytes) -> np.ndarray:
    """Little-endian float32, real and imaginary interleaved."""
    if len(raw) % 8 or len(raw) > LARGEST:
        raise InputError(
            f"the signal has {len(raw)} bytes, not a whole number of complex samples", cure="Export the file again"
        )
    return np.frombuffer(raw, "<f4").view("<c8")


def _first(tags: dict, name: str, default=None):
    items = tags.get(name, {}).get("items") or []
    return items[0] if items and items[0] != "" else default


def read_rda(path: Path) -> Recording:
    """Read one single-voxel `.rda` file: a text header between two marks, then little-endian double pairs."""
    raw = path.read_bytes()
    end = raw.find(RDA_END)
    if not raw.startswith(RDA_BEGIN) or end < 0:
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
    start = end + len(RDA_END)
    start += 2 if raw[start : start + 2] == b"\r\n" else 1
    points = int(_number(header, "VectorSize"))
    if len(raw) - start != 16 * points:
        raise InputError(f"the header declares {points} points, but {(len(raw) - start) / 16:g} are there",
                         cure="The file is truncated or damaged: export it again")  # fmt: skip
    return Recording(
        fid=with_axes(np.frombuffer(raw, "<c16", points, start)),
        larmor_mhz=_number(header, "MRFrequency"),
        carrier_ppm=CARRIER_PPM,
        dwell_s=_number(header, "DwellTime") * 1e-6,
        echo_time_s=_number(header, "TE", 0.0) * 1e-3 or None,
        vendor="Siemens",
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
