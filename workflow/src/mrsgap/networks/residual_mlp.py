"""Residual multilayer perceptron on the compact input: pre-norm blocks, positive concentrations, and how sure it is of each.

Blocks as in ResMLP and transformers (Touvron et al., arXiv 2105.03404, 2021; layer normalisation before the block: Xiong et
al., arXiv 2002.04745, 2020). The scale is that of a Laplace distribution of the errors, as heteroscedastic regression learns it
(Kendall and Gal, arXiv 1703.04977, 2017).
"""

import jax
import jax.numpy as jnp
from flax import nnx

from mrsgap.networks.inputs import Inputs, Output
from mrsgap.networks.layers import dense

SMALLEST_SCALE = 1e-3  # of max-normalised concentrations: weighing errors alone are larger


class ResidualMLP(nnx.Module):
    """A dense layer to `width`, `blocks` of norm, dense, GELU, dense added to their input, and two heads behind a norm."""

    def __init__(self, inputs: Inputs, rngs: nnx.Rngs, *, width=384, blocks=4):
        metabolites = len(inputs.metabolites)
        self.enter = dense(len(inputs.channels) * inputs.points, width, rngs)
        self.norms = nnx.List([nnx.LayerNorm(width, rngs=rngs) for _ in range(blocks)])
        self.hidden = nnx.List([dense(width, width, rngs) for _ in range(blocks)])
        self.back = nnx.List([dense(width, width, rngs) for _ in range(blocks)])
        self.norm = nnx.LayerNorm(width, rngs=rngs)
        self.scale = dense(width, metabolites, rngs)
        self.out = dense(width, metabolites, rngs)
        self.normalisation = inputs.normalisation

    def __call__(self, x, key=None) -> Output:
        """(batch, channel, bin) -> normalised concentrations and their scales, both (batch, metabolite) and positive."""
        x = self.enter(x.reshape(x.shape[0], -1))
        for norm, hidden, back in zip(self.norms, self.hidden, self.back):
            x = x + back(jax.nn.gelu(hidden(norm(x))))
        x = self.norm(x)
        # The scale learns from the features and does not change them: the concentrations are as good as without it.
        scales = SMALLEST_SCALE + jax.nn.softplus(self.scale(jax.lax.stop_gradient(x)))
        amounts = jax.nn.softplus(self.out(x))
        if self.normalisation != "none":
            reduce = jnp.max if self.normalisation == "max" else jnp.sum
            amounts = amounts / (reduce(amounts, axis=-1, keepdims=True) + 1e-6)
        return Output(amounts, scales=scales)
