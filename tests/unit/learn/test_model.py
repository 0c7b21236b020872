"""Features of every architecture: one row per item, equal for equal spectra, different for different ones."""

import jax
import numpy as np
import pytest
from flax import nnx

from mrsgap.learn.model import features
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import build

NARROW = {
    "cnn": ("cnn", {"filters": [2, 2], "dense_units": 8}),
    "yae": ("yae", {"width": 64, "encoder_layers": 3, "decoder_layers": 3, "units": 8}),
    "fcnn": ("fcnn", {"filters": [2, 2], "dense_units": 8}),
    "qnet": ("qnet", {"filters": [2, 2], "dense_units": 8}),
    "encdec": ("encdec", {"filters": 4}),
}


@pytest.mark.parametrize("name", NARROW)
def test_one_row_per_item_and_what_differs_differs(name):
    architecture, hyper = NARROW[name]
    inputs = Inputs(("off-real", "on-real"), points=2048)
    model = build(architecture, hyper, inputs, jax.random.key(0))
    state = jax.tree.map(lambda leaf: leaf[None], nnx.split(model, nnx.Param, ...)[1:])
    x = np.random.default_rng(0).normal(size=(5, 2, 2048)).astype(np.float32)
    x[4] = x[0]
    found = features(architecture, hyper, inputs, state, x, batch_size=2)
    assert found.shape[0] == 5
    assert found.shape[1] >= 4
    np.testing.assert_allclose(found[4], found[0], rtol=1e-4, atol=1e-5)
    assert np.abs(found[1] - found[0]).max() > 1e-6
