"""QNet as the study ran it: imperfection factors from a convolutional module, and a linear map from them (study.md 5.4).

Chen et al. (2024) solve linear least squares with the corrected basis; `qnet_basis.py` does. This one is a plain regressor.
"""

import jax.numpy as jnp
from flax import nnx

from mrsgap.networks.inputs import Inputs, Output
from mrsgap.networks.layers import Convolution, dense, max_pool

FACTORS = 3  # phase, frequency shift and linewidth of each metabolite


class ImperfectionModule(nnx.Module):
    """Factors of one edit state from one part of its spectrum: (batch, bin) -> (batch, 3 * metabolites)."""

    def __init__(self, points: int, outputs: int, filters, dense_units: int, rngs: nnx.Rngs):
        widths = [1, *filters]
        pairs = zip(widths, filters)
        self.convolutions = nnx.List(
            [Convolution(a, f, 3, rngs, padding="same") for width, f in pairs for a in (width, f)],
        )
        self.hidden = dense((points >> len(filters)) * filters[-1], dense_units, rngs)
        self.out = dense(dense_units, outputs, rngs)

    def __call__(self, x):
        """See the class."""
        x = x[..., None]
        for index, convolution in enumerate(self.convolutions):
            x = nnx.relu(convolution(x))
            if index % 2:
                x = max_pool(x, 2)
        return self.out(nnx.relu(self.hidden(x.reshape(x.shape[0], -1))))


class QNet(nnx.Module):
    """Factors of every edit state (its first part), averaged over the states, times a learnt matrix; unbounded."""

    def __init__(self, inputs: Inputs, rngs: nnx.Rngs, *, filters=(16, 32, 64), dense_units=128):
        count = len(inputs.metabolites)
        self.factors = ImperfectionModule(inputs.points, FACTORS * count, tuple(filters), dense_units, rngs)
        self.solve = dense(FACTORS * count, count, rngs, use_bias=False)
        self.inputs = inputs

    def __call__(self, x, key=None) -> Output:
        """(batch, channel, bin) -> concentrations."""
        states = self.inputs.by_state(x)[:, :, 0]  # (batch, state, bin)
        factors = self.factors(states.reshape(-1, states.shape[-1])).reshape(*states.shape[:2], -1)
        return Output(self.solve(jnp.mean(factors, axis=1)))
