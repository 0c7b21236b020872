"""A configured basis follows the recording's field and editing frequencies, and says what it changed."""

import numpy as np
import pytest
import xarray as xr
import yaml
from reference_data import config

from mrsgap.basis.match import editing_of, matching_description, matching_family, matching_settings
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


def test_editing_is_the_median_of_what_files_say():
    values = {"edit_on_ppm": ("item", [1.88, 1.9, np.nan, 1.88]), "edit_off_ppm": ("item", [np.nan] * 4)}
    assert editing_of(xr.Dataset(values)) == {"off": None, "on": 1.88}


def test_override_makes_every_basis_for_the_recording_and_keeps_its_results_apart():
    bases = {"ideal": TEMPLATE, "other": {**TEMPLATE, "edit_on_ppm": 1.88}}
    data = Acquisition(127.75, 4.7, 2000.0, 2048)
    text = matching_settings("smoke-own", bases, data, {"off": None, "on": 1.88})
    found = yaml.safe_load(text)
    assert found["scale"] == "smoke-own"
    assert found["bases"]["ideal"]["larmor_mhz"] == found["bases"]["other"]["larmor_mhz"] == 127.75
    assert found["bases"]["ideal"]["edit_on_ppm"] == 1.88
    assert "edit_on_ppm" not in found["bases"]["other"]
    assert "# simulated at 127.75 MHz instead of 123.23 MHz" in text
    same = matching_settings("smoke-own", bases, Acquisition(123.23, 4.7, 2000.0, 2048), SILENT)
    assert yaml.safe_load(same) is None


def test_a_family_follows_the_recording_and_keeps_its_spread():
    laws = {"edit_on_ppm": {"uniform": [1.86, 1.92]}, "larmor_mhz": {"uniform": [122, 128]}, "edit_flip_deg": 170}
    family = {
        "fixed": {"late": {"basis": "ideal", "changes": {"edit_on_ppm": 1.88}}},
        "random": {"some": {"members": 2, "basis": "ideal", "laws": laws}},
    }
    settings = {"family": family, "bases": {"ideal": TEMPLATE}}
    moved, told = matching_family(settings, Acquisition(127.7, 4.7, 2000.0, 2048), {"off": None, "on": 1.95})
    assert moved["bases"]["ideal"]["larmor_mhz"] == 127.7
    assert moved["family"]["fixed"]["late"]["changes"]["edit_on_ppm"] == pytest.approx(1.93)
    drawn = moved["family"]["random"]["some"]["laws"]
    assert drawn["edit_on_ppm"]["uniform"] == pytest.approx([1.91, 1.97])
    assert drawn["edit_flip_deg"] == 170
    assert "larmor_mhz" not in drawn
    assert len(told) == 2
    assert family["random"]["some"]["laws"] is laws  # what was configured stays as it was
    assert laws["edit_on_ppm"] == {"uniform": [1.86, 1.92]}


def test_a_law_that_cannot_be_moved_is_named():
    family = {"random": {"some": {"members": 1, "basis": "ideal", "laws": {"edit_on_ppm": {"log_normal": [1.9, 0.01]}}}}}
    with pytest.raises(InputError, match="cannot be moved"):
        matching_family({"family": family, "bases": {"ideal": TEMPLATE}}, Acquisition(123.23, 4.7, 2000.0, 2048), SILENT)
