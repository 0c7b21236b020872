"""NIfTI-MRS (Clarke et al., Magn. Reson. Med. 2022, 88, 2358), read: header extension, coils, edit states, transients.

The format's sense is the package's, so the stored numbers are used as they are. A BIDS sidecar beside the file fills what its
header extension leaves open.
"""

import gzip
import struct
from pathlib import Path

import nibabel
import numpy as np
from nibabel.imageglobals import LoggingOutputSuppressor
from nifti_mrs.nifti_mrs import NIFTI_MRS

from mrsgap.core.constants import CONVENTIONAL_CARRIER_PPM
from mrsgap.core.errors import InputError
from mrsgap.core.names import OFF, ON
from mrsgap.core.recording import LARGEST, Recording, Step
from mrsgap.measured.bids import sidecar
from mrsgap.measured.header_states import edit_frequencies, edit_states, single_state, vendor_in_words

COIL, EDIT = "DIM_COIL", "DIM_EDIT"
TRANSIENTS = ("DIM_DYN", "DIM_MEAS", "DIM_PHASE_CYCLE")
SEVERAL = (2, 4)  # states that an edit dimension can have: a pair, or the four of HERMES and HERCULES


def read_nifti(path: Path) -> Recording:
    """Read one NIfTI-MRS file: one voxel, proton; coils, edit states and transients in any order."""
    with LoggingOutputSuppressor():  # nibabel writes its doubts to standard error
        return from_image(NIFTI_MRS(_load(path)), sidecar(path))


def _load(path: Path):
    """The image in a file, packed or not. Unpacked to the end, which alone compares the checksum: nibabel stops before it."""
    with open(path, "rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed or path.name.lower().endswith(".gz") else open(path, "rb") as stream:
        raw = stream.read(LARGEST)
        if stream.read(1):
            raise InputError(f"the file unpacks to more than {LARGEST} bytes", cure="Extract one voxel and the states needed")
    if len(raw) < 348:
        raise InputError(f"{len(raw)} bytes are no NIfTI image", cure="Copy or export it again")
    kind = nibabel.Nifti2Image if 540 in struct.unpack("<i", raw[:4]) + struct.unpack(">i", raw[:4]) else nibabel.Nifti1Image
    return kind.from_bytes(raw)


def from_image(image: NIFTI_MRS, beside: dict | None = None) -> Recording:
    """The recording in a `NIFTI_MRS` object; `InputError` for several voxels, other nuclei or unknown dimensions."""
    header = {**(beside or {}), **image.hdr_ext.to_dict()}
    shape = tuple(image.shape)
    if 8 * np.prod(shape, dtype=float) > LARGEST:
        raise InputError(f"the header asks for {shape} samples", cure="The header is damaged: export the file again")
    if shape[:3] != (1, 1, 1):
        cure = "The order is x, y, z, time, then tagged dimensions; extract one voxel"
        raise InputError(f"the first three dimensions are {shape[:3]}, not one voxel", cure=cure)
    if image.nucleus[0] != "1H":
        raise InputError(f"the nucleus is {image.nucleus[0]}, not 1H", cure="Only proton spectra can be read")
    # NIFTI_MRS indexing conjugates (the sense of FSL-MRS); the underlying image does not.
    values = np.asarray(image.image[:])  # (1, 1, 1, time, dim 5, dim 6, dim 7)
    signal = values.reshape(values.shape[3:])
    if shape[3] < max(signal.shape):
        raise InputError(f"the fourth dimension, time, has {shape[3]} points but another has {max(signal.shape)}",
                         cure="The dimensions may be in another order: time comes fourth")  # fmt: skip
    fid, edit_dimension = _order(signal, list(image.dim_tags))
    if edit_dimension is None:
        states, source = (single_state(header),), "EditCondition, EditPulse"
    else:
        states, source = edit_states(header, edit_dimension, fid.shape[0])
    assumed = "SpecFreqChemShift" not in header
    on_off = {f"edit_{state}_ppm": value for state, value in edit_frequencies(header).items() if state in (OFF, ON)}
    return Recording(
        fid=fid,
        present=_present(header, fid),
        states=states,
        state_source="" if None in states else source,
        larmor_mhz=float(image.spectrometer_frequency[0]),
        carrier_ppm=(CONVENTIONAL_CARRIER_PPM if assumed else float(header["SpecFreqChemShift"])) + float(image.RxOffset),
        dwell_s=float(image.dwelltime),
        echo_time_s=_number(header, "EchoTime"),
        repetition_time_s=_number(header, "RepetitionTime"),
        **on_off,
        field_tesla=_number(header, "MagneticFieldStrength"),
        vendor=vendor_in_words(str(header.get("Manufacturer") or "")),
        synthetic=_is_synthetic(header),
        notes=(f"carrier assumed at {CONVENTIONAL_CARRIER_PPM} ppm (no SpecFreqChemShift)",) if assumed else (),
        steps=_steps(header),
    )


def _order(signal: np.ndarray, tags: list) -> tuple[np.ndarray, int | None]:
    """(state, coil, transient, time) and the number of the edit dimension, from a signal (time, tagged dimensions)."""
    axes: dict[str, int] = {}
    repeats = []
    for axis in range(1, signal.ndim):
        tag, size = tags[axis - 1] if axis <= len(tags) else None, signal.shape[axis]
        if tag in (COIL, EDIT) and tag not in axes:
            axes[tag] = axis
        elif tag in TRANSIENTS or size == 1:
            repeats.append(axis)
        else:
            cure = (
                f"Tags understood are {COIL}, {EDIT}, {', '.join(TRANSIENTS)}: where its entries are repeats of one spectrum, "
                "set the tag to DIM_DYN (nifti_mrs: set_dim_tag)"
            )
            raise InputError(f"dimension {axis + 4} has {size} entries and the tag {tag}", cure=cure)
    states = signal.shape[axes[EDIT]] if EDIT in axes else 1
    if states > 1 and states not in SEVERAL:
        cure = "Pairs (MEGA-PRESS) and four states (HERMES, HERCULES) can be read: extract one pair, or correct the tag"
        raise InputError(f"the edit dimension has {states} states", cure=cure)
    coils = signal.shape[axes[COIL]] if COIL in axes else 1
    leading = [axes[tag] for tag in (EDIT, COIL) if tag in axes]
    moved = np.transpose(signal, [*leading, *repeats, 0])
    edit_dimension = axes[EDIT] + 4 if EDIT in axes and states > 1 else None
    return moved.reshape(states, coils, -1, signal.shape[0]), edit_dimension


def _number(header: dict, name: str) -> float | None:
    value = header.get(name)
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
    return float(value) if good else None


def _is_synthetic(header: dict) -> bool:
    """Whether the file says that its signal is simulated."""
    mark = header.get("Synthetic")
    return bool(mark.get("Value") if isinstance(mark, dict) else mark)


def _present(header: dict, fid: np.ndarray) -> np.ndarray | None:
    """Rows that hold signal, where the file lists them."""
    rows = header.get("RowsPresent")
    rows = rows.get("Value") if isinstance(rows, dict) else rows
    present = np.array(rows, dtype=bool) if isinstance(rows, list) else np.zeros(0, bool)
    return present if present.shape == (fid.shape[0], fid.shape[2]) and present.any() else None


def _steps(header: dict) -> tuple[Step, ...]:
    """What the file says was done to it."""
    entries = header.get("ProcessingApplied")
    entries = entries if isinstance(entries, list) else []
    return tuple(
        Step(*(str(entry.get(name, "")) for name in ("Method", "Details", "Program", "Version")))
        for entry in entries
        if isinstance(entry, dict)
    )
