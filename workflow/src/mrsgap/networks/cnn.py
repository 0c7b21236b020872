"""MRSNet-CNN: convolutions along the spectrum with weights shared by the channels, which are then joined three at a time.

Chandler et al., arXiv 1909.03836 (2019), as parametrised in arXiv 2602.20289, table 2 and its code v2.1 (study.md 5.1).
"""

import jax.numpy as jnp
from flax import nnx

from mrsgap.core.errors import InputError
from mrsgap.networks.inputs import Inputs, Output
from mrsgap.networks.layers import Convolution, activation, batch_norm, dense, dropout, max_pool, split


class Stage(nnx.Module):
    """Convolution over (channel, bin), batch normalisation or dropout, ReLU, pooling; (batch, height, bin, feature)."""

    def __init__(self, inputs, outputs, kernel, rngs, *, height=1, step=1, reduction="pool", rate=0.0, momentum=0.99):
        stride = step if reduction == "stride" else 1
        self.convolution = Convolution(height * inputs, outputs, kernel, rngs, stride=stride)
        self.norm = batch_norm(outputs, rngs, momentum) if rate == 0 else None
        self.height, self.rate = height, rate
        self.pool = step if reduction == "pool" else 1

    def __call__(self, x, key=None):
        """A kernel of height h joins h neighbouring channels, so the height shrinks by h - 1."""
        rows = x.shape[1] - self.height + 1
        joined = jnp.concatenate([x[:, row : row + rows] for row in range(self.height)], axis=-1)
        y = self.convolution(joined.reshape(-1, *joined.shape[2:]))
        if self.norm is not None:
            y = self.norm(y, use_running_average=key is None)
        y = max_pool(dropout(nnx.relu(y), self.rate, key), self.pool)
        return y.reshape(x.shape[0], rows, *y.shape[1:])


class CNN(nnx.Module):
    """`kernels` are C1 to C4, `steps` S1 and S2 (their size whether pooled or strided), `filters` F1 and F2."""

    def __init__(
        self,
        inputs: Inputs,
        rngs: nnx.Rngs,
        *,
        kernels=(9, 7, 5, 3),
        reduction="pool",
        steps=(2, 3),
        filters=(256, 512),
        dense_units=1024,
        convolution_dropout=0.0,
        dense_dropout=0.3,
        output_activation="sigmoid",
        batch_norm_momentum=0.99,
    ):
        if reduction not in ("pool", "stride"):
            raise InputError(f"`reduction` must be pool or stride, but is {reduction!r}", where="config: models")
        c1, c2, c3, c4 = kernels
        s1, s2 = steps
        common = {"reduction": reduction, "rate": convolution_dropout, "momentum": batch_norm_momentum}
        first, second = filters
        stages = [Stage(1, first, c1, rngs, step=s1, **common), Stage(first, first, c2, rngs, step=s1, **common)]
        height = len(inputs.channels)
        while height > 1:
            stages.append(Stage(first, first, c3, rngs, height=min(height, 3), **common))
            height -= min(height, 3) - 1
        width = first
        for features in filters:
            for step in (1, s2, 1, s2):
                stages.append(Stage(width, features, c4, rngs, step=step, **common))
                width = features
        self.stages = nnx.List(stages)
        bins = inputs.points
        for stage in stages:
            taps, stride = stage.convolution.kernel.shape[0], stage.convolution.stride
            bins = ((bins - taps) // stride + 1) // stage.pool
            if bins < 1:
                raise InputError(
                    f"kernels {tuple(kernels)} with steps {tuple(steps)} leave nothing of {inputs.points} bins",
                    where="config: models",
                    cure="Use smaller kernels or steps",
                )
        self.dense = dense(bins * second, dense_units, rngs)
        self.out = dense(dense_units, len(inputs.metabolites), rngs)
        self.dense_dropout, self.output_activation = dense_dropout, output_activation

    def __call__(self, x, key=None) -> Output:
        """(batch, channel, bin) -> concentrations."""
        *keys, last = split(key, len(self.stages) + 1)
        x = x[..., None]  # (batch, channel, bin, feature)
        for stage, stage_key in zip(self.stages, keys):
            x = stage(x, stage_key)
        x = nnx.sigmoid(self.dense(x.reshape(x.shape[0], -1)))
        return Output(activation(self.output_activation)(self.out(dropout(x, self.dense_dropout, last))))
