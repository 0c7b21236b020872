"""Write a Zarr store item by item in bounded memory; whole at the end or not there at all."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import xarray as xr
import zarr

from mrsgap.core.errors import InputError
from mrsgap.core.names import ITEM
from mrsgap.core.store import partial_beside, put_in_place, remove_partial, with_string_type

SHARD_BYTES = 64 * 2**20  # one file of a long array; also what is held in memory per array before it is written
CHUNK_ITEMS = 32  # items read together


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
        held = sum(len(rows) for rows in self._waiting[name])
        ready = held // shard * shard if whole_shards else held
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
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_beside(path)
    try:
        zarr.create_group(partial, zarr_format=3)
        stream = ItemStream(partial, items, arrays)
        yield stream
        stream.close()
        with_string_type(remainder()).to_zarr(partial, mode="a", consolidated=False, zarr_format=3)
        put_in_place(partial, path)
    finally:
        remove_partial(partial)
