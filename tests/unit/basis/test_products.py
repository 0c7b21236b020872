"""Gathering, checking, comparing and exporting a basis."""

import numpy as np
import pytest
from reference_data import config

from mrsgap.basis.check import check_basis, peak_ppm
from mrsgap.basis.compare import compare_bases, feature_verdict
from mrsgap.basis.gather import gather
from mrsgap.basis.lcmodel_file import lcmodel_basis_files
from mrsgap.basis.plan import make_plan
from mrsgap.basis.simulate import simulate_basis
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError

METABOLITES = config("metabolites.yaml")["metabolites"]
PROTONS = {name: entry["protons"] for name, entry in METABOLITES.items()}


@pytest.fixture(scope="module")
def basis():
    import jax

    sequences = config("sequence.yaml")
    plan = make_plan(config("config.yaml")["bases"]["ideal"], sequences["sequences"], sequences["pulses"])
    with jax.enable_x64(True):
        return simulate_basis({name: METABOLITES[name] for name in ("Cr", "GABA", "NAA")}, plan)


def test_contract(basis):
    assert basis["fid"].dims == ("metabolite", "edit", "time")
    assert basis["fid"].dtype == np.complex64
    assert list(basis["edit"].values) == ["off", "on"]
    assert basis.attrs["edit_on_ppm"] == 1.9


def test_every_check_passes_and_can_fail(basis):
    assert check_basis(basis, PROTONS)["passed"].all()
    mirrored = basis.copy(data={**basis, "fid": basis["fid"].conj()})
    assert not check_basis(mirrored, PROTONS)["passed"].all()
    swapped = basis.copy(data={**basis, "fid": basis["fid"][:, ::-1]})
    failed = check_basis(swapped, PROTONS).query("not passed")
    assert "sign of diff" in set(failed["check"])


def test_peak_is_found_to_a_thousandth(basis):
    acquisition = Acquisition.from_attributes(basis.attrs)
    naa = basis["fid"].sel(metabolite="NAA", edit="off").values.astype(complex)
    assert peak_ppm(naa, acquisition, 2.0) == pytest.approx(2.008, abs=1e-3)


def test_comparison_of_a_basis_with_itself_and_scaled(basis):
    same = compare_bases({"a": basis, "b": basis * 2.0}, 2.0)
    assert same["distance"].max() < 1e-6
    assert np.allclose(same["amplitude_ratio"], 1.0)
    assert len(same) == 9


@pytest.mark.parametrize(("heights", "word"), [((0.1, 0.09), "survives"), ((0.1, 0.02), "shrinks"), ((0.1, 0.001), "vanishes")])
def test_feature_verdict(heights, word):
    assert word in feature_verdict(dict(zip("ab", heights)))
    assert "judge" in feature_verdict({"a": float("nan"), "b": 1.0})


def test_lcmodel_difference_basis_holds_edited_metabolites(basis):
    off, diff = lcmodel_basis_files(basis, 2.0)
    assert off.metabolites == ("Cr", "GABA", "NAA")
    assert diff.metabolites == ("GABA", "NAA")


def test_different_acquisitions_do_not_mix(basis):
    other = basis.isel(metabolite=[0]).assign_attrs(larmor_mhz=127.7)
    with pytest.raises(InputError, match="larmor_mhz"):
        gather([basis, other])
