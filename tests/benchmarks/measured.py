"""Speed of reading measured spectra, judging them, and writing stand-ins; beside nibabel reading the same bytes."""

import tempfile
import time
from pathlib import Path

import measured_files as files
import nibabel
import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.measured.formats import read_recording
from mrsgap.measured.gather import as_dataset, read_items
from mrsgap.measured.manifest import Row
from mrsgap.quality.measures import measure
from mrsgap.receive.registration import register, register_on_each_other

ITEMS, TRANSIENTS = 144, 160
ACQUISITION = Acquisition(123.25, 4.70, 2000.0, 2048)


def benchmark() -> list[dict]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{index}.nii.gz" for index in range(ITEMS)]
        for index, path in enumerate(paths):
            files.nifti(path, files.pair(ACQUISITION, seed=index), ACQUISITION)
        read_recording(paths[0])
        ours = _rate(lambda: [read_recording(path) for path in paths])
        plain = _rate(lambda: [np.asarray(nibabel.load(path).dataobj) for path in paths])
        rows = [Row("S", str(index), "", {"both": path}, {}, {}, {}) for index, path in enumerate(paths)]
        whole = _rate(lambda: as_dataset(read_items(rows, [])[0], [], folder))
        off = [files.pair(ACQUISITION, seed=index)[0] for index in range(ITEMS)]
        judged = _rate(lambda: [measure(fid, ACQUISITION) for fid in off])
    many = np.stack([off[index % ITEMS] for index in range(TRANSIENTS)]).astype(complex)
    start = time.perf_counter()
    register_on_each_other(many, ACQUISITION)
    registered = TRANSIENTS / (time.perf_counter() - start)
    start = time.perf_counter()
    register(many, many[0], ACQUISITION, np.ones(TRANSIENTS))
    single = TRANSIENTS / (time.perf_counter() - start)
    return [
        _row(f"NIfTI-MRS files read, {ITEMS} of 2 x 2048 points", ours, "files/s", f"nibabel alone {plain:.0f} files/s"),
        _row("the same read, checked for exchanged states and gathered", whole, "items/s", "144 items of the study"),
        _row("quality of an edit-off spectrum", judged, "spectra/s", "SNR, FWHM, offset, residual water"),
        _row("transients registered on a reference, 2048 points", single, "transients/s", "the thesis's MATLAB: 57 ms each"),
        _row(f"{TRANSIENTS} transients registered on each other", registered, "transients/s", "three passes"),
    ]


def _rate(work) -> float:
    """Items per second, best of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return ITEMS / min(times)


def _row(what: str, value: float, unit: str, note: str) -> dict:
    return {"what": what, "value": value, "unit": unit, "note": note}
