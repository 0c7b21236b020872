"""GE P-files (`P12345.7`): spec2nii where it reads them, else frames read here from the offsets of their header.

The frames of one coil follow each other, a baseline frame before them (per echo, which for edited scans is per edit state); the
first of them are unsuppressed water, as many as the header's user variable 19 says. Offsets of the header's fields are
spec2nii's table; samples are integers in the package's sense (checked on the side of water that metabolites lie on).
"""

import ctypes
from pathlib import Path

import numpy as np
from spec2nii.GE.ge_hdr_fields import get_pfile_hdr_fields
from spec2nii.GE.ge_pfile import UnsupportedPulseSequenceError
from spec2nii.GE.ge_pfile import read_pfile as convert
from spec2nii.GE.ge_read_pfile import UnknownPfile

from mrsgap.core.errors import InputError
from mrsgap.core.recording import LARGEST, Recording, Water
from mrsgap.measured.nifti import from_image

# ASSUME: GE puts 0 Hz on water at 4.68 ppm (37 degrees, as its own software and Gannet do); the manifest can say otherwise.
CARRIER_PPM = 4.68
ASSUMED = f"carrier assumed at {CARRIER_PPM:.2f} ppm (GE, on water)"
# Bytes before the signal by revision, where the header does not say them (rdbm.h of these software lines).
HEADER_BYTES = {7: 39984, 8: 60464, 9: 61464, 10: 66072, 11: 66072}
READ_BY_SPEC2NII = 12.0  # from this revision on
# What spec2nii raises for a pulse sequence or a header that it has no reading of.
UNREAD = (
    UnknownPfile,
    UnsupportedPulseSequenceError,
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ZeroDivisionError,
)
CURE = "Copy the file again, or convert it to NIfTI-MRS with spec2nii"


def read_ge(path: Path) -> Recording:
    """Read one single-voxel P-file; water frames become its reference. `InputError` names what of the header is impossible."""
    raw = path.read_bytes()
    if len(raw) < min(HEADER_BYTES.values()):
        raise InputError(f"{len(raw)} bytes are no P-file", cure=CURE)
    revision, order = _revision(raw)
    if revision >= READ_BY_SPEC2NII:
        try:
            return _by_spec2nii(path)
        except UNREAD as error:  # a sequence it does not know; its frames may still be read
            recording = _by_offsets(raw, revision, order)
            return recording.noted(f"read from the header's offsets, since spec2nii does not read it ({error})"[:200])
    return _by_offsets(raw, revision, order)


def _revision(raw: bytes) -> tuple[float, str]:
    """Revision of the header and the byte order that gives a sensible one."""
    for order in "<>":
        revision = float(np.frombuffer(raw, f"{order}f4", 1)[0])
        if 5 <= revision < 100:
            return revision, order
    raise InputError("the first four bytes are no revision of a P-file header", cure=CURE)


def _by_spec2nii(path: Path) -> Recording:
    images, names = convert(path, "x")
    parts = dict(zip(names, images))
    spectrum = parts.get("x", parts.get("x_edited"))
    if spectrum is None:
        raise InputError(f"spec2nii gives {', '.join(names)} of it, none of which is the spectrum", cure=CURE)
    recording = from_image(spectrum)
    references = [from_image(image) for name, image in parts.items() if image is not spectrum and "short" not in name]
    notes = tuple(note for note in recording.notes if not note.startswith("carrier"))
    water = None
    if references:
        frames = np.concatenate([state for reference in references for state in reference.fid], axis=1)
        water = Water(frames, "the reference frames of the file")
    return Recording(
        **{**recording.__dict__, "water": water, "vendor": "GE", "carrier_ppm": CARRIER_PPM, "notes": (ASSUMED, *notes)}
    )


def _by_offsets(raw: bytes, revision: float, order: str) -> Recording:
    header = _header(raw, revision, order)
    points, size = int(header.rhr_rh_frame_size), int(header.rhr_rh_point_size)
    coils = _coils(header)
    echoes = max(1, int(header.rhi_numecho))
    pass_bytes = int(header.rhr_rh_raw_pass_size)
    if size not in (2, 4) or not 64 <= points <= 2**16 or not 0 < pass_bytes <= LARGEST or coils > 128:
        raise InputError(
            f"the header declares {points} points of {size} bytes from {coils} coils in {pass_bytes} bytes", cure=CURE
        )
    start = int(getattr(header, "rhr_rdb_hdr_off_data", 0)) or HEADER_BYTES.get(int(revision), 0)
    if not start or len(raw) < start + pass_bytes:
        raise InputError(
            f"the header declares {pass_bytes} bytes of signal from byte {start} on, but the file has {len(raw)}",
            cure="The file is truncated: copy it again",
        )
    frames = pass_bytes // (2 * size * points * coils * echoes)
    if frames < 2:
        raise InputError(f"the header leaves room for {frames} frames", cure=CURE)
    numbers = np.frombuffer(raw, f"{order}i{size}", 2 * points * coils * echoes * frames, start).astype(np.float32)
    signal = numbers.view(np.complex64).reshape(coils, echoes, frames, points)
    signal = np.swapaxes(signal, 0, 1)[:, :, 1:]  # (echo, coil, frame, time) less the baseline frame
    averages = float(header.rhi_nex) or 1.0
    if np.ceil(averages) * echoes <= 1:  # single excitations alternate in sign
        signal = signal * np.where(np.arange(frames - 1) % 2, -1, 1)[:, None]
    references = int(header.rhr_rh_user19) if 0 < header.rhr_rh_user19 < frames - 1 else 0
    water = signal[:, :, :references]
    source = f"frames 1 to {references} of the file"
    return Recording(
        fid=signal[:, :, references:].astype(np.complex64),
        states=(None,) * echoes,
        water=Water(np.concatenate(list(water), axis=1).astype(np.complex64), source) if references else None,
        larmor_mhz=float(header.rhr_rh_ps_mps_freq) * 1e-7,
        carrier_ppm=CARRIER_PPM,
        dwell_s=1.0 / float(header.rhr_spectral_width) if header.rhr_spectral_width > 0 else None,
        echo_time_s=float(header.rhi_te) * 1e-6 or None,
        repetition_time_s=float(header.rhi_tr) * 1e-6 or None,
        field_tesla=float(header.rhe_magstrength) * 1e-4 or None,
        vendor="GE",
        notes=(ASSUMED,),
    )


def _header(raw: bytes, revision: float, order: str):
    kind = ctypes.LittleEndianStructure if order == "<" else ctypes.BigEndianStructure
    fields = get_pfile_hdr_fields(revision)
    if not any(name == "rhr_rh_frame_size" for name, _ in fields or ()):
        raise InputError(f"revision {revision:g} of the P-file header is not known", cure=CURE)
    header = type("Header", (kind,), {"_pack_": 1, "_fields_": fields})
    if ctypes.sizeof(header) > len(raw):
        raise InputError(f"the file has {len(raw)} bytes, its header alone {ctypes.sizeof(header)}", cure=CURE)
    return header.from_buffer_copy(raw)


def _coils(header) -> int:
    """Receivers of the four data acquisition boards."""
    bounds = [[int(getattr(header, f"rhr_rh_dab[{board}]_{end}_rcv")) for end in ("start", "stop")] for board in range(4)]
    return max(1, sum(stop - start + 1 for start, stop in bounds if (start or stop) and stop >= start))
