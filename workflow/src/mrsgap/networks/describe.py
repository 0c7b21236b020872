"""What a network is made of, layer by layer, by shape evaluation alone."""

import math

import jax
import pandas as pd
from flax import nnx

from mrsgap.networks.inputs import Inputs
from mrsgap.networks.qnet_basis import Constant
from mrsgap.networks.registry import build

COLUMNS = ["part", "layer", "kind", "weights", "parameters"]


def layer_table(architecture: str, hyper: dict, inputs: Inputs) -> pd.DataFrame:
    """One row per layer with weights, in the order of the network: part (first name on its path), layer, kind, shapes, count.

    Counts include batch statistics, as Keras counts; a basis that a network carries is data and not counted.
    """
    model = nnx.eval_shape(lambda: build(architecture, hyper, inputs, jax.random.key(0)))
    rows = []
    for path, module in nnx.iter_graph(model):
        if not isinstance(module, nnx.Module):
            continue
        own = {
            name: value
            for name, value in vars(module).items()
            if isinstance(value, nnx.Variable) and not isinstance(value, Constant)
        }
        own = {name: value for name, value in own.items() if hasattr(value.get_value(), "shape") and not _is_key(value)}
        if own:
            shapes = {name: tuple(value.get_value().shape) for name, value in own.items()}
            names = [str(part) for part in path if not str(part).startswith("_")]
            weights = ", ".join(f"{name} {'×'.join(map(str, shape)) or 'scalar'}" for name, shape in shapes.items())
            count = sum(math.prod(shape) for shape in shapes.values())
            rows.append((names[0] if names else "network", ".".join(names), type(module).__name__, weights, count))
    return pd.DataFrame(rows, columns=COLUMNS)


def _is_key(value):
    return jax.dtypes.issubdtype(value.get_value().dtype, jax.dtypes.prng_key)
