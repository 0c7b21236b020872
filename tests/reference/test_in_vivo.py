"""Our fit of a real in vivo MEGA-PRESS difference spectrum, read through its manifest, against LCModel's answer."""

import dataclasses

import jax
import numpy as np
import pytest
from reference_data import config, reference
from simulated_basis import simulated_basis

from mrsgap.lcm.channels import with_components
from mrsgap.lcm.parameters import FitSettings
from mrsgap.lcm.quantify import fit_dataset
from mrsgap.measured.gather import as_dataset, read_items
from mrsgap.measured.manifest import read_manifest

METABOLITES = ("GABA", "Glu", "Gln", "NAA", "NAAG", "GSH")
LCMODEL_RATIO, LOW, HIGH = 0.295, 0.24, 0.34  # GABA/(NAA+NAAG): lcmodel/diff_real6.table, and how far we may be off
MACROMOLECULE = {"MM09": [{"ppm": 0.915, "fwhm_ppm": 0.14, "off": 0.0, "on": 3.0}]}  # LCModel's, mega-press-3


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64(True):
        yield


@pytest.fixture
def spectrum(tmp_path):
    path = reference("measured", "invivo-siemens-mega-diff.raw")
    (tmp_path / "manifest.csv").write_text(
        f"series,item,medium,path_diff,dwell_s,larmor_mhz,carrier_ppm\nbrain,one,in vivo,{path},0.0005,123.254,4.65\n"
    )
    items, failures = read_items(*read_manifest(tmp_path / "manifest.csv")[:2])
    assert failures == []
    return as_dataset(items, [], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ideal", "study"])
def test_gaba_over_naa_is_near_that_of_lcmodel(spectrum, kind):
    basis = simulated_basis(kind, METABOLITES, larmor_mhz=123.254, carrier_ppm=4.65)
    # As LCModel's mega-press preset: no baseline, one macromolecule; relaxation in tissue differs by about 1 Hz.
    settings = dataclasses.replace(
        FitSettings.from_config(config("config.yaml")["fit"]["settings"]),
        range_ppm=(1.95, 4.2), baseline_per_ppm=0.0, metabolite_linewidth_sd_hz=1.0,
    )  # fmt: skip
    (fitted,) = fit_dataset(spectrum, with_components(basis, MACROMOLECULE), "diff", settings)
    rows = fitted.rows.set_index("metabolite")
    assert fitted.fit.converged.all()
    assert set(rows["origin"]) == {"measured"}
    ratio = rows.loc["GABA", "estimate"] / (rows.loc["NAA", "estimate"] + rows.loc["NAAG", "estimate"])
    assert abs(ratio - LCMODEL_RATIO) <= 0.055
    assert LOW <= ratio <= HIGH
    assert np.isfinite(rows["sd"]).all()
