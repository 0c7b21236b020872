"""A configured basis follows the recording's field and editing frequencies, and says what it changed."""

import pytest
from reference_data import config

from mrsgap.basis.match import matching_description
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError

TEMPLATE = config("config.yaml")["bases"]["ideal"]
SILENT = {"off": None, "on": None}


def test_the_same_scanner_changes_nothing():
    description, told = matching_description(TEMPLATE, Acquisition(123.254, 4.65, 2000.0, 1024), SILENT)
    assert (description, told) == (TEMPLATE, [])


def test_another_field_keeps_the_ppm_range():
    description, told = matching_description(TEMPLATE, Acquisition(297.2, 4.7, 4000.0, 2048), SILENT)
    assert description["larmor_mhz"] == 297.2
    assert description["spectral_width_hz"] / 297.2 == pytest.approx(TEMPLATE["spectral_width_hz"] / TEMPLATE["larmor_mhz"])
    assert "297.2 MHz" in told[0]


def test_editing_frequencies_are_taken_from_the_file():
    description, told = matching_description(TEMPLATE, Acquisition(123.23, 4.7, 2000.0, 2048), {"off": 7.5, "on": 1.88})
    assert (description["edit_off_ppm"], description["edit_on_ppm"]) == (7.5, 1.88)
    assert len(told) == 2


@pytest.mark.parametrize("larmor_mhz", [3.0, 123.23e6])
def test_an_impossible_field_is_an_error(larmor_mhz):
    with pytest.raises(InputError, match="Larmor frequency"):
        matching_description(TEMPLATE, Acquisition(larmor_mhz, 4.7, 2000.0, 2048), SILENT)
