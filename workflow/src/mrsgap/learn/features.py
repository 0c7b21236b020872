"""What a trained network sees in a spectrum: the input of its last layer, its feature space."""

import functools
import operator

import jax
import numpy as np
from flax import nnx

from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import build
from mrsgap.networks.traits import traits


def features(architecture: str, hyper: dict, inputs: Inputs, state, x, batch_size: int = 256) -> np.ndarray:
    """Features (item, feature) of the first run of `state` for network input `x` (item, channel, bin), in batches."""
    graph = nnx.split(nnx.eval_shape(lambda: build(architecture, hyper, inputs, jax.random.key(0))))[0]
    weights, others = jax.device_put(jax.tree.map(operator.itemgetter(0), state))
    size = min(batch_size, len(x))
    count = -(-len(x) // size)
    whole = np.asarray(x, np.float32)[np.resize(np.arange(len(x)), count * size)]
    last = traits(architecture).head[-1]
    parts = [_last_input(graph, last, weights, others, whole[i * size : (i + 1) * size]) for i in range(count)]
    return np.concatenate(parts)[: len(x)]


@functools.partial(jax.jit, static_argnums=(0, 1))
def _last_input(graph, name, weights, others, x):
    """Input of the network's module `name`, one row per item."""
    model = nnx.merge(graph, weights, others)
    head, entered = getattr(model, name), []

    def watched(value, *rest, **named):
        entered.append(value)
        return head(value, *rest, **named)

    object.__setattr__(model, name, watched)
    model(x)
    return entered[0].reshape(x.shape[0], -1)
