"""Zarr in and out: one immutable store per rule, whole or absent.

A killed run leaves nothing that looks whole (core/files.py). Time stamps never enter a store: the same config gives the same
bytes.
"""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import xarray as xr
import zarr

from mrsgap.core.errors import InputError
from mrsgap.core.files import written_whole
from mrsgap.core.names import ITEM

SHARD_BYTES = 64 * 2**20  # one file of a long array; also what is held in memory per array before it is written
CHUNK_ITEMS = 32  # items read together


def write_dataset(dataset: xr.Dataset, path, *, chunks: dict | None = None) -> None:
    """Write `dataset` to the Zarr store `path`, replacing what is there.

    `chunks` maps a dimension to its chunk length; other dimensions are one chunk. Text becomes variable-length strings.

    >>> write_dataset(xr.Dataset({"truth": ("item", [8.0, 15.0])}), "two.zarr")
    >>> read_dataset("two.zarr", "truth").truth.values
    array([ 8., 15.])
    """
    dataset = with_string_type(dataset)
    encoding = {}
    for name, variable in dataset.variables.items():
        if chunks and variable.ndim:
            encoding[name] = {
                "chunks": tuple(chunks.get(dim, size) for dim, size in zip(variable.dims, variable.shape, strict=True))
            }
    with written_whole(path) as partial:
        dataset.to_zarr(partial, mode="w", consolidated=False, encoding=encoding, zarr_format=3)
        _consolidate(partial)


def _consolidate(folder: Path) -> None:
    """Put what every array is into the root's metadata, so that opening the store lists no folder.

    Snakemake leaves a time stamp in every folder that a rule made, and a reader that lists it warns of an unknown object.
    Programs that do not know consolidated metadata pass over it.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Consolidated metadata is currently not part")  # of the specification, yet
        zarr.consolidate_metadata(folder, zarr_format=3)


def with_string_type(dataset: xr.Dataset) -> xr.Dataset:
    """The data set with its text as variable-length strings, the only text that Zarr 3 specifies."""
    text = [name for name, variable in dataset.variables.items() if variable.dtype.kind in "UO"]
    # In C order: Zarr 3.1 writes text as it lies in memory and reads it row by row.
    converted = dataset.assign({name: dataset[name].astype(np.dtypes.StringDType(), order="C") for name in text})
    for name in text:  # an index falls back to fixed-length text unless its encoding says otherwise
        converted[name].encoding = {"dtype": np.dtypes.StringDType()}
    return converted


def read_dataset(path, *variables: str) -> xr.Dataset:
    """Open the Zarr store `path` lazily; `InputError` if it is absent, broken or lacks one of `variables`."""
    path = Path(path)
    if not (path / "zarr.json").is_file():
        raise InputError(f"no Zarr store at `{path}`", cure="Run the rule that makes it, or check the path")
    try:
        dataset = xr.open_zarr(path, consolidated=True, chunks=None)
    except (ValueError, KeyError, OSError) as error:
        raise InputError(f"the Zarr store `{path}` cannot be read: {error}", cure="Delete it and run again") from error
    missing = [name for name in variables if name not in dataset]
    if missing:
        raise InputError(f"the Zarr store `{path}` has no variable `{missing[0]}`", cure="Delete it and run again")
    return dataset


class ItemStream:
    """Arrays that grow along `item`: shards go to disk when full. Made by `stream_items`."""

    def __init__(self, folder: Path, items: int, arrays: dict):
        self._items, self._arrays, self._waiting, self._written = items, {}, {}, {}
        group = zarr.open_group(folder, mode="r+")
        for name, (dims, shape, dtype) in arrays.items():
            row_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
            chunk = min(CHUNK_ITEMS, items)
            shard = chunk * max(1, min(SHARD_BYTES // max(row_bytes * chunk, 1), -(-items // chunk)))
            self._arrays[name] = group.create_array(
                name, shape=(items, *shape), dtype=dtype, chunks=(chunk, *shape), shards=(shard, *shape),
                compressors=None, fill_value=0, dimension_names=(ITEM, *dims),
            )  # noise does not compress  # fmt: skip
            self._waiting[name], self._written[name] = [], 0

    def append(self, **rows: np.ndarray) -> None:
        """Add the next items, (item, ...), of every array at once."""
        if set(rows) != set(self._arrays):
            raise ValueError(f"append takes {sorted(self._arrays)}, but got {sorted(rows)}")
        for name, values in rows.items():
            self._waiting[name].append(np.asarray(values))
            self._flush(name, whole_shards=True)

    def close(self) -> None:
        """Write what is left; `ValueError` when items are missing."""
        for name in self._arrays:
            self._flush(name, whole_shards=False)
            if self._written[name] != self._items:
                raise ValueError(f"`{name}` has {self._written[name]} of {self._items} items")

    def _flush(self, name: str, *, whole_shards: bool) -> None:
        array, shard = self._arrays[name], self._arrays[name].shards[0]
        ready_rows = sum(len(rows) for rows in self._waiting[name])
        ready = ready_rows // shard * shard if whole_shards else ready_rows
        if not ready:
            return
        rows = np.concatenate(self._waiting[name])
        start = self._written[name]
        if start + ready > self._items:
            raise ValueError(f"`{name}` was given more than {self._items} items")
        array[start : start + ready] = rows[:ready]
        self._waiting[name], self._written[name] = [rows[ready:]], start + ready


@contextlib.contextmanager
def stream_items(path, items: int, arrays: dict, remainder: Callable[[], xr.Dataset]) -> Iterator[ItemStream]:
    """Write the store `path`: append to `arrays` ({name: (dims after item, shape after item, dtype)}) inside the block.

    `remainder()` is called at the end and returns the data set of everything else (small variables, coordinates, attributes).
    The store appears under `path` only when all is written; what killed runs left beside it is removed. Raises `InputError`
    for fewer than one item.
    """
    if items < 1:
        raise InputError(f"a data set needs at least one item, but has {items}", where="config: datasets.items")
    with written_whole(path) as partial:
        zarr.create_group(partial, zarr_format=3)
        stream = ItemStream(partial, items, arrays)
        yield stream
        stream.close()
        with_string_type(remainder()).to_zarr(partial, mode="a", consolidated=False, zarr_format=3)
        _consolidate(partial)
