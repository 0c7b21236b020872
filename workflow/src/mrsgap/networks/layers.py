"""Layers with Keras's defaults, which the published parameter counts and training assume (arXiv 2602.20289, code v2.1).

Glorot-uniform kernels, zero biases; batch normalisation with momentum 0.99 and epsilon 1e-3. A layer that behaves differently
in training takes `key`: a JAX key means training, None means evaluation. Spectra run channels-last, (batch, bin, feature).
Recurrent layers run both directions in one scan; their input's projection does not depend on the state and is one matrix
product before it.
"""

import jax
import jax.numpy as jnp
from flax import nnx
from jax import lax

from mrsgap.core.errors import InputError

glorot_uniform = nnx.initializers.glorot_uniform()
_orthogonal = nnx.initializers.orthogonal()

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


class Convolution(nnx.Module):
    """Convolution over bins with bias: (batch, bin, inputs) -> (batch, bin', outputs).

    `padding` is `valid` or `same`; `same` splits the padding as Keras does, the odd bin at the end.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, rngs: nnx.Rngs, *, stride=1, dilation=1, padding="valid"):
        self.kernel = nnx.Param(glorot_uniform(rngs.params(), (kernel, inputs, outputs)))
        self.bias = nnx.Param(jnp.zeros(outputs))
        self.stride, self.dilation, self.padding = stride, dilation, padding

    def __call__(self, x):
        """See the class."""
        reach = (self.kernel.shape[0] - 1) * self.dilation
        padding = (reach // 2, reach - reach // 2) if self.padding == "same" else (0, 0)
        return convolve(x, self.kernel[...], self.stride, self.dilation, padding) + self.bias[...]


def convolve(x, kernel, stride: int, dilation: int, padding: tuple[int, int]):
    """Cross-correlation of `x` (batch, bin, inputs) with `kernel` (tap, inputs, outputs).

    Padding is a separate operation: XLA's CPU convolution takes its fast path only for the unpadded case.
    """
    if padding != (0, 0):
        x = jnp.pad(x, ((0, 0), padding, (0, 0)))
    return lax.conv_general_dilated(
        x, kernel, (stride,), "VALID", rhs_dilation=(dilation,), dimension_numbers=("NWC", "WIO", "NWC")
    )


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
        return jnp.concatenate([forward, backward[:, ::-1]], axis=-1)


def _weights(rngs: nnx.Rngs, initial, shape):
    """One matrix for each direction, (direction, *shape)."""
    return nnx.Param(jnp.stack([initial(rngs.params(), shape) for _ in range(2)]))


def _both_directions(x):
    return jnp.stack([x, x[:, ::-1]])  # (direction, batch, step, feature)
