"""What QMRS can see of a spectrum before it has learnt anything."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import build

SMALL = {"filters": 4, "inception": (2, 2, 2), "units": 32, "dense_units": (16,), "dropout": 0.0}


def sensitivity(**hyper) -> np.ndarray:
    """Mean size of the gradient of the output by every bin, (bin,)."""
    network = build("qmrs", SMALL | hyper, Inputs(("off-real", "on-real")), jax.random.key(0))
    x = 0.1 * jax.random.normal(jax.random.key(1), (4, 2, 2048))
    gradient = jax.grad(lambda x: jnp.square(network(x).concentrations).sum())(x)
    return np.abs(np.asarray(gradient)).mean(axis=(0, 1))


def test_as_published_it_starts_blind_to_all_but_the_ends_of_the_spectrum():
    seen = sensitivity()
    assert seen[512:1536].max() < 1e-12 * seen[:32].mean()


def test_with_memories_of_all_lengths_it_starts_with_the_whole_spectrum_in_view():
    seen = sensitivity(memory_steps=1024)
    assert seen[512:1536].mean() > 0.01 * seen[:32].mean()


@pytest.mark.parametrize("steps", [16, 1024])
def test_memories_are_between_one_step_and_the_longest(steps):
    recurrent = build("qmrs", SMALL | {"memory_steps": steps}, Inputs(("off-real",)), jax.random.key(0)).recurrent
    bias = np.asarray(recurrent.bias[...]).reshape(2, 4, -1)  # (direction, gate, unit)
    memory = 1 + np.exp(bias[:, 1])  # 1 / (1 - sigmoid(bias))
    assert memory.min() >= 2
    assert memory.max() <= steps
    assert memory.max() > steps / 2
    np.testing.assert_array_equal(bias[:, 0], -bias[:, 1])
