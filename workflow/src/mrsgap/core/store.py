"""Zarr in and out: one immutable store per rule, whole or absent.

A store is written beside its final place and renamed into it, so a killed run leaves nothing that looks whole. Time
stamps never enter a store: the same config gives the same bytes.
"""

import glob
import os
import shutil
import time
import warnings
from pathlib import Path

import numpy as np
import xarray as xr

from mrsgap.core.errors import InputError

PATIENCE, PAUSE_S = 100, 0.02  # looks at an unfinished folder before it is left to the next write, and time between two


def write_dataset(dataset: xr.Dataset, path, *, chunks: dict | None = None) -> None:
    """Write `dataset` to the Zarr store `path`, replacing what is there.

    `chunks` maps a dimension to its chunk length; other dimensions are one chunk. Text becomes variable-length strings.
    """
    path = Path(path)
    partial = partial_beside(path)
    dataset = with_string_type(dataset)
    encoding = {}
    for name, variable in dataset.variables.items():
        if chunks and variable.ndim:
            encoding[name] = {
                "chunks": tuple(chunks.get(dim, size) for dim, size in zip(variable.dims, variable.shape, strict=True))
            }
    try:
        dataset.to_zarr(partial, mode="w", consolidated=False, encoding=encoding, zarr_format=3)
        put_in_place(partial, path)
    finally:
        remove_partial(partial)


def with_string_type(dataset: xr.Dataset) -> xr.Dataset:
    """The data set with its text as variable-length strings, the only text that Zarr 3 specifies."""
    text = [name for name, variable in dataset.variables.items() if variable.dtype.kind in "UO"]
    converted = dataset.assign({name: dataset[name].astype(np.dtypes.StringDType()) for name in text})
    for name in text:  # an index falls back to fixed-length text unless its encoding says otherwise
        converted[name].encoding = {"dtype": np.dtypes.StringDType()}
    return converted


def partial_beside(path: Path) -> Path:
    """Where `path` is written until it is whole; what killed runs left there is removed."""
    for stale in path.parent.glob(f"{glob.escape(path.name)}.partial-*"):
        shutil.rmtree(stale, ignore_errors=True)
    return path.with_name(f"{path.name}.partial-{os.getpid()}")


def remove_partial(partial: Path) -> None:
    """Remove an unfinished folder. After a failure Zarr's writing threads may still add files for a moment, so look again."""
    for _ in range(PATIENCE):
        shutil.rmtree(partial, ignore_errors=True)
        if not partial.exists():
            time.sleep(PAUSE_S)
            if not partial.exists():
                return
        time.sleep(PAUSE_S)


def put_in_place(partial: Path, path: Path) -> None:
    """Move the finished folder `partial` to `path`; what was at `path` is removed first."""
    shutil.rmtree(path, ignore_errors=True)
    os.replace(partial, path)


def read_dataset(path, *variables: str) -> xr.Dataset:
    """Open the Zarr store `path` lazily; `InputError` if it is absent, broken or lacks one of `variables`."""
    path = Path(path)
    if not (path / "zarr.json").is_file():
        raise InputError(f"no Zarr store at `{path}`", cure="Run the rule that makes it, or check the path")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Object at .snakemake_timestamp")  # put there by Snakemake
            dataset = xr.open_zarr(path, consolidated=False, chunks=None)
    except (ValueError, KeyError, OSError) as error:
        raise InputError(f"the Zarr store `{path}` cannot be read: {error}", cure="Delete it and run again") from error
    missing = [name for name in variables if name not in dataset]
    if missing:
        raise InputError(f"the Zarr store `{path}` has no variable `{missing[0]}`", cure="Delete it and run again")
    return dataset
