"""DICOM spectra: Siemens `.IMA` of the syngo VA to VE line, enhanced MR Spectroscopy of Siemens XA and Philips, older Philips.

Sense: VA to VE store the package's sense, all others its conjugate (spec2nii, Clarke, dicomfunctions.py and philips_dcm.py;
checked on NAA at 2.01 ppm). Philips says of each frame whether it is water, and of those of an edited scan
whether it is edit-on.
"""

import warnings
from pathlib import Path

import numpy as np
import pydicom

from mrsgap.core.constants import CONVENTIONAL_CARRIER_PPM
from mrsgap.core.errors import InputError
from mrsgap.core.names import OFF, ON
from mrsgap.core.recording import LARGEST, Recording, Water, with_axes
from mrsgap.measured.header_states import state_in_words, vendor_in_words

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its readers of DICOM images are experimental; the CSA header is all that is used here
    from nibabel.nicom import csareader

# ASSUME: Siemens puts 0 Hz on water, and water at 4.70 ppm as the study does (study.md 8.2); the manifest can say otherwise.
SIEMENS_CARRIER_PPM = 4.70
SIEMENS_ASSUMED = f"carrier assumed at {SIEMENS_CARRIER_PPM:.2f} ppm (Siemens, on water)"
CARRIER_RANGE_PPM = (4.0, 5.5)  # a chemical shift reference outside it is not that of a carrier on water
ENHANCED, OLD_PHILIPS = "1.2.840.10008.5.1.4.1.1.4.2", "1.3.46.670589.11.0.0.12.1"
SIEMENS_SIGNAL, SIGNAL, OLD_PHILIPS_SIGNAL = (0x7FE1, 0x1010), (0x5600, 0x0020), (0x2005, 0x1270)
FRAMES, IS_WATER, IS_ON = (0x2005, 0x140F), (0x2005, 0x1304), (0x2005, 0x1598)  # Philips, one entry per frame
TOLD_BY = ("ImageComments", "SeriesDescription", "ProtocolName")  # the first that names one edit state


def read_dicom(path: Path) -> Recording:
    """Read one single-voxel spectrum; `InputError` names a missing tag."""
    header = pydicom.dcmread(path, force=True)
    kind = str(header.get("SOPClassUID", ""))
    if SIGNAL in header:
        return _read_enhanced(header)
    if OLD_PHILIPS_SIGNAL in header and (kind == OLD_PHILIPS or SIEMENS_SIGNAL not in header):
        return _read_old_philips(header)
    if SIEMENS_SIGNAL in header:
        return _read_siemens(header)
    if not len(header):
        raise InputError("no DICOM element can be read", cure="The file is damaged or no DICOM: export it again")
    element = "5600,0020" if kind == ENHANCED else "7fe1,1010"
    cure = "Export the spectrum, not an image; anonymisers that drop private tags drop the signal"
    raise InputError(f"the DICOM element ({element}), which holds the signal, is absent", cure=cure)


def _read_siemens(header) -> Recording:
    tags = (csareader.get_csa_header(header, "image") or {}).get("tags", {})
    voxels = [_first(tags, name, 1) for name in ("Rows", "Columns", "NumberOfFrames")]
    if any(int(count) > 1 for count in voxels):
        raise InputError(f"the file holds {voxels} voxels", cure="Only single-voxel spectra can be read")
    dwell_ns, larmor_mhz = _first(tags, "RealDwellTime"), _first(tags, "ImagingFrequency")
    fid = _complex(header[SIEMENS_SIGNAL].value)
    declared = _first(tags, "DataPointColumns") or _first(tags, "SpectroscopyAcquisitionDataColumns")
    if declared is not None and int(declared) != fid.size:
        raise InputError(f"the header declares {int(declared)} points, but {fid.size} are there", cure="Export the file again")
    return Recording(
        fid=with_axes(fid),
        larmor_mhz=None if larmor_mhz is None else float(larmor_mhz),
        carrier_ppm=SIEMENS_CARRIER_PPM,
        dwell_s=None if dwell_ns is None else float(dwell_ns) * 1e-9,
        echo_time_s=_seconds(_first(tags, "EchoTime") or header.get("EchoTime")),
        repetition_time_s=_seconds(_first(tags, "RepetitionTime") or header.get("RepetitionTime")),
        field_tesla=_number(_first(tags, "MagneticFieldStrength")),
        vendor="Siemens",
        notes=(SIEMENS_ASSUMED,),
        **_state(header, _first(tags, "ImageComments", "")),
    )


def _read_enhanced(header) -> Recording:
    """MR Spectroscopy Storage: frames of `DataPointColumns` samples, conjugate of the package's sense."""
    points, width_hz = header.get("DataPointColumns"), _number(header.get("SpectralWidth"))
    voxels = [int(header.get(name) or 1) for name in ("Rows", "Columns")]
    if any(count > 1 for count in voxels):
        raise InputError(f"the file holds {voxels[0]} x {voxels[1]} voxels", cure="Only single-voxel spectra can be read")
    nucleus = str(header.get("ResonantNucleus") or "1H")
    if nucleus not in ("1H", ""):
        raise InputError(f"the nucleus is {nucleus}, not 1H", cure="Only proton spectra can be read")
    fid = _complex(header[SIGNAL].value).conj()
    points = fid.size if points is None else int(points)
    if points < 1 or fid.size % points:
        raise InputError(f"the header declares {points} points, but {fid.size} are there", cure="Export the file again")
    vendor = vendor_in_words(str(header.get("Manufacturer") or ""))
    frames = fid.reshape(-1, points)
    declared = header.get("NumberOfFrames")
    if declared is not None and int(declared) != len(frames) and int(declared) > 1:
        raise InputError(
            f"the header declares {int(declared)} frames, but {len(frames)} are there", cure="Export the file again"
        )
    carrier_ppm, note = _carrier(header, vendor)
    recording = Recording(
        fid=with_axes(frames),
        larmor_mhz=_number(header.get("TransmitterFrequency")),
        carrier_ppm=carrier_ppm,
        dwell_s=None if not width_hz else 1.0 / width_hz,
        echo_time_s=_seconds(_nested(header, "EffectiveEchoTime") or _nested(header, "EchoTime")),
        repetition_time_s=_seconds(_nested(header, "RepetitionTime")),
        field_tesla=_number(header.get("MagneticFieldStrength")),
        vendor=vendor,
        notes=(note,),
        **_state(header),
    )
    return _frames_by_header(recording, header) if FRAMES in header else recording


def _frames_by_header(recording: Recording, header) -> Recording:
    """Frames told apart by what Philips writes of each: water or spectrum, edit-on or edit-off."""
    entries = list(header[FRAMES].value)
    frames = recording.fid[0, 0]
    if len(entries) != len(frames):
        return recording
    water = np.array([bool(int(_private(entry, IS_WATER, 0) or 0)) for entry in entries])
    if water.all():
        return recording
    edits = [str(_private(entry, IS_ON, "")) for entry in entries]
    fid, states, present, source = with_axes(frames[~water]), recording.states, None, recording.state_source
    members = [[index for index, word in enumerate(edits) if word == mark and not water[index]] for mark in ("0", "1")]
    if all(members):
        longest = max(map(len, members))
        fid = np.zeros((2, 1, longest, frames.shape[-1]), frames.dtype)
        present = np.zeros((2, longest), bool)
        for state, indices in enumerate(members):
            fid[state, 0, : len(indices)], present[state, : len(indices)] = frames[indices], True
        states, source = (OFF, ON), "(2005,1598)"
    reference = None
    if water.any():
        places = ", ".join(str(index + 1) for index in np.flatnonzero(water)[:8])
        reference = Water(frames[water][None], f"frame {places} of the file")
    return Recording(
        **{
            **recording.__dict__,
            "fid": fid,
            "states": states,
            "state_source": source,
            "present": None if present is None or present.all() else present,
            "water": reference,
        }
    )


def _read_old_philips(header) -> Recording:
    """Philips' private MR Spectrum storage: one signal in (2005,1270), its width in (2005,1357)."""
    width_hz = _number(header[0x2005, 0x1357].value if (0x2005, 0x1357) in header else None)
    larmor_mhz = _number(header[0x2001, 0x1083].value if (0x2001, 0x1083) in header else header.get("ImagingFrequency"))
    return Recording(
        fid=with_axes(_complex(header[OLD_PHILIPS_SIGNAL].value).conj()),
        larmor_mhz=larmor_mhz,
        carrier_ppm=CONVENTIONAL_CARRIER_PPM,
        dwell_s=None if not width_hz else 1.0 / width_hz,
        echo_time_s=_seconds(_nested(header, "EffectiveEchoTime") or _nested(header, "EchoTime")),
        repetition_time_s=_seconds(_nested(header, "RepetitionTime")),
        vendor="Philips",
        notes=(f"carrier assumed at {CONVENTIONAL_CARRIER_PPM:.2f} ppm (Philips, on water)",),
        **_state(header),
    )


def _carrier(header, vendor: str) -> tuple[float, str]:
    """The carrier's chemical shift and who says so."""
    if vendor == "Siemens":
        return SIEMENS_CARRIER_PPM, SIEMENS_ASSUMED
    reference = header.get("ChemicalShiftReference")
    reference = _number(reference[0] if isinstance(reference, pydicom.multival.MultiValue) else reference)
    if reference and CARRIER_RANGE_PPM[0] <= reference <= CARRIER_RANGE_PPM[1]:
        return reference, f"carrier at {reference:.2f} ppm (ChemicalShiftReference)"
    if not vendor:
        return SIEMENS_CARRIER_PPM, SIEMENS_ASSUMED.replace("Siemens", "no maker named")
    return CONVENTIONAL_CARRIER_PPM, f"carrier assumed at {CONVENTIONAL_CARRIER_PPM:.2f} ppm ({vendor}, on water)"


def _state(header, comments: str = "") -> dict:
    """Edit state of a file's signal and which element says it, as fields of a recording."""
    texts = {"ImageComments": comments or str(header.get("ImageComments") or "")}
    texts |= {name: str(header.get(name) or "") for name in TOLD_BY[1:]}
    for name, text in texts.items():
        state = state_in_words(text)
        if state:
            return {"states": (state,), "state_source": f"{name} {text!r}"}
    return {}


def _nested(header, keyword: str):
    """Value of the first element `keyword` in the data set or in any of its sequences."""
    return next((element.value for element in header.iterall() if element.keyword == keyword), None)


def _private(entry, tag: tuple[int, int], default):
    return entry[tag].value if tag in entry else default


def _number(value) -> float | None:
    """A number > 0 of an element, the first of several; None where it is none."""
    if isinstance(value, (list, pydicom.multival.MultiValue)):
        value = value[0] if len(value) else None
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None


def _seconds(milliseconds) -> float | None:
    number = _number(milliseconds)
    return None if number is None else number * 1e-3


def _complex(raw: bytes) -> np.ndarray:
    """Little-endian float32, real and imaginary interleaved."""
    if raw is None or len(raw) % 8 or len(raw) > LARGEST:
        size = 0 if raw is None else len(raw)
        raise InputError(f"the signal has {size} bytes, not a whole number of complex samples", cure="Export the file again")
    return np.frombuffer(raw, "<f4").view("<c8")


def _first(tags: dict, name: str, default=None):
    items = tags.get(name, {}).get("items") or []
    return items[0] if items and items[0] != "" else default
