"""What this machine does, so that a time means something elsewhere: processor, versions, a matrix product and an FFT."""

import os
import time

import numpy as np

SIZE = 1024


def calibration() -> list[dict]:
    """Rows: processor and versions; single-precision matrix product (Gflop/s) and complex64 FFT (million points/s)."""
    from mrsgap.core.provenance import processor, versions

    random = np.random.default_rng(0)
    a = random.normal(size=(SIZE, SIZE)).astype(np.float32)
    signal = (random.normal(size=(256, 4096)) + 0j).astype(np.complex64)
    text = ", ".join(f"{name} {version}" for name, version in versions().items())
    product, transform = 2 * SIZE**3 / best(lambda: a @ a) / 1e9, signal.size / best(lambda: np.fft.fft(signal)) / 1e6
    return [
        {"what": "machine", "value": os.cpu_count(), "unit": "cores", "note": f"{processor()}; {text}"},
        {"what": "calibration: sgemm", "value": product, "unit": "Gflop/s", "note": f"{SIZE}^2, NumPy"},
        {"what": "calibration: FFT", "value": transform, "unit": "Mpoint/s", "note": "256 x 4096 complex64, NumPy, one core"},
    ]


def best(function, repeats: int = 5) -> float:
    """Shortest of `repeats` runs in seconds, after one that does not count."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)
