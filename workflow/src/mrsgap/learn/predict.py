"""Trained networks applied to spectra, in batches."""

import functools
import operator

import jax
import numpy as np
from flax import nnx

from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import build


def predict(architecture: str, hyper: dict, inputs: Inputs, state, x, batch_size: int = 256) -> np.ndarray:
    """Concentrations that every run of `state` (leading run axis) reads from `x` (item, channel, bin).

    Returns (run, item, metabolite).
    """
    graph = nnx.split(nnx.eval_shape(lambda: build(architecture, hyper, inputs, jax.random.key(0))))[0]
    apply = _apply(graph)
    runs = len(jax.tree.leaves(state)[0])
    size = min(batch_size, len(x))
    count = -(-len(x) // size)
    whole = np.asarray(x, np.float32)[np.resize(np.arange(len(x)), count * size)]
    rows = []
    for run in range(runs):
        weights, others = jax.device_put(jax.tree.map(operator.itemgetter(run), state))
        parts = [apply(weights, others, whole[i * size : (i + 1) * size]) for i in range(count)]
        rows.append(np.concatenate(parts)[: len(x)])
    return np.stack(rows)


@functools.cache
def _apply(graph):
    return jax.jit(lambda weights, others, x: nnx.merge(graph, weights, others)(x).concentrations)
