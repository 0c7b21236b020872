"""EncDec: WaveNet blocks on every edit state, a recurrent layer and attention across the states (Zhang et al.; study.md 5.6).

The reference asks for 128 filters and silently uses 64, and its reshape scrambles channels when a state has several parts. Here
`filters` is what it says, and the channels keep their places.
"""

import jax.numpy as jnp
from flax import nnx

from mrsgap.networks.inputs import Inputs, Output
from mrsgap.networks.layers import BidirectionalGRU, Convolution, dense


class WaveNetBlock(nnx.Module):
    """tanh(conv) * sigmoid(conv) plus a 1x1 convolution of the input; dilated, same length (van den Oord et al., 2016)."""

    def __init__(self, inputs: int, filters: int, kernel: int, dilation: int, rngs: nnx.Rngs):
        self.content = Convolution(inputs, filters, kernel, rngs, dilation=dilation, padding="same")
        self.gate = Convolution(inputs, filters, kernel, rngs, dilation=dilation, padding="same")
        self.skip = dense(inputs, filters, rngs)

    def __call__(self, x):
        """(batch, bin, inputs) -> (batch, bin, filters)."""
        return jnp.tanh(self.content(x)) * nnx.sigmoid(self.gate(x)) + self.skip(x)


class EncDec(nnx.Module):
    """Three blocks of dilation 1, 2, 4, mean over the spectrum, GRU and softmax attention over edit states; unbounded."""

    def __init__(self, inputs: Inputs, rngs: nnx.Rngs, *, filters=64, kernel=5, dilations=(1, 2, 4)):
        widths = [len(inputs.parts)] + [filters] * len(dilations)
        self.blocks = nnx.List([WaveNetBlock(a, filters, kernel, dilation, rngs) for a, dilation in zip(widths, dilations)])
        self.recurrent = BidirectionalGRU(filters, filters, rngs)
        self.attention = dense(2 * filters, 1, rngs)
        self.out = dense(2 * filters, len(inputs.metabolites), rngs)
        self.inputs = inputs

    def __call__(self, x, key=None) -> Output:
        """(batch, channel, bin) -> concentrations."""
        x = jnp.swapaxes(self.inputs.by_state(x), 2, 3)  # (batch, state, bin, part)
        batch, states = x.shape[:2]
        x = x.reshape(batch * states, *x.shape[2:])
        for block in self.blocks:
            x = block(x)
        x = self.recurrent(jnp.mean(x, axis=1).reshape(batch, states, -1))  # (batch, state, feature)
        weights = nnx.softmax(self.attention(x), axis=1)
        return Output(self.out(jnp.mean(weights * x, axis=1)))
