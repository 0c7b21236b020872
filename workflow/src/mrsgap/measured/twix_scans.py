"""The chain of scans in a Siemens twix file, walked once before mapVBVD does: it would follow a broken chain for ever.

Layout as mapVBVD reads it: the VB line has one measurement and scan headers of 128 bytes, each before its channel; the VD line
and later have a table of measurements and scan headers of 192 bytes, then 32 before each channel.
"""

import mmap
import struct
from pathlib import Path

from mrsgap.core.errors import InputError

END_OF_ACQUISITION, SYNCHRONISATION = 1, 32  # bits of the evaluation mask
CURE = "Copy the file again"


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
