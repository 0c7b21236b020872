"""Bruker ParaVision: raw `fid` (or `ser`, `rawdata.job0`) with its `method` and `acqp`, and `2dseq` with its `visu_pars`.

Raw data are integers, the conjugate of the package's sense (spec2nii, bruker.py), and begin with the group delay of the digital
filter, which the header gives in samples and which stays in the signal as its leading points. A `2dseq` holds real and
imaginary frames of the time signal in the package's sense. Parameter files are JCAMP-DX (McDonald and Wilks, Appl. Spectrosc.
1988, 42, 151). Written after the layout as it is documented; no recorded file was at hand.
"""

import re
from pathlib import Path

import numpy as np

from mrsgap.core.constants import CONVENTIONAL_CARRIER_PPM
from mrsgap.core.errors import InputError
from mrsgap.core.recording import LARGEST, Recording, with_axes

RAW_NAMES = ("fid", "ser", "rawdata.job0", "fid.refscan", "fid.ref")
PROCESSED_NAME = "2dseq"
TYPES = {"GO_32BIT_SGN_INT": "i4", "GO_16BIT_SGN_INT": "i2", "GO_32_BIT_FLOAT": "f4", "GO_32BIT_FLOAT": "f4"}
WORDS = {"_32BIT_SGN_INT": "i4", "_16BIT_SGN_INT": "i2", "_32BIT_FLOAT": "f4", "_8BIT_UNSGN_INT": "u1"}
BLOCK_BYTES = 1024  # raw rows may be padded to whole blocks of this size
CURE = "Copy the whole scan folder again"


def is_bruker(path: Path) -> bool:
    """Whether a file has the name of a Bruker signal and its parameter files beside it."""
    path = Path(path)
    if path.name.lower() == PROCESSED_NAME:
        return True
    return path.name.lower() in RAW_NAMES and any((path.parent / name).is_file() for name in ("acqp", "method"))


def read_bruker(path: Path) -> Recording:
    """Read one signal by its file's name; `InputError` names a parameter that is absent or contradicts the signal."""
    if path.stat().st_size > LARGEST:
        raise InputError(f"the file has {path.stat().st_size} bytes", cure="Is it a single-voxel spectrum?")
    return _processed(path) if path.name.lower() == PROCESSED_NAME else _raw(path)


def _raw(path: Path) -> Recording:
    values = {**_parameters(path.parent / "acqp"), **_parameters(path.parent / "method")}
    _check_single_voxel(values.get("PVM_SpecDimEnum", values.get("ACQ_dim_desc", "")), values)
    points = _whole(values, "PVM_SpecMatrix", "PVM_DigNp")
    coils = int(_first(values, "PVM_EncNReceivers") or 1)
    kind = TYPES.get(values.get("GO_raw_data_format", "GO_32BIT_SGN_INT"))
    if kind is None:
        raise InputError(f"samples of type {values['GO_raw_data_format']} cannot be read", cure=CURE)
    order = ">" if values.get("BYTORDA", "little").lower() == "big" else "<"
    raw = path.read_bytes()
    width = np.dtype(kind).itemsize
    for row_bytes in (2 * width * points * coils, -(-2 * width * points * coils // BLOCK_BYTES) * BLOCK_BYTES):
        if row_bytes and len(raw) and len(raw) % row_bytes == 0:
            break
    else:
        raise InputError(f"{len(raw)} bytes are no whole number of rows of {points} points from {coils} coils", cure=CURE)
    rows = np.frombuffer(raw, f"{order}{kind}").reshape(-1, row_bytes // width)[:, : 2 * points * coils].astype(np.float32)
    signal = np.ascontiguousarray(rows).view(np.complex64).reshape(-1, coils, points)  # (transient, coil, time)
    width_hz = _first(values, "PVM_SpecSWH", "SW_h")
    delay = _first(values, "PVM_DigShift") or _filter_delay(values.get("ACQ_RxFilterInfo", ""))
    return Recording(
        fid=np.swapaxes(signal, 0, 1)[None].conj(),
        larmor_mhz=_first(values, "PVM_FrqWork", "BF1", "PVM_FrqRef"),
        carrier_ppm=_carrier_ppm(values),
        dwell_s=None if not width_hz else 1.0 / width_hz,
        echo_time_s=_seconds(_first(values, "PVM_EchoTime", "EchoTime")),
        repetition_time_s=_seconds(_first(values, "PVM_RepetitionTime")),
        vendor="Bruker",
        leading_points=delay if delay and delay < points / 4 else 0.0,
        notes=(f"carrier at {_carrier_ppm(values):.2f} ppm (Bruker)",),
    )


def _processed(path: Path) -> Recording:
    values = _parameters(path.parent / "visu_pars")
    _check_single_voxel(values.get("VisuCoreDimDesc", ""), values)
    points = _whole(values, "VisuCoreSize")
    kind = next((code for word, code in WORDS.items() if values.get("VisuCoreWordType", "").endswith(word)), None)
    if kind is None:
        raise InputError(f"samples of type {values.get('VisuCoreWordType')!r} cannot be read", cure=CURE)
    order = ">" if values.get("VisuCoreByteOrder", "littleEndian").lower().startswith("big") else "<"
    raw = path.read_bytes()
    frame_bytes = points * np.dtype(kind).itemsize
    if not len(raw) or len(raw) % (2 * frame_bytes):
        raise InputError(f"{len(raw)} bytes are no pairs of real and imaginary frames of {points} points", cure=CURE)
    frames = np.frombuffer(raw, f"{order}{kind}").reshape(2, -1, points).astype(float)  # all real frames come first
    slopes = [float(text) for text in values.get("VisuCoreDataSlope", "").split()]
    if len(slopes) == 2 * frames.shape[1]:
        frames = frames * np.array(slopes).reshape(2, -1, 1)
    width_hz = _first(values, "PVM_SpecSWH", "SW_h")
    if not width_hz:
        scan = path.parent.parent.parent
        others = {**_parameters(scan / "acqp", False), **_parameters(scan / "method", False)}
        width_hz = _first(others, "PVM_SpecSWH", "SW_h")
        values = {**others, **values}
    return Recording(
        fid=with_axes(frames[0] + 1j * frames[1]),
        larmor_mhz=_first(values, "VisuAcqImagingFrequency", "PVM_FrqWork"),
        carrier_ppm=_carrier_ppm(values),
        dwell_s=None if not width_hz else 1.0 / width_hz,
        echo_time_s=_seconds(_first(values, "VisuAcqEchoTime", "PVM_EchoTime")),
        repetition_time_s=_seconds(_first(values, "VisuAcqRepetitionTime", "PVM_RepetitionTime")),
        vendor="Bruker",
        notes=(f"carrier at {_carrier_ppm(values):.2f} ppm (Bruker)",),
    )


def _parameters(path: Path, needed: bool = True) -> dict[str, str]:
    """Values of a JCAMP-DX file by name, sizes and brackets taken off; empty where a file that is not needed is absent."""
    if not path.is_file():
        if needed and path.name in ("method", "visu_pars"):
            raise InputError(f"its parameter file `{path.name}` is absent", cure=CURE)
        return {}
    text = path.read_bytes().decode("latin-1")
    text = re.sub(r"^\$\$.*$", "", text, flags=re.MULTILINE)
    values = {}
    for entry in re.split(r"^##", text, flags=re.MULTILINE)[1:]:
        name, equals, value = entry.partition("=")
        if equals:
            value = re.sub(r"^\(\s*[\d\s,]+\)", "", value.strip())
            values[name.strip().lstrip("$")] = " ".join(value.split()).strip("<>").strip()
    return values


def _first(values: dict[str, str], *names: str) -> float | None:
    """The first number > 0 of the first parameter that has one."""
    for name in names:
        for text in values.get(name, "").replace("(", " ").replace(")", " ").replace(",", " ").split():
            try:
                number = float(text)
            except ValueError:
                break
            if 0 < number < float("inf"):
                return number
            break
    return None


def _whole(values: dict[str, str], *names: str) -> int:
    number = _first(values, *names)
    if number is None or number % 1 or not number <= 2**20:
        raise InputError(f"the parameter `{names[0]}` is {values.get(names[0])!r}, not a number of points", cure=CURE)
    return int(number)


def _filter_delay(text: str) -> float:
    """Group delay in samples, the first number of the filter's description (ParaVision 360)."""
    match = re.search(r"-?\d+(?:\.\d+)?", text)
    return max(0.0, float(match.group())) if match else 0.0


def _carrier_ppm(values: dict[str, str]) -> float:
    """The working chemical shift where the method states one near water, else the convention."""
    working = _first(values, "PVM_FrqWorkPpm")
    return working if working is not None and 0 < working < 10 else CONVENTIONAL_CARRIER_PPM


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds * 1e-3


def _check_single_voxel(description: str, values: dict[str, str]) -> None:
    if "spatial" in description.lower():
        raise InputError(f"its dimensions are {description!r}", cure="Only single-voxel spectra can be read")
    nucleus = values.get("PVM_Nucleus1Enum", values.get("NUCLEUS", values.get("VisuAcqImagedNucleus", "1H"))).strip("<> ")
    if nucleus and nucleus != "1H":
        raise InputError(f"the nucleus is {nucleus}, not 1H", cure="Only proton spectra can be read")
