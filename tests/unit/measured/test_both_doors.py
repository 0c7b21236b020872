"""A simulated item and the same item written to a file and read as a measurement give one and the same network input."""

import measured_files as files
import numpy as np

from mrsgap.core.acquisition import Acquisition, by_acquisition
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.measured.gather import as_dataset, read_items
from mrsgap.measured.manifest import Row
from mrsgap.spectra.window import CHANNELS, Window, network_input

WINDOW = Window(
    high_ppm=4.5, low_ppm=1.0, points=2048, alignment="exact", references_ppm=(3.027, 2.008), search_ppm=0.25, water="taper",
    water_from_ppm=4.3, water_ppm=4.75, water_search_ppm=0.75,
)  # fmt: skip


def test_one_signal_through_file_and_store_gives_the_same_input(tmp_path):
    acquisition = Acquisition(123.25, 4.70, 2000.0, 1024)
    simulated = np.stack([files.pair(acquisition, seed=seed, offset_ppm=0.02 * seed, phase=seed) for seed in range(3)])
    rows = []
    for index, fid in enumerate(simulated):
        files.nifti(tmp_path / f"{index}.nii.gz", fid, acquisition)
        rows.append(Row("S", str(index), "", {"both": tmp_path / f"{index}.nii.gz"}, {}, {}, {}))
    items, failures = read_items(rows, [])
    assert not failures
    write_dataset(as_dataset(items, [], tmp_path), tmp_path / "set.zarr")
    ((read, part),) = by_acquisition(read_dataset(tmp_path / "set.zarr", "fid"))
    assert read == acquisition
    expected = network_input(simulated, acquisition, WINDOW, CHANNELS)
    found = network_input(part["fid"].values, read, WINDOW, CHANNELS)
    assert np.array_equal(np.asarray(found), np.asarray(expected))
    assert np.isfinite(np.asarray(found)).all()


def test_an_absent_state_is_absent_in_its_channels_only(tmp_path):
    off, _ = files.pair()
    files.rda(tmp_path / "off.rda", off)
    items, _ = read_items([Row("S", "x", "", {"off": tmp_path / "off.rda"}, {}, {}, {})], [])
    ((acquisition, part),) = by_acquisition(as_dataset(items, [], tmp_path))
    channels = np.asarray(network_input(part["fid"].values, acquisition, WINDOW, ("off-real", "on-real", "diff-real")))
    assert np.isfinite(channels[0, 0]).all()
    assert np.isnan(channels[0, 1:]).all()
