"""Recurrent layers with Keras's equations and initial weights; both directions run in one scan.

The input's projection does not depend on the state and is one matrix product before the scan.
"""

import jax
import jax.numpy as jnp
from flax import nnx
from jax import lax

from mrsgap.networks.layers import glorot_uniform

_orthogonal = nnx.initializers.orthogonal()


def _weights(rngs: nnx.Rngs, initial, shape):
    """One matrix for each direction, (direction, *shape)."""
    return nnx.Param(jnp.stack([initial(rngs.params(), shape) for _ in range(2)]))


def _both_directions(x):
    return jnp.stack([x, x[:, ::-1]])  # (direction, batch, step, feature)


class BidirectionalLSTM(nnx.Module):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997); the last state of both directions.

    (batch, step, inputs) -> (batch, 2 * units). With the usual initial forget bias of 1 a unit remembers three steps. With
    `memory_steps` units remember between 1 and that many at first (Tallec and Ollivier, ICLR 2018, eq. 16).
    """

    def __init__(self, inputs: int, units: int, rngs: nnx.Rngs, *, memory_steps: int | None = None):
        self.kernel = _weights(rngs, glorot_uniform, (inputs, 4 * units))
        self.recurrent = _weights(rngs, _orthogonal, (units, 4 * units))
        bias = jnp.zeros((2, 4, units)).at[:, 1].set(1.0)  # input, forget, cell, output
        if memory_steps is not None:
            forget = jnp.log(jax.random.uniform(rngs.params(), (2, units), minval=1.0, maxval=memory_steps - 1.0))
            bias = bias.at[:, 0].set(-forget).at[:, 1].set(forget)
        self.bias = nnx.Param(bias.reshape(2, 1, 4 * units))
        self.units = units

    def __call__(self, x):
        """See the class."""
        projected = jnp.einsum("dbsi,dio->sdbo", _both_directions(x), self.kernel[...]) + self.bias[...]
        recurrent = self.recurrent[...]

        def step(carry, now):
            hidden, cell = carry
            i, f, g, o = jnp.split(now + jnp.einsum("dbu,duo->dbo", hidden, recurrent), 4, axis=-1)
            cell = nnx.sigmoid(f) * cell + nnx.sigmoid(i) * jnp.tanh(g)
            return (nnx.sigmoid(o) * jnp.tanh(cell), cell), None

        start = jnp.zeros((2, x.shape[0], self.units), x.dtype)
        (hidden, _), _ = lax.scan(step, (start, start), projected)
        return jnp.concatenate([hidden[0], hidden[1]], axis=-1)


class BidirectionalGRU(nnx.Module):
    """Gated recurrent unit with the reset gate after the product, so two biases (Cho et al., 2014; Keras `reset_after`).

    (batch, step, inputs) -> (batch, step, 2 * units)
    """

    def __init__(self, inputs: int, units: int, rngs: nnx.Rngs):
        self.kernel = _weights(rngs, glorot_uniform, (inputs, 3 * units))
        self.recurrent = _weights(rngs, _orthogonal, (units, 3 * units))
        self.bias = nnx.Param(jnp.zeros((2, 1, 3 * units)))
        self.recurrent_bias = nnx.Param(jnp.zeros((2, 1, 3 * units)))
        self.units = units

    def __call__(self, x):
        """See the class."""
        projected = jnp.einsum("dbsi,dio->sdbo", _both_directions(x), self.kernel[...]) + self.bias[...]
        recurrent, recurrent_bias = self.recurrent[...], self.recurrent_bias[...]

        def step(hidden, now):
            z, r, candidate = jnp.split(now, 3, axis=-1)
            hz, hr, hc = jnp.split(jnp.einsum("dbu,duo->dbo", hidden, recurrent) + recurrent_bias, 3, axis=-1)
            update = nnx.sigmoid(z + hz)
            new = update * hidden + (1 - update) * jnp.tanh(candidate + nnx.sigmoid(r + hr) * hc)
            return new, new

        start = jnp.zeros((2, x.shape[0], self.units), x.dtype)
        _, states = lax.scan(step, start, projected)  # (step, direction, batch, unit)
        forward, backward = jnp.moveaxis(states, 0, 2)  # each (batch, step, unit)
        return jax.numpy.concatenate([forward, backward[:, ::-1]], axis=-1)
