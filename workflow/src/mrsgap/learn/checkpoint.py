"""Arrays and numbers to a file and back, without pickle: msgpack with each array as dtype, shape and bytes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import msgpack
import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.core.files import written_whole


@dataclass
class Checkpoint:
    """Training after `epoch`: schedules and history rows as plain values, and any tree of arrays."""

    epoch: int
    schedules: list[dict]
    rows: list[list]
    arrays: Any


def write_checkpoint(path, checkpoint: Checkpoint) -> None:
    """Write `checkpoint` to `path`, whole or not at all."""
    values = {"epoch": checkpoint.epoch, "schedules": checkpoint.schedules, "rows": checkpoint.rows}
    write_arrays(path, checkpoint.arrays, values)


def read_checkpoint(path, like) -> Checkpoint:
    """Read a checkpoint whose arrays have the structure, shapes and types of `like`; `InputError` otherwise."""
    arrays, values = read_arrays(path, like)
    return Checkpoint(values["epoch"], values["schedules"], values["rows"], arrays)


def write_arrays(path, tree, values: dict) -> None:
    """Write a tree of arrays and a dictionary of plain values to `path`, whole or not at all."""
    leaves = jax.tree_util.tree_flatten_with_path(tree)[0]
    packed = {jax.tree_util.keystr(place): _pack(leaf) for place, leaf in leaves}
    with written_whole(path) as partial, partial.open("wb") as file:
        msgpack.pack({"values": values, "arrays": packed}, file)


def read_arrays(path, like) -> tuple[Any, dict]:
    """The tree and the values of `write_arrays`. `like` gives structure, shapes and types; `InputError` where they differ."""
    path = Path(path)
    cure = "It was written by other code or for another network: delete it and train again"
    try:
        content = msgpack.unpackb(path.read_bytes(), strict_map_key=False, max_bin_len=2**32 - 1)
        packed, values = content["arrays"], content["values"]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise InputError(f"`{path}` is not a readable checkpoint: {error}", cure="Delete it and train again") from error
    leaves, structure = jax.tree_util.tree_flatten_with_path(like)
    names = [jax.tree_util.keystr(place) for place, _ in leaves]
    if set(names) != set(packed):
        odd = sorted(set(names) ^ set(packed))[0]
        raise InputError(f"`{path}` does not fit the network at `{odd}`", cure=cure)
    arrays = []
    for name, (_, leaf) in zip(names, leaves):
        array = _unpack(packed[name])
        if array.shape != tuple(leaf.shape) or array.dtype != np.dtype(leaf.dtype):
            raise InputError(
                f"`{path}` has {array.dtype} {array.shape} at `{name}`, not {leaf.dtype} {tuple(leaf.shape)}", cure=cure
            )
        arrays.append(array)
    return jax.tree_util.tree_unflatten(structure, arrays), values


def _pack(leaf) -> dict:
    array = np.asarray(leaf)
    return {"dtype": array.dtype.name, "shape": list(array.shape), "bytes": array.tobytes()}


def _unpack(packed: dict) -> np.ndarray:
    return np.frombuffer(packed["bytes"], np.dtype(packed["dtype"])).reshape(packed["shape"])
