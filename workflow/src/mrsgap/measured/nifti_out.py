"""NIfTI-MRS written: an edited pair for the stand-ins, and a recording at any stage with its provenance."""

import gzip
import io
from collections.abc import Mapping
from pathlib import Path

import nibabel
import numpy as np
from nifti_mrs.create_nmrs import gen_nifti_mrs_hdr_ext
from nifti_mrs.hdr_ext import Hdr_Ext

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import OFF, ON
from mrsgap.core.recording import Recording, Step, Water
from mrsgap.measured.header_states import BOTH_PULSES, FAR_PPM, GABA_ON_PPM, GABA_PULSE, GSH_ON_PPM, GSH_PULSE

PROGRAM = "mrsgap"


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
    _write(path, np.asarray(fid, np.complex64).T[None, None, None], acquisition, extension)  # (x, y, z, time, edit)


def write_recording(path, recording: Recording, version: str) -> None:
    """Write a recording (state, coil, transient, time) at whatever stage it is; `version` is that of this package.

    Dimensions of length one are left out. Edit states are named with their pulses, rows that are absent are listed, and what
    was done is under `ProcessingApplied`, earlier programs' steps first. The bytes depend on nothing else.

    >>> line = np.exp(-np.arange(128) / 30 + 0.3j * np.arange(128)) + 0j
    >>> scan = dict(larmor_mhz=123.2, carrier_ppm=4.65, dwell_s=5e-4, steps=(Step("RF coil combination", "whitened SVD"),))
    >>> write_recording("combined.nii.gz", Recording(np.tile(line, (2, 1, 3, 1)), ("off", "on"), **scan), version="1.0")
    >>> from mrsgap.measured.formats import read_recording
    >>> again = read_recording("combined.nii.gz")
    >>> again.fid.shape, again.states, again.steps[0].method
    ((2, 1, 3, 128), ('off', 'on'), 'RF coil combination')
    """
    extension = _extension(recording, suppressed=True)
    lengths = recording.fid.shape[:3]
    kept = [axis for axis, length in enumerate(lengths) if length > 1]
    for place, axis in enumerate(kept):
        extension.set_dim_info(place, **_dimension(axis, recording))
    if None not in recording.states and lengths[0] == 1:
        extension.set_standard_def("EditCondition", [str(recording.states[0]).upper()])
    pulses = {str(state).upper(): {"PulseOffset": value} for state, value in _pulses(recording).items()}
    if pulses:
        extension.set_standard_def("EditPulse", pulses)
    if recording.steps:
        extension.set_standard_def("ProcessingApplied", _provenance(recording.steps, version))
    if recording.synthetic:
        extension.set_user_def(key="Synthetic", value=True, doc="Signal is simulated")
    if recording.present is not None and not recording.present.all():
        extension.set_user_def(
            key="RowsPresent", value=recording.present.astype(int).tolist(), doc="1 where a row holds signal"
        )
    values = np.moveaxis(recording.fid, -1, 0)  # (time, state, coil, transient)
    values = values.reshape(values.shape[0], *[length for length in lengths if length > 1])
    _write(path, values[None, None, None].astype(np.complex64), recording.acquisition, extension)


def write_water(path, water: Water, version: str, steps: tuple[Step, ...] = ()) -> None:
    """Write a water reference (coil, transient, time) as a file of its own, marked as unsuppressed."""
    numbers = {
        name: getattr(water, name) for name in ("larmor_mhz", "carrier_ppm", "dwell_s", "echo_time_s", "repetition_time_s")
    }
    recording = Recording(water.fid[None], (None,), steps=steps, **numbers)
    extension = _extension(recording, suppressed=False)
    lengths = water.fid.shape[:2]
    for place, axis in enumerate(axis for axis, length in enumerate(lengths) if length > 1):
        extension.set_dim_info(place, **_dimension(axis + 1, recording))
    if steps:
        extension.set_standard_def("ProcessingApplied", _provenance(steps, version))
    values = np.moveaxis(water.fid, -1, 0).reshape(water.fid.shape[-1], *[length for length in lengths if length > 1])
    _write(path, values[None, None, None].astype(np.complex64), water.acquisition, extension)


def _extension(recording: Recording, suppressed: bool) -> Hdr_Ext:
    extension = Hdr_Ext(float(recording.larmor_mhz), "1H")
    standard: Mapping = {
        "SpecFreqChemShift": recording.carrier_ppm,
        "EchoTime": recording.echo_time_s,
        "RepetitionTime": recording.repetition_time_s,
        "Manufacturer": recording.vendor or None,
        "WaterSuppressed": suppressed,
    }
    for name, value in standard.items():
        if value is not None:
            extension.set_standard_def(name, value)
    return extension


def _dimension(axis: int, recording: Recording) -> dict:
    if axis == 0:
        names = None if None in recording.states else {"EditCondition": [state.upper() for state in recording.states]}
        return {"tag": "DIM_EDIT", "info": "edit condition", "hdr": names}
    return {"tag": "DIM_COIL" if axis == 1 else "DIM_DYN"}


def _pulses(recording: Recording) -> dict[str, float | list[float]]:
    """Editing frequencies in ppm of every named state, as far as they are known."""
    four = {BOTH_PULSES: [GABA_ON_PPM, GSH_ON_PPM], GABA_PULSE: GABA_ON_PPM, GSH_PULSE: GSH_ON_PPM, OFF: FAR_PPM}
    if set(recording.states) == set(four):
        return four
    known = {OFF: recording.edit_off_ppm, ON: recording.edit_on_ppm}
    return {state: known[state] for state in recording.states if known.get(state) is not None}


def _provenance(steps: tuple[Step, ...], version: str) -> list[dict]:
    made_by = [(step.program, step.version) if step.program else (PROGRAM, version) for step in steps]
    return [
        {"Program": program, "Version": number, "Method": step.method, "Details": step.details}
        for step, (program, number) in zip(steps, made_by)
    ]


def _write(path, values: np.ndarray, acquisition: Acquisition, extension: Hdr_Ext) -> None:
    """Pack an image (x, y, z, time, ...) so that the same numbers give the same bytes."""
    image = gen_nifti_mrs_hdr_ext(values, acquisition.dwell_s, extension, no_conj=True)
    plain = io.BytesIO()
    raw = nibabel.Nifti2Image(values, image.image.nibImage.affine, header=image.header)
    raw.to_file_map({"image": nibabel.FileHolder(fileobj=plain), "header": nibabel.FileHolder(fileobj=plain)})
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as target, gzip.GzipFile(filename="", fileobj=target, mode="wb", mtime=0) as packed:
        packed.write(plain.getvalue())
