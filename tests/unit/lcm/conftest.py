"""Shared by the tests of the fits: where recorded files lie, and a small made-up basis."""

import os
from pathlib import Path

import jax
import numpy as np
import pytest
import xarray as xr
import yaml

from mrsgap.core.acquisition import Acquisition
from mrsgap.lcm.parameters import FitSettings


@pytest.fixture(autouse=True, scope="module")
def double_precision():
    """Fits run in double precision; other parts' tests in the same process keep theirs."""
    with jax.enable_x64(True):
        yield


REFERENCE = Path(os.environ.get("MRSGAP_REFERENCE", Path(__file__).parents[4] / "shared" / "data")).resolve()
FAKE = Path(__file__).with_name("fake_lcmodel.py")

# Made-up multiplets, (shift in ppm, amplitude off, amplitude on): shaped like edited spectra, not physics.
LINES = {
    "Cr": [(3.027, 3.0, 3.0), (3.913, 2.0, 2.0)],
    "GABA": [(3.07, 0.5, 1.0), (3.01, 0.2, -0.1), (2.95, 0.5, 1.0), (2.33, 0.6, 0.7), (2.27, 0.7, 0.6), (1.89, 1.0, 0.1)],
    "Gln": [(3.76, 0.9, 1.2), (2.48, 0.8, 0.6), (2.42, 0.7, 0.8), (2.13, 1.0, 0.5)],
    "Glu": [(3.74, 0.8, 1.1), (2.37, 0.9, 0.7), (2.32, 0.7, 0.9), (2.07, 1.0, 0.5)],
    "NAA": [(2.008, 3.0, 0.1), (2.69, 0.6, 0.5), (2.49, 0.5, 0.5)],
}


@pytest.fixture(scope="session")
def reference():
    """Folder of recorded LCModel files; the test is skipped where it is absent."""
    if not (REFERENCE / "lcmodel").is_dir():
        pytest.skip(f"recorded LCModel files are not at {REFERENCE} (set MRSGAP_REFERENCE)")
    return REFERENCE


@pytest.fixture(scope="session")
def acquisition():
    return Acquisition(larmor_mhz=127.7, carrier_ppm=4.7, spectral_width_hz=1250.0, points=1024)


@pytest.fixture(scope="session")
def made_up_lines():
    """The made-up multiplets by metabolite."""
    return LINES


@pytest.fixture(scope="session")
def lines_fid():
    """Function of an acquisition: made-up basis FIDs (metabolite, edit, time), undamped."""

    def fid(acquisition, names=tuple(LINES)):
        time = acquisition.time_s
        return np.array(
            [
                [
                    sum(line[edit] * np.exp(2j * np.pi * acquisition.frequency_hz(line[0]) * time) for line in LINES[name])
                    for edit in (1, 2)
                ]
                for name in names
            ]
        )

    return fid


@pytest.fixture(scope="session")
def made_up_basis(lines_fid):
    """The made-up multiplets as a basis store: 2000 Hz, 2048 points, carrier 3 ppm."""
    acquisition = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=2000.0, points=2048)
    return xr.Dataset(
        {"fid": (("metabolite", "edit", "time"), lines_fid(acquisition))},
        coords={"metabolite": list(LINES), "edit": ["off", "on"], "time": acquisition.time_s},
        attrs={**acquisition.as_attributes(), "basis": "made-up"},
    )


@pytest.fixture(scope="session")
def fit_settings():
    """The workflow's own settings of the fit."""
    config = yaml.safe_load((Path(__file__).parents[3] / "config" / "config.yaml").read_text())
    return FitSettings.from_config(config["fit"]["settings"])
