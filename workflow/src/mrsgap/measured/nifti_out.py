"""NIfTI-MRS written: an edited pair for the stand-ins, and a recording at any stage with its provenance."""

import gzip
import io
from pathlib import Path

import nibabel
import numpy as np
from nifti_mrs.create_nmrs import gen_nifti_mrs_hdr_ext
from nifti_mrs.hdr_ext import Hdr_Ext

from mrsgap.core.acquisition import Acquisition


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


def _write(path, values: np.ndarray, acquisition: Acquisition, extension: Hdr_Ext) -> None:
    """Pack an image (x, y, z, time, ...) so that the same numbers give the same bytes."""
    image = gen_nifti_mrs_hdr_ext(values, acquisition.dwell_s, extension, no_conj=True)
    plain = io.BytesIO()
    raw = nibabel.Nifti2Image(values, image.image.nibImage.affine, header=image.header)
    raw.to_file_map({"image": nibabel.FileHolder(fileobj=plain), "header": nibabel.FileHolder(fileobj=plain)})
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as target, gzip.GzipFile(filename="", fileobj=target, mode="wb", mtime=0) as packed:
        packed.write(plain.getvalue())
