"""The window follows the active basis's own peaks, or the study's pair when asked."""

import numpy as np
import pytest
import xarray as xr
from reference_data import config
from spectra_signals import ACQUISITION, line

from mrsgap.core.errors import InputError
from mrsgap.spectra.window import make_window

SETTINGS = config("config.yaml")["window"]


def basis(**shifts_ppm):
    fid = np.stack([np.stack([line(shift, linewidth_hz=0.1)] * 2) for shift in shifts_ppm.values()])
    return xr.Dataset(
        {"fid": (("metabolite", "edit", "time"), 1e4 * fid.astype(np.complex64))},
        coords={"metabolite": list(shifts_ppm), "edit": ["off", "on"]},
        attrs=ACQUISITION.as_attributes(),
    )


def test_references_are_the_peaks_of_the_basis():
    window = make_window(SETTINGS, basis(Cr=3.0271, GABA=2.28, NAA=2.0083))
    np.testing.assert_allclose(window.references_ppm, (3.0271, 2.0083), atol=1e-5)


def test_nominal_references_are_the_study_s():
    window = make_window({**SETTINGS, "reference_positions": "nominal"}, basis(Cr=3.0271, NAA=2.0083))
    assert window.references_ppm == (3.015, 2.01)


def test_only_metabolites_of_the_basis_count():
    assert len(make_window(SETTINGS, basis(GABA=2.28, NAA=2.0083)).references_ppm) == 1
    with pytest.raises(InputError, match="none of the alignment references"):
        make_window(SETTINGS, basis(GABA=2.28))


def test_an_upside_down_band_is_refused():
    with pytest.raises(InputError, match="must exceed"):
        make_window({**SETTINGS, "high_ppm": 1.0, "low_ppm": 4.5}, basis(NAA=2.01))
