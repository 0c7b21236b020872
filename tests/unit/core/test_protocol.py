"""Two protocols are compared in what both state, and told in the user's units."""

import numpy as np
import pytest
import xarray as xr

from mrsgap.core.acquisition import stated, unlike, unstated


def spectra(**values):
    return xr.Dataset({name: ("item", value) for name, value in values.items()}, coords={"item": ["a", "b"]})


def test_each_item_is_told_apart():
    told = unlike(
        spectra(echo_time_s=[0.068, 0.080], edit_on_ppm=[4.1, np.nan]), {"echo_time_s": 0.068, "edit_on_ppm": 1.9}, "W"
    )
    assert told[0] == "recorded with edit-on pulses at 4.1 ppm, but W 1.9 ppm"
    assert told[1] == "recorded with an echo time of 80 ms, but W 68 ms"


@pytest.mark.parametrize("made_with", [{}, {"echo_time_s": 0.0685}, {"edit_off_ppm": 7.4}])
def test_near_or_unstated_is_no_difference(made_with):
    assert unlike(spectra(echo_time_s=[0.068, np.nan]), made_with, "W") == ["", ""]


def test_numbers_may_be_attributes_of_the_whole_set():
    assert np.array_equal(stated(spectra().assign_attrs(echo_time_s=0.03), "echo_time_s"), [0.03, 0.03])
    assert np.isnan(stated(spectra(), "edit_on_ppm")).all()


def test_what_no_file_states_is_named():
    data = spectra(echo_time_s=[0.068, np.nan], edit_on_ppm=[1.9, 1.9])
    gaps = unstated(data, {"echo_time_s": 0.068, "edit_on_ppm": 1.9, "edit_off_ppm": 7.4}, "W")
    assert gaps == ["edit-off frequency not stated (W 7.4 ppm)",
                    "echo time not stated (W 68 ms); edit-off frequency not stated (W 7.4 ppm)"]  # fmt: skip
    assert unstated(data, {}, "W") == ["", ""]
