"""NIfTI-MRS (Clarke et al., Magn. Reson. Med. 2022, 88, 2358), read and written: header extension, edit dimension, transients.

The format's sense is the package's, so the stored numbers are used as they are.
"""

import gzip
import io
import struct
from pathlib import Path

import nibabel
import numpy as np
from nibabel.imageglobals import LoggingOutputSuppressor
from nifti_mrs.create_nmrs import gen_nifti_mrs_hdr_ext
from nifti_mrs.hdr_ext import Hdr_Ext
from nifti_mrs.nifti_mrs import NIFTI_MRS

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.constants import CONVENTIONAL_CARRIER_PPM
from mrsgap.core.errors import InputError
from mrsgap.core.names import OFF, ON
from mrsgap.core.recording import LARGEST, Recording

TRANSIENTS = ("DIM_DYN", "DIM_MEAS", "DIM_PHASE_CYCLE")
ON_PULSE_PPM = (1.5, 2.3)  # an editing pulse in this range acts on the GABA protons at 1.9 ppm


def read_nifti(path: Path) -> Recording:
    """Read one NIfTI-MRS file: one voxel, coils combined, proton; at most one edit dimension of two states."""
    with LoggingOutputSuppressor():  # nibabel writes its doubts to standard error
        return from_image(NIFTI_MRS(_load(path)))


def _load(path: Path):
    """The image in a file, packed or not. Unpacked to the end, which alone compares the checksum: nibabel stops before it."""
    with gzip.open(path) if path.name.lower().endswith(".gz") else open(path, "rb") as stream:
        raw = stream.read(LARGEST)
        if stream.read(1):
            raise InputError(f"the file unpacks to more than {LARGEST} bytes", cure="Extract one voxel and the states needed")
    kind = nibabel.Nifti2Image if 540 in struct.unpack("<i", raw[:4]) + struct.unpack(">i", raw[:4]) else nibabel.Nifti1Image
    return kind.from_bytes(raw)


def from_image(image: NIFTI_MRS) -> Recording:
    """The recording in a `NIFTI_MRS` object; `InputError` for several voxels, coils, nuclei or unknown dimensions."""
    header = image.hdr_ext.to_dict()
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
    fid, states = _order(signal, list(image.dim_tags), header)
    assumed = "SpecFreqChemShift" not in header
    return Recording(
        fid=fid[:, None],
        states=states,
        larmor_mhz=float(image.spectrometer_frequency[0]),
        carrier_ppm=(CONVENTIONAL_CARRIER_PPM if assumed else float(header["SpecFreqChemShift"])) + float(image.RxOffset),
        dwell_s=float(image.dwelltime),
        echo_time_s=_number(header, "EchoTime"),
        **_editing(header),
        synthetic=_is_synthetic(header),
        notes=(f"carrier assumed at {CONVENTIONAL_CARRIER_PPM} ppm (no SpecFreqChemShift)",) if assumed else (),
    )


def _order(signal, tags, header) -> tuple[np.ndarray, tuple]:
    """(state, transient, time) and the states, from a signal (time, tagged dimensions)."""
    edit_axis, kept = None, []
    for axis in range(1, signal.ndim):
        tag, size = tags[axis - 1] if axis <= len(tags) else None, signal.shape[axis]
        if size == 1:
            continue
        if tag == "DIM_COIL":
            raise InputError(f"the {size} receiver coils are not combined", cure="Combine them first (FSL-MRS, Osprey, Gannet)")
        if tag == "DIM_EDIT":
            edit_axis = axis
        elif tag in TRANSIENTS:
            kept.append(axis)
        else:
            cure = f"Tags understood are DIM_EDIT, {', '.join(TRANSIENTS)}: correct the header"
            raise InputError(f"dimension {axis + 4} has {size} entries and the tag {tag}", cure=cure)
    if edit_axis is None:
        moved = signal.reshape(signal.shape[0], 1, -1)
        return np.moveaxis(moved, 0, -1), (_state_of_pulse(_single_pulse(header)),)
    if signal.shape[edit_axis] != 2:
        cure = "Only two-state editing (MEGA-PRESS) can be read: extract one pair"
        raise InputError(f"the edit dimension has {signal.shape[edit_axis]} states", cure=cure)
    moved = np.moveaxis(signal, edit_axis, 1).reshape(signal.shape[0], 2, -1)
    return np.moveaxis(moved, 0, -1), _states(header, edit_axis + 4)


def _states(header: dict, dimension: int) -> tuple:
    """Edit states of the two entries, from the condition names or the editing pulses; (None, None) where neither tells."""
    conditions = (header.get(f"dim_{dimension}_header") or {}).get("EditCondition")
    if not isinstance(conditions, list) or len(conditions) != 2:
        return (None, None)
    named = tuple(str(condition).strip().lower() for condition in conditions)
    named = tuple({"edit_off": OFF, "edit_on": ON}.get(name, name) for name in named)
    if set(named) == {OFF, ON}:
        return named
    pulses = header.get("EditPulse")
    if not isinstance(pulses, dict):
        return (None, None)
    states = tuple(_state_of_pulse(pulses.get(str(condition))) for condition in conditions)
    return states if set(states) == {OFF, ON} else (None, None)


def _editing(header: dict) -> dict[str, float]:
    """Editing frequencies of the states that the header names, each where one pulse says it."""
    pulses = header.get("EditPulse")
    frequencies_ppm = {}
    for pulse in pulses.values() if isinstance(pulses, dict) else ():
        state = _state_of_pulse(pulse)
        offset = pulse["PulseOffset"] if state else None
        offset = offset[0] if isinstance(offset, list) and len(offset) == 1 else offset
        if isinstance(offset, (int, float)):
            frequencies_ppm[f"edit_{state}_ppm"] = float(offset)
    return frequencies_ppm


def _number(header: dict, name: str) -> float | None:
    value = header.get(name)
    return float(value) if isinstance(value, (int, float)) and value > 0 else None


def _single_pulse(header: dict):
    pulses = header.get("EditPulse")
    return next(iter(pulses.values())) if isinstance(pulses, dict) and len(pulses) == 1 else None


def _state_of_pulse(pulse) -> str | None:
    """State of one `EditPulse` entry: on if a pulse acts near 1.9 ppm."""
    if not isinstance(pulse, dict) or "PulseOffset" not in pulse:
        return None
    offset = pulse["PulseOffset"]
    offsets = offset if isinstance(offset, list) else [offset]
    if not offsets or not all(isinstance(value, (int, float)) for value in offsets):
        return None
    return ON if any(ON_PULSE_PPM[0] <= value <= ON_PULSE_PPM[1] for value in offsets) else OFF


def _is_synthetic(header: dict) -> bool:
    """Whether the file says that its signal is simulated."""
    mark = header.get("Synthetic")
    return bool(mark.get("Value") if isinstance(mark, dict) else mark)


def write_nifti(path, fid, acquisition: Acquisition, header: dict, *, edit_pulse_ppm: tuple[float, float], user: dict) -> None:
    """Write `fid` complex (edit, time), edit-off first, as one voxel with a DIM_EDIT dimension.

    `header` holds standard NIfTI-MRS fields, `user` further fields as name: (value, description). The bytes depend on nothing
    else: no time of writing is recorded.
    """
    extension = Hdr_Ext(acquisition.larmor_mhz, "1H")
    for name, value in header.items():
        extension.set_standard_def(name, value)
    extension.set_standard_def("SpecFreqChemShift", acquisition.carrier_ppm)
    off_ppm, on_ppm = edit_pulse_ppm
    extension.set_standard_def("EditPulse", {"OFF": {"PulseOffset": off_ppm}, "ON": {"PulseOffset": on_ppm}})
    extension.set_dim_info(0, "DIM_EDIT", info="MEGA-PRESS edit condition", hdr={"EditCondition": ["OFF", "ON"]})
    for name, (value, description) in user.items():
        extension.set_user_def(key=name, value=value, doc=description)
    values = np.asarray(fid, np.complex64).T[None, None, None]  # (x, y, z, time, edit)
    image = gen_nifti_mrs_hdr_ext(values, acquisition.dwell_s, extension, no_conj=True)
    plain = io.BytesIO()
    raw = nibabel.Nifti2Image(values, image.image.nibImage.affine, header=image.header)
    raw.to_file_map({"image": nibabel.FileHolder(fileobj=plain), "header": nibabel.FileHolder(fileobj=plain)})
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as target, gzip.GzipFile(filename="", fileobj=target, mode="wb", mtime=0) as packed:
        packed.write(plain.getvalue())
