"""One-dimensional convolution, channels-last."""

import jax
from flax import nnx
from jax import lax

from mrsgap.networks.layers import glorot_uniform


class Convolution(nnx.Module):
    """Convolution over bins with bias: (batch, bin, inputs) -> (batch, bin', outputs).

    `padding` is `valid` or `same`; `same` splits the padding as Keras does, the odd bin at the end.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, rngs: nnx.Rngs, *, stride=1, dilation=1, padding="valid"):
        self.kernel = nnx.Param(glorot_uniform(rngs.params(), (kernel, inputs, outputs)))
        self.bias = nnx.Param(jax.numpy.zeros(outputs))
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
        x = jax.numpy.pad(x, ((0, 0), padding, (0, 0)))
    return lax.conv_general_dilated(
        x, kernel, (stride,), "VALID", rhs_dilation=(dilation,), dimension_numbers=("NWC", "WIO", "NWC")
    )
