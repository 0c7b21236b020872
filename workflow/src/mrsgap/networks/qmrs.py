"""QMRS: inception modules along the spectrum, a bidirectional LSTM and dense layers (study.md 5.5).

The LSTM walks 1,024 steps and hands over its last states, and as published its units remember three steps at first: the
gradient by the middle of the spectrum is zero in float32, so QMRS learns from the ends of the band, if at all. `memory_steps`
(a thousand, say) starts units with memories of all lengths instead; the parameters stay the same.
"""

import itertools

import jax.numpy as jnp
from flax import nnx

from mrsgap.networks.inputs import Inputs, Output
from mrsgap.networks.layers import BidirectionalLSTM, Convolution, dense, dropout, max_pool, split


class Inception(nnx.Module):
    """Convolutions of 1, 3 and 5 bins side by side, ReLU: (batch, bin, inputs) -> (batch, bin, 3 * filters)."""

    def __init__(self, inputs: int, filters: int, rngs: nnx.Rngs):
        self.branches = nnx.List([Convolution(inputs, filters, kernel, rngs, padding="same") for kernel in (1, 3, 5)])

    def __call__(self, x):
        """See the class."""
        return nnx.relu(jnp.concatenate([branch(x) for branch in self.branches], axis=-1))


class QMRS(nnx.Module):
    """Convolution and pooling, three inception modules, bidirectional LSTM, two dense layers; unbounded concentrations.

    `memory_steps` is that of `layers.BidirectionalLSTM`; None is the published start.
    """

    def __init__(
        self,
        inputs: Inputs,
        rngs: nnx.Rngs,
        *,
        filters=32,
        inception=(32, 33, 34),
        units=128,
        dense_units=(512, 256),
        dropout=0.5,
        memory_steps=None,
    ):
        self.first = Convolution(len(inputs.channels), filters, 3, rngs, padding="same")
        widths = [filters] + [3 * f for f in inception]
        self.modules = nnx.List([Inception(width, f, rngs) for width, f in zip(widths, inception)])
        self.recurrent = BidirectionalLSTM(widths[-1], units, rngs, memory_steps=memory_steps)
        heads = [2 * units, *dense_units]
        self.hidden = nnx.List([dense(a, b, rngs) for a, b in itertools.pairwise(heads)])
        self.out = dense(heads[-1], len(inputs.metabolites), rngs)
        self.dropout = dropout

    def __call__(self, x, key=None) -> Output:
        """(batch, channel, bin) -> concentrations."""
        x = max_pool(nnx.relu(self.first(jnp.swapaxes(x, 1, 2))), 2)
        for module in self.modules:
            x = module(x)
        x = self.recurrent(x)
        for layer in self.hidden:
            x = nnx.relu(layer(x))
        return Output(self.out(dropout(x, self.dropout, *split(key, 1))))
