"""Architectures by name, and what every part of the workflow does with one: build it, describe it, count it."""

import inspect
import math

import jax
import pandas as pd
from flax import nnx

from mrsgap.networks.cnn import CNN
from mrsgap.networks.encdec import EncDec
from mrsgap.networks.fcnn import FCNN
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.qmrs import QMRS
from mrsgap.networks.qnet import QNet
from mrsgap.networks.qnet_basis import Constant, QNetBasis
from mrsgap.networks.residual_mlp import ResidualMLP
from mrsgap.networks.traits import check_hyper, traits
from mrsgap.networks.yae import YAE, Autoencoder, FrozenEncoderQuantifier

ARCHITECTURES = {
    "cnn": CNN,
    "yae": YAE,
    "autoencoder": Autoencoder,
    "frozen_encoder_quantifier": FrozenEncoderQuantifier,
    "fcnn": FCNN,
    "qnet": QNet,
    "qnet_basis": QNetBasis,
    "qmrs": QMRS,
    "encdec": EncDec,
    "residual_mlp": ResidualMLP,
}

COLUMNS = ["part", "layer", "kind", "weights", "parameters"]  # of a table of layers


def build(architecture: str, hyper: dict, inputs: Inputs, key) -> nnx.Module:
    """The network `architecture` with its hyper-parameters and initial weights from `key`.

    Raises `InputError` for an unknown architecture, an unknown hyper-parameter, or values that give no network.

    >>> inputs = Inputs(channels=("off-real", "diff-real"), points=384, metabolites=("GABA", "NAA"), normalisation="sum")
    >>> network = build("fcnn", {"filters": [4, 8, 8, 8, 8], "dense_units": 16}, inputs, jax.random.key(0))
    >>> network(jax.numpy.ones((3, 2, 384))).concentrations.shape  # (batch, channel, bin) -> (batch, metabolite)
    (3, 2)
    """
    check_hyper(architecture, hyper)
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in hyper.items()}
    return find(architecture)(inputs, nnx.Rngs(params=key), **settings)


def find(architecture: str):
    """The class of `architecture`; `InputError` lists the known ones."""
    traits(architecture)
    return ARCHITECTURES[architecture]


def hyper_parameters(architecture: str) -> dict:
    """Hyper-parameters of `architecture` and their published defaults.

    >>> hyper_parameters("encdec")["filters"]
    64
    """
    parameters = inspect.signature(find(architecture).__init__).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


def count_parameters(architecture: str, hyper: dict, inputs: Inputs) -> dict[str, int]:
    """Numbers of weights by shape evaluation alone: `trainable`, and `total` with batch statistics and frozen weights.

    Total counts as Keras does; a basis that a network carries is data and counts as neither.

    >>> inputs = Inputs(channels=("off-real", "diff-real"), points=2048, metabolites=("GABA", "NAA"), normalisation="sum")
    >>> counts = count_parameters("yae", {}, inputs)
    >>> f"{counts['trainable']:,} at the published size"
    '9,888,706 at the published size'
    """
    model = nnx.eval_shape(lambda: build(architecture, hyper, inputs, jax.random.key(0)))
    trainable, data, rest = nnx.state(model, nnx.Param, Constant, ...)
    del data
    trained = sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(trainable))
    return {"trainable": trained, "total": trained + sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(rest))}


def layer_table(architecture: str, hyper: dict, inputs: Inputs) -> pd.DataFrame:
    """One row per layer with weights, in the order of the network: part (first name on its path), layer, kind, shapes, count.

    Counts include batch statistics, as Keras counts; a basis that a network carries is data and not counted.
    """
    model = nnx.eval_shape(lambda: build(architecture, hyper, inputs, jax.random.key(0)))
    rows = []
    for path, module in nnx.iter_graph(model):
        if not isinstance(module, nnx.Module):
            continue
        variables = {
            name: value
            for name, value in vars(module).items()
            if isinstance(value, nnx.Variable) and not isinstance(value, Constant)
        }
        variables = {
            name: value for name, value in variables.items() if hasattr(value.get_value(), "shape") and not _is_key(value)
        }
        if variables:
            shapes = {name: tuple(value.get_value().shape) for name, value in variables.items()}
            names = [str(part) for part in path if not str(part).startswith("_")]
            weights = ", ".join(f"{name} {'×'.join(map(str, shape)) or 'scalar'}" for name, shape in shapes.items())
            count = sum(math.prod(shape) for shape in shapes.values())
            rows.append((names[0] if names else "network", ".".join(names), type(module).__name__, weights, count))
    return pd.DataFrame(rows, columns=COLUMNS)


def _is_key(value):
    return jax.dtypes.issubdtype(value.get_value().dtype, jax.dtypes.prng_key)
