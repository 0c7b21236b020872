"""The basis is corrected as physics says, and the fit inside the network is the non-negative least-squares solution."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import nnls
from unit.networks.narrow import NARROW, inputs, key, lines, spectra

from mrsgap.core.errors import InputError
from mrsgap.networks.qnet_basis import nonnegative_least_squares
from mrsgap.networks.registry import build


@pytest.fixture(scope="module")
def model():
    return build("qnet_basis", NARROW["qnet_basis"], inputs(), key())


def test_fit_agrees_with_scipy():
    rng = np.random.default_rng(0)
    matrices, targets = rng.normal(size=(20, 40, 5)), rng.normal(size=(20, 40))
    expected = [nnls(matrix, target)[0] for matrix, target in zip(matrices, targets)]
    gram, projection = np.einsum("brm,brk->bmk", matrices, matrices), np.einsum("brm,br->bm", matrices, targets)
    found = nonnegative_least_squares(jnp.asarray(gram), jnp.asarray(projection), ridge=0.0, sweeps=100)
    assert np.min(expected) == 0
    assert np.allclose(found, expected, atol=1e-4)


def test_zero_factors_leave_the_basis_and_give_exact_concentrations(model):
    basis = lines() / np.abs(lines()[:, 0]).max()
    assert np.allclose(model.correct(jnp.zeros((1, 2, 5, 3)))[0], np.moveaxis(basis, 1, 0), atol=1e-5)
    model.factors.out.kernel[...] = jnp.zeros_like(model.factors.out.kernel[...])
    truth = np.array([0.1, 0.3, 0.2, 0.15, 0.25])
    mixed = np.einsum("m,meb->eb", truth, basis)
    x = np.stack([mixed[0].imag, mixed[0].real, mixed[1].imag, mixed[1].real])[None]
    assert np.allclose(model(x).concentrations[0], truth, atol=2e-3)


def test_shift_moves_a_line_up_in_frequency_and_width_lowers_it(model):
    bin_hz = 431.3 / 384
    factors = np.zeros((3, 2, 5, 3), np.float32)
    factors[1, ..., 1] = np.arctanh(2 * bin_hz / 5.0)  # two bins, within the limit of 5 Hz
    factors[2, ..., 2] = 1.0
    plain, moved, broad = np.asarray(model.correct(jnp.asarray(factors)))
    inner = slice(8, -8)
    assert np.allclose(np.roll(plain, 2, axis=-1)[..., inner], moved[..., inner], atol=0.02)
    assert (np.abs(broad).max(axis=-1) < np.abs(plain).max(axis=-1)).all()


def test_gradient_reaches_every_weight_of_the_imperfection_module(model):
    from flax import nnx

    fresh = build("qnet_basis", NARROW["qnet_basis"], inputs(), key(5))
    x, *_ = spectra(4)
    weigh = jnp.arange(5.0)
    gradient = nnx.jit(nnx.grad(lambda network: jnp.sum(network(x).concentrations * weigh)))(fresh)
    for leaf in jax.tree.leaves(gradient):
        assert np.isfinite(leaf).all()
    assert np.abs(gradient.factors.convolutions[0].kernel[...]).max() > 0


def test_magnitude_channels_and_a_missing_basis_are_refused():
    with pytest.raises(InputError, match="not linear"):
        build("qnet_basis", {}, inputs(("off-magnitude", "on-magnitude")), key())
    from mrsgap.networks.inputs import Inputs

    with pytest.raises(InputError, match="needs a basis"):
        build("qnet_basis", {}, Inputs(("off-real", "on-real")), key())
