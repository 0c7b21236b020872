"""FCNN: five convolutions with concatenated ReLU, then dense layers (Hatami et al., arXiv 1806.07237, 2018; study.md 5.3).

The reference drops channels beyond two (and pads one with zeros); here every channel given is used.
"""

import jax.numpy as jnp
from flax import nnx

from mrsgap.networks.inputs import Inputs, Output
from mrsgap.networks.layers import Convolution, dense, dropout, max_pool, split


class FCNN(nnx.Module):
    """Blocks of convolution (same), concatenated ReLU (twice the features) and pooling; unbounded concentrations."""

    def __init__(
        self,
        inputs: Inputs,
        rngs: nnx.Rngs,
        *,
        filters=(32, 64, 128, 256, 512),
        kernel=3,
        pool=2,
        dense_units=1024,
        dropout=0.5,
    ):
        widths = [len(inputs.channels)] + [2 * f for f in filters]
        self.convolutions = nnx.List(
            [Convolution(width, f, kernel, rngs, padding="same") for width, f in zip(widths, filters)],
        )
        bins = inputs.points
        for _ in filters:
            bins //= pool
        self.dense = dense(bins * widths[-1], dense_units, rngs)
        self.out = dense(dense_units, len(inputs.metabolites), rngs)
        self.pool, self.dropout = pool, dropout

    def __call__(self, x, key=None) -> Output:
        """(batch, channel, bin) -> concentrations."""
        x = jnp.swapaxes(x, 1, 2)  # (batch, bin, channel)
        for convolution in self.convolutions:
            x = convolution(x)
            x = max_pool(nnx.relu(jnp.concatenate([x, -x], axis=-1)), self.pool)
        x = dropout(nnx.relu(self.dense(x.reshape(x.shape[0], -1))), self.dropout, *split(key, 1))
        return Output(self.out(x))
