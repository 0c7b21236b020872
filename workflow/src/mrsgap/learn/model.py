"""Trained networks: on disk, applied to spectra, and what they see in one.

A folder holds `weights.msgpack`, `model.json` that says everything about the networks, and `history.csv`.
"""

import functools
import json
import operator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np
from flax import nnx

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_json, write_table
from mrsgap.learn.checkpoint import read_arrays, write_arrays
from mrsgap.learn.fit import Trained
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import build, count_parameters
from mrsgap.networks.traits import traits


@dataclass(frozen=True)
class Model:
    """A stack of trained networks of one architecture: `state` has a leading run axis, `about` is `model.json`."""

    about: dict
    inputs: Inputs
    state: Any

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels of the network input, in order."""
        return self.inputs.channels

    def predict(self, x, batch_size: int = 256) -> np.ndarray:
        """Concentrations, (run, item, metabolite), of network input `x` (item, channel, bin)."""
        return predict(self.about["architecture"], self.about["hyper"], self.inputs, self.state, x, batch_size)

    @property
    def has_scales(self) -> bool:
        """Whether the networks say how large an error they expect."""
        return traits(self.about["architecture"]).has_scales

    def scales(self, x, batch_size: int = 256) -> np.ndarray:
        """Scales of the errors that the networks expect, (run, item, metabolite), where they say so (`has_scales`)."""
        about = self.about
        return _outputs("scales", about["architecture"], about["hyper"], self.inputs, self.state, x, batch_size)


def write_model(folder, trained: Trained, architecture: str, hyper: dict, inputs: Inputs, about: dict) -> None:
    """Write the networks of `trained`, with what `about` says of their making (method, training set, acquisition...)."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_arrays(folder / "weights.msgpack", trained.state, {})
    write_table(folder / "history.csv", trained.history)
    description = {
        "architecture": architecture,
        "hyper": hyper,
        "channels": list(inputs.channels),
        "points": inputs.points,
        "metabolites": list(inputs.metabolites),
        "normalisation": inputs.normalisation,
        "bin_hz": inputs.bin_hz,
        "fits_basis": inputs.basis is not None,
        "parameters": count_parameters(architecture, hyper, inputs),
        "runs": trained.names,
        "scores": [float(score) for score in trained.scores],
        "best_epochs": [int(epoch) for epoch in trained.best_epochs],
    }
    write_json(folder / "model.json", description | about)


def read_model(folder) -> Model:
    """Read what `write_model` wrote; `InputError` where it is absent or damaged."""
    folder = Path(folder)
    try:
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"no trained network in `{folder}`: {error}", cure="Delete the folder and train again") from error
    shape = (len(about["metabolites"]), 2, about["points"])
    inputs = Inputs(
        tuple(about["channels"]), about["points"], tuple(about["metabolites"]), about["normalisation"], about["bin_hz"],
        np.ones(shape, np.complex64) if about["fits_basis"] else None,  # its values are in the weights
    )  # fmt: skip
    model = nnx.eval_shape(lambda: build(about["architecture"], about["hyper"], inputs, jax.random.key(0)))
    single = nnx.split(model, nnx.Param, ...)[1:]
    runs = len(about["runs"])
    like = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct((runs, *leaf.shape), leaf.dtype), single)
    return Model(about, inputs, read_arrays(folder / "weights.msgpack", like)[0])


def encoder_weights(model: Model) -> Any:
    """Weights of the encoder of the first run, for a network that takes them over."""
    weights = jax.tree.map(lambda leaf: leaf[0], nnx.to_pure_dict(model.state[0]))
    if "encoder" not in weights:
        raise InputError(f"`{model.about['architecture']}` has no encoder", where="config: models.<name>.encoder_from")
    return weights["encoder"]


def predict(architecture: str, hyper: dict, inputs: Inputs, state, x, batch_size: int = 256) -> np.ndarray:
    """Concentrations that every run of `state` (leading run axis) reads from `x` (item, channel, bin).

    Returns (run, item, metabolite).
    """
    return _outputs("concentrations", architecture, hyper, inputs, state, x, batch_size)


def reconstruct(architecture: str, hyper: dict, inputs: Inputs, state, x, batch_size: int = 256) -> np.ndarray:
    """What every run of `state` (leading run axis) makes of `x` (item, channel, bin) without its noise.

    Returns (run, item, channel, bin).
    """
    return _outputs("reconstruction", architecture, hyper, inputs, state, x, batch_size)


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


def _outputs(name: str, architecture: str, hyper: dict, inputs: Inputs, state, x, batch_size: int) -> np.ndarray:
    """The field `name` of the networks' output for every run of `state`, (run, item, ...), in batches of one size."""
    graph = nnx.split(nnx.eval_shape(lambda: build(architecture, hyper, inputs, jax.random.key(0))))[0]
    apply = _apply(graph, name)
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
def _apply(graph, name: str):
    return jax.jit(lambda weights, others, x: getattr(nnx.merge(graph, weights, others)(x), name))


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
