"""Siemens twix raw data (`meas_*.dat`), mapped by mapVBVD after its chain of scans is walked once here.

Twix stores the conjugate of the package's sense (spec2nii, Clarke, twixfunctions.py). mapVBVD would follow a broken chain for
ever. Layout as it reads it: the VB line has one measurement and scan headers of 128 bytes, each before its channel; the VD line
and later have a table of measurements and scan headers of 192 bytes, then 32 before each channel.
"""

import mmap
import struct
from pathlib import Path

import numpy as np
from mapvbvd import mapVBVD

from mrsgap.core.errors import InputError
from mrsgap.core.recording import LARGEST, Recording
from mrsgap.measured.dicom import SIEMENS_ASSUMED, SIEMENS_CARRIER_PPM

# Loop counters that count repetitions of one spectrum; `Eco` counts edit states (spec2nii's assignment).
TRANSIENTS, EDIT = ("Ave", "Set", "Rep", "Ida", "Idb"), "Eco"
END_OF_ACQUISITION, SYNCHRONISATION = 1, 32  # bits of the evaluation mask
CURE = "Copy the file again"


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
        fid=fid[:, None],
        states=(None,) * fid.shape[0],
        larmor_mhz=_frequency_hz(header) * 1e-6,
        carrier_ppm=SIEMENS_CARRIER_PPM,
        dwell_s=2e-9 * float(dwell_ns),  # twofold oversampling, removed above
        echo_time_s=_echo_time_s(header),
        vendor="Siemens",
        notes=(SIEMENS_ASSUMED,),
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


def check_scans(path: Path) -> int:
    """Follow the chain of every measurement to its end; return the number of scans. `InputError` where it breaks."""
    with open(path, "rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        if len(raw) < 32:
            raise InputError(f"{len(raw)} bytes are no twix file", cure=CURE)
        first, second = struct.unpack_from("<II", raw)
        later = first < 10000 and second <= 64
        if not later:
            return _walk(raw, 0, later)
        if not second or len(raw) < 16 + 152 * second:
            raise InputError(f"the table of {second} measurements is damaged", cure=CURE)
        return sum(_walk(raw, struct.unpack_from("<Q", raw, 16 + 152 * place)[0], later) for place in range(second))


def _walk(raw, start: int, later: bool) -> int:
    """Scans of the measurement that begins at byte `start`."""
    header, mask_at, size_at, before, per_channel = (184, 40, 48, 192, 32) if later else (128, 20, 28, 0, 128)
    if start + 4 > len(raw):
        raise InputError(f"a measurement should begin at byte {start}, but the file has {len(raw)}", cure=CURE)
    position = start + struct.unpack_from("<I", raw, start)[0]
    count = 0
    while True:
        if position + header > len(raw):
            raise InputError(f"the file ends at byte {len(raw)} without an end of acquisition: it is truncated", cure=CURE)
        length = struct.unpack_from("<I", raw, position)[0] & 0x1FFFFFF
        mask = raw[position + mask_at]
        if mask & END_OF_ACQUISITION or not length:
            return count
        samples, channels = struct.unpack_from("<HH", raw, position + size_at)
        step = length if mask & SYNCHRONISATION else before + (8 * samples + per_channel) * channels
        if step < header:
            raise InputError(
                f"the scan header at byte {position} is damaged: {channels} channels of {samples} samples", cure=CURE
            )
        position += step
        count += 1
