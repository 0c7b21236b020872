"""Siemens twix raw data (`meas_*.dat`), mapped by mapVBVD.

Twix stores the conjugate of the package's sense (spec2nii, Clarke, twixfunctions.py).
"""

from pathlib import Path

import numpy as np
from mapvbvd import mapVBVD

from mrsgap.core.errors import InputError
from mrsgap.measured.recording import LARGEST, Recording
from mrsgap.measured.siemens_dicom import ASSUMED, CARRIER_PPM
from mrsgap.measured.twix_scans import check_scans

# Loop counters that count repetitions of one spectrum; `Eco` counts edit states (spec2nii's assignment).
TRANSIENTS, EDIT = ("Ave", "Set", "Rep", "Ida", "Idb"), "Eco"


def read_twix(path: Path) -> Recording:
    """Read the last measurement of a twix file with one receiver channel; `InputError` where coils are not combined.

    The edit states of the `Eco` counter are not named in the file: the manifest's `edit_order` names them.
    """
    if not check_scans(path):
        raise InputError("the file holds no scans", cure="Export the measurement, not an adjustment; copy the whole file")
    mapped = mapVBVD(str(path), quiet=True)
    mapped = mapped[-1] if isinstance(mapped, list) else mapped
    if "image" not in mapped:
        raise InputError("the file holds no image scans", cure="Export the measurement, not an adjustment; copy the whole file")
    image = mapped["image"]
    image.flagRemoveOS = True
    image.squeeze = True
    sizes = dict(zip(image.dataDims, np.asarray(image.dataSize, dtype=float)))
    if sizes.get("Cha", 1) > 1:
        raise InputError(
            f"the {int(sizes['Cha'])} receiver coils are not combined", cure="Combine them first (FSL-MRS, Osprey, Gannet)"
        )
    if 8 * np.prod(list(sizes.values())) > LARGEST:
        raise InputError(f"the scans are numbered up to {sizes}", cure="The file is damaged: copy it again")
    others = [name for name, size in sizes.items() if size > 1 and name not in ("Col", EDIT, *TRANSIENTS)]
    if others:
        raise InputError(f"the file loops over {', '.join(others)}", cure="Only single-voxel spectra can be read: use spec2nii")
    samples = np.asarray(image[""])
    names = list(image.sqzDims)
    if EDIT in names:
        if samples.shape[names.index(EDIT)] != 2:
            raise InputError(f"the file holds {samples.shape[names.index(EDIT)]} edit states", cure="Only two can be read")
        samples = np.moveaxis(samples, names.index(EDIT), 0)
        names.insert(0, names.pop(names.index(EDIT)))
    else:
        samples, names = samples[None], [EDIT, *names]
    samples = np.moveaxis(samples, names.index("Col"), -1)
    fid = samples.reshape(samples.shape[0], -1, samples.shape[-1]).conj()  # (edit, transient, time)
    header = mapped["hdr"]
    dwell_ns = header["MeasYaps"][("sRXSPEC", "alDwellTime", "0")]
    return Recording(
        fid=fid,
        states=(None,) * fid.shape[0],
        larmor_mhz=_frequency_hz(header) * 1e-6,
        carrier_ppm=CARRIER_PPM,
        dwell_s=2e-9 * float(dwell_ns),  # twofold oversampling, removed above
        echo_time_s=_echo_time_s(header),
        notes=(ASSUMED,),
    )


def _echo_time_s(header) -> float | None:
    value = header["MeasYaps"].get(("alTE", "0"))  # microseconds
    return float(value) * 1e-6 if isinstance(value, (int, float)) and value > 0 else None


def _frequency_hz(header) -> float:
    for part, name in (("Dicom", "lFrequency"), ("Meas", "lFrequency"), ("Meas", "Frequency")):
        value = (header.get(part) or {}).get(name)
        if isinstance(value, (int, float)):
            return float(value)
    value = (header.get("MeasYaps") or {}).get(("sTXSPEC", "asNucleusInfo", "0", "lFrequency"))
    if not isinstance(value, (int, float)):
        raise InputError("the header has no Larmor frequency (lFrequency)", cure="Copy the file again, or use spec2nii")
    return float(value)
