"""Layers with Keras's defaults, which the published parameter counts and training assume (arXiv 2602.20289, code v2.1).

Glorot-uniform kernels, zero biases; batch normalisation with momentum 0.99 and epsilon 1e-3. A layer that behaves differently
in training takes `key`: a JAX key means training, None means evaluation. Spectra run channels-last, (batch, bin, feature).
"""

import jax
import jax.numpy as jnp
from flax import nnx

from mrsgap.core.errors import InputError

glorot_uniform = nnx.initializers.glorot_uniform()

_ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": jax.nn.relu,
    "sigmoid": jax.nn.sigmoid,
    "softmax": jax.nn.softmax,
    "tanh": jnp.tanh,
}


def activation(name: str):
    """Activation by name: linear, relu, sigmoid, softmax, tanh, or leakyrelu followed by its slope (`leakyrelu0.1`)."""
    if name.startswith("leakyrelu"):
        try:
            slope = float(name.removeprefix("leakyrelu"))
        except ValueError:
            raise InputError(f"`{name}` has no slope", cure="Write for example leakyrelu0.1") from None
        return lambda x: jax.nn.leaky_relu(x, slope)
    if name not in _ACTIVATIONS:
        raise InputError(f"unknown activation `{name}`", cure=f"Known are {', '.join(_ACTIVATIONS)}, leakyrelu<slope>")
    return _ACTIVATIONS[name]


def dense(inputs: int, outputs: int, rngs: nnx.Rngs, use_bias: bool = True) -> nnx.Linear:
    """Dense layer on the last axis."""
    return nnx.Linear(inputs, outputs, use_bias=use_bias, kernel_init=glorot_uniform, rngs=rngs)


def batch_norm(features: int, rngs: nnx.Rngs, momentum: float = 0.99) -> nnx.BatchNorm:
    """Batch normalisation over the last axis; call it with `use_running_average=key is None`."""
    return nnx.BatchNorm(features, momentum=momentum, epsilon=1e-3, rngs=rngs)


def dropout(x, rate: float, key):
    """Zero a fraction `rate` of `x` in training and scale the rest up; `key` None or a rate of 0 returns `x`.

    Sixteen random bits an element: the realised rate is a multiple of 2**-16, and drawing costs a half of float32 uniforms.
    """
    if key is None or rate <= 0:
        return x
    kept = round((1 - rate) * 2**16)
    mask = jax.random.bits(key, x.shape, jnp.uint16) < kept
    return jnp.where(mask, x * (2**16 / kept), 0)


def split(key, count: int):
    """`count` keys, or `count` times None in evaluation."""
    return [None] * count if key is None else list(jax.random.split(key, count))


def max_pool(x, size: int):
    """Maximum over windows of `size` bins that do not overlap, an incomplete last one dropped; (batch, bin, feature).

    By reshape: XLA's windowed reduction has a gradient (select and scatter) many times slower on a CPU.
    """
    if size == 1:
        return x
    batch, bins, features = x.shape
    return x[:, : bins // size * size].reshape(batch, bins // size, size, features).max(axis=2)


class Block(nnx.Module):
    """Dense layer, activation; batch normalisation between when `rate` is 0, dropout after when it is above (study.md 5.2)."""

    def __init__(self, inputs: int, outputs: int, act: str, rate: float, rngs: nnx.Rngs):
        self.linear = dense(inputs, outputs, rngs)
        self.norm = batch_norm(outputs, rngs) if rate == 0 else None
        self.act, self.rate = act, rate

    def __call__(self, x, key=None):
        """(..., inputs) -> (..., outputs)."""
        x = self.linear(x)
        if self.norm is not None:
            x = self.norm(x, use_running_average=key is None)
        return dropout(activation(self.act)(x), self.rate, key)
