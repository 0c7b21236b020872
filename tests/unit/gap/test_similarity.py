"""Features of measured and simulated spectra, by hand."""

import numpy as np
import pytest
import xarray as xr

from mrsgap.gap.similarity import feature_table


def test_heights_are_the_largest_magnitudes_in_their_bands():
    ppm = np.linspace(4.5, 1.0, 351)
    spectra = np.zeros((2, 3, 351), np.complex64)

    def put(item, state, shift, value):
        spectra[item, state, np.argmin(abs(ppm - shift))] = value

    put(0, 0, 2.01, 10), put(0, 1, 2.5, 1j), put(0, 0, 3.91, -3), put(0, 0, 3.03, 4)
    spectra[1] = np.nan
    dims = ("item", "state", "ppm")
    dataset = xr.Dataset(
        {"measured": (dims, spectra), "simulated": (dims, 2 * spectra), "series": ("item", ["E1", "E2"])},
        coords={"item": ["a", "b"], "state": ["off", "on", "diff"], "ppm": ppm},
    )
    table = feature_table(dataset).set_index(["item", "feature"])
    assert table.loc[("a", "naa_on_feature"), "measured"] == pytest.approx(0.1)
    assert table.loc[("a", "cr_39_over_30"), "simulated"] == pytest.approx(0.75)
    assert table.loc["b"][["measured", "simulated"]].isna().all(axis=None)
