"""From a described basis to a plan: what is derived, and what is refused."""

import copy

import numpy as np
import pytest
from reference_data import config

from mrsgap.basis.plan import make_plan
from mrsgap.basis.simulate import simulate_metabolite
from mrsgap.core.errors import InputError

BASES, SEQUENCES = config("config.yaml")["bases"], config("sequence.yaml")
METABOLITES = config("metabolites.yaml")["metabolites"]


def plan(name="study", **changes):
    description = copy.deepcopy(BASES[name])
    for key, value in changes.items():
        description[key] = {**description[key], **value} if isinstance(value, dict) else value
    return make_plan(description, SEQUENCES["sequences"], SEQUENCES["pulses"])


@pytest.mark.parametrize("name", BASES)
def test_shipped_bases_have_a_plan(name):
    assert plan(name).sequence.echo_time_s == pytest.approx(0.068)


def test_gradient_makes_the_band_as_wide_as_the_slice():
    assert plan(grid={"slice_cm": 1.5}).gradient_hz_per_cm == pytest.approx(2 * plan().gradient_hz_per_cm)


@pytest.mark.parametrize("quadrature", ["uniform", "gauss_legendre"])
def test_weights_integrate_over_the_slice(quadrature):
    """A signal that is 1 inside 3 cm integrates to 1 whatever the grid."""
    for positions in (50, 200):
        place = plan(grid={"quadrature": quadrature}).localisation(positions)
        inside = np.abs(place.offsets_hz["x"]) <= 1.5 * plan().gradient_hz_per_cm
        assert (inside * place.weights["x"]).sum() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(("changes", "complaint"), [
    ({"sequence": "steam"}, "unknown sequence `steam`"), ({"pulses": {"edit": "gauss"}}, "unknown pulse `gauss`"),
    ({"grid": {"positions": 0}}, "grid needs 1 to"), ({"grid": {"slice_cm": 0}}, "slice_cm"),
    ({"larmor_mhz": -1}, "larmor_mhz"),
    ({"spectral_width_hz": 0}, "spectral_width_hz"), ({"points": 0}, "points"),
])  # fmt: skip
def test_faults_are_named(changes, complaint):
    with pytest.raises(InputError, match=complaint):
        plan(**changes)


def test_a_folding_line_is_named_and_can_be_allowed():
    narrow = {"spectral_width_hz": 1000.0, "points": 64}
    with pytest.raises(InputError, match=r"7\.8205 ppm resonance of NAA.*would fold.*allow_folding"):
        simulate_metabolite("NAA", METABOLITES["NAA"], plan("ideal", **narrow))
    allowed = simulate_metabolite("NAA", METABOLITES["NAA"], plan("ideal", allow_folding=True, **narrow))
    assert np.isfinite(allowed.fid).all()


def test_refinement_stops_below_its_tolerance(float64):
    refined = simulate_metabolite(
        "Cr", METABOLITES["Cr"], plan("converged", points=64, grid={"positions": 8, "tolerance": 1e-3})
    )
    assert refined.change < 1e-3
    assert 8 < refined.positions <= 24


@pytest.mark.slow
@pytest.mark.parametrize("name", METABOLITES)
def test_the_shipped_nodes_agree_with_a_fine_uniform_grid(float64, name):
    """1,024 evenly spaced positions, extrapolated to no spacing (Richardson), share nothing with the nodes but the pulse."""
    shipped = simulate_metabolite(name, METABOLITES[name], plan("converged", points=64))
    uniform = {"quadrature": "uniform", "tolerance": None}
    coarse, fine = (
        simulate_metabolite(name, METABOLITES[name], plan("converged", points=64, grid={**uniform, "positions": positions})).fid
        for positions in (513, 1025)
    )
    assert shipped.positions <= 64
    error = np.linalg.norm(shipped.fid - (2 * fine - coarse), axis=-1) / np.linalg.norm(fine, axis=-1)
    assert error.max() < 1e-3


def test_a_grid_that_cannot_settle_is_an_error(float64, monkeypatch):
    from mrsgap.basis import simulate

    random = np.random.default_rng(0)
    monkeypatch.setattr(simulate, "_on_grid", lambda *_: random.normal(size=(2, 4)) + 0j)
    with pytest.raises(InputError, match="still changes"):
        simulate_metabolite("Cr", METABOLITES["Cr"], plan("converged"))
