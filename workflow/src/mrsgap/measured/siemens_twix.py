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
from mrsgap.core.recording import LARGEST, Recording, Water
from mrsgap.measured.dicom import SIEMENS_ASSUMED, SIEMENS_CARRIER_PPM
from mrsgap.measured.rows import UNSUPPRESSED, recording_water_ratio

# Loop counters of one spectrum; those that count edit states in one sequence or another come last and so vary fastest, which is
# how the signal or the manifest's `edit_order` tells them apart. `Eco` counts edit states alone.
COUNTERS = ("Ave", "Seg", "Ida", "Idb", "Idc", "Idd", "Rep", "Phs", "Set", "Ide")
COIL, EDIT, SAMPLE = "Cha", "Eco", "Col"
EDITED = (2, 4)  # states of MEGA-PRESS, of HERMES and HERCULES
OVERSAMPLED = 2
END_OF_ACQUISITION, SYNCHRONISATION = 1, 32  # bits of the evaluation mask
CURE = "Copy the file again"


def read_twix(path: Path) -> Recording:
    """Read the last measurement of a twix file: every coil, the noise scan, and an earlier measurement of water as reference.

    Counters do not name edit states: the signal or the manifest's `edit_order` does.
    """
    if not check_scans(path):
        raise InputError("the file holds no scans", cure="Export the measurement, not an adjustment; copy the whole file")
    mapped = mapVBVD(str(path), quiet=True)
    measurements = mapped if isinstance(mapped, list) else [mapped]
    spectra = [part for part in measurements if "image" in part]
    if not spectra:
        raise InputError("the file holds no image scans", cure="Export the measurement, not an adjustment; copy the whole file")
    recording = _measurement(spectra[-1])
    coils = recording.fid.shape[1]
    noise = next((samples for part in measurements[::-1] if (samples := _noise(part, coils)) is not None), None)
    return Recording(**{**recording.__dict__, "noise": noise, "water": _water(spectra[:-1], recording)})


def _measurement(mapped) -> Recording:
    samples, leading = _samples(mapped)
    header = mapped["hdr"]
    yaps = header["MeasYaps"]
    dwell_ns = _positive(yaps.get(("sRXSPEC", "alDwellTime", "0")))
    return Recording(
        fid=samples.conj(),
        states=(None,) * samples.shape[0],
        larmor_mhz=_frequency_hz(header) * 1e-6,
        carrier_ppm=SIEMENS_CARRIER_PPM,
        dwell_s=None if dwell_ns is None else OVERSAMPLED * 1e-9 * dwell_ns,
        echo_time_s=_seconds(yaps.get(("alTE", "0"))),
        repetition_time_s=_seconds(yaps.get(("alTR", "0"))),
        field_tesla=_positive(yaps.get(("sProtConsistencyInfo", "flNominalB0"))),
        vendor="Siemens",
        leading_points=leading,
        coil_names=tuple(str(coil + 1) for coil in range(samples.shape[1])),
        notes=(SIEMENS_ASSUMED,),
    )


def _samples(mapped) -> tuple[np.ndarray, float]:
    """Signal (edit, coil, transient, time), oversampling removed, and its leading points."""
    image = mapped["image"]
    image.flagRemoveOS = True
    image.squeeze = True
    sizes = dict(zip(image.dataDims, np.asarray(image.dataSize, dtype=float)))
    if 8 * np.prod(list(sizes.values())) > LARGEST:
        raise InputError(f"the scans are numbered up to {sizes}", cure="The file is damaged: copy it again")
    others = [name for name, size in sizes.items() if size > 1 and name not in (SAMPLE, COIL, EDIT, *COUNTERS)]
    if others:
        raise InputError(f"the file loops over {', '.join(others)}", cure="Only single-voxel spectra can be read: use spec2nii")
    samples = np.asarray(image[""])
    names = list(image.sqzDims)
    for name in (EDIT, COIL, *COUNTERS):
        if name not in names:
            names.append(name)
            samples = samples[..., None]
    has_states = samples.shape[names.index(EDIT)] in EDITED
    slow = [name for name in COUNTERS if samples.shape[names.index(name)] not in EDITED]
    fast = [name for name in COUNTERS if name not in slow]
    order = [EDIT, COIL, *slow, *fast] if has_states else [COIL, EDIT, *slow, *fast]
    rest = [name for name in names if name not in (*order, SAMPLE)]
    samples = np.transpose(samples, [names.index(name) for name in (*order, *rest, SAMPLE)])
    coils = int(sizes.get(COIL, 1))
    states = samples.shape[0] if has_states else 1
    return samples.reshape(states, coils, -1, samples.shape[-1]), _leading_points(image, mapped["hdr"], samples.shape[-1])


def _leading_points(image, header, points: int) -> float:
    """Samples before the top of the echo: what the scan headers say, else the surplus over the protocol's vector size (XA)."""
    vector = _positive(header["MeasYaps"].get(("sSpecPara", "lVectorSize"))) or points
    for name in ("cutOff", "centerCol"):
        value = getattr(image, name, None)
        before = float(np.atleast_1d(np.asarray(value, dtype=float)).flat[0]) / OVERSAMPLED if value is not None else 0.0
        if 0 < before <= max(points - vector, 0) + 8 and before < points / 8:
            return float(np.floor(before))
    return float(points - vector) if 0 < points - vector < points / 8 else 0.0


def _noise(mapped, coils: int) -> np.ndarray | None:
    """Noise adjustment (coil, sample) of a measurement, if it has one of as many coils."""
    if "noise" not in mapped:
        return None
    scan = mapped["noise"]
    scan.flagRemoveOS = False
    scan.squeeze = True
    sizes = dict(zip(scan.dataDims, np.asarray(scan.dataSize, dtype=float)))
    if sizes.get(COIL, 1) != coils or 8 * np.prod(list(sizes.values())) > LARGEST:
        return None
    samples, names = np.asarray(scan[""]), list(scan.sqzDims)
    if COIL not in names:
        return samples.reshape(1, -1).conj()
    noise = np.moveaxis(samples, names.index(COIL), 0).reshape(coils, -1).conj()
    return noise if np.isfinite(noise).all() and np.any(noise) else None


def _water(earlier: list, recording: Recording) -> Water | None:
    """An earlier measurement of the file that is unsuppressed water of the same coils."""
    for number, mapped in list(enumerate(earlier, start=1))[::-1]:
        reference = _measurement(mapped)
        if reference.fid.shape[1] == recording.fid.shape[1] and recording_water_ratio(reference) > UNSUPPRESSED:
            names = ("larmor_mhz", "carrier_ppm", "dwell_s", "echo_time_s", "repetition_time_s", "leading_points")
            numbers = {name: getattr(reference, name) for name in names}
            frames = np.concatenate(list(reference.fid), axis=1)
            return Water(frames, f"measurement {number} of the file", **numbers)
    return None


def _positive(value) -> float | None:
    return float(value) if isinstance(value, (int, float)) and value > 0 else None


def _seconds(microseconds) -> float | None:
    value = _positive(microseconds)
    return None if value is None else value * 1e-6


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
