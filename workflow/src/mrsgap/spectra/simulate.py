"""A data set of simulated spectra, drawn, rendered and written in chunks."""

import time
from collections.abc import Iterator

import jax
import numpy as np
import xarray as xr

from mrsgap.core.errors import InputError
from mrsgap.core.job import log, track
from mrsgap.core.names import EDIT, EDIT_STATES, ITEM, METABOLITE, SIMULATED, TIME
from mrsgap.core.store import stream_items
from mrsgap.spectra.imperfections import Recipe, draw_axes
from mrsgap.spectra.mix import Pool, clean_fid
from mrsgap.spectra.render import render_items
from mrsgap.spectra.resonances import split_where_drawn

CHUNK = 64  # items rendered together: their FIDs stay in a processor's cache; the number never changes an item


def simulate_spectra(path, truth: np.ndarray, pool: Pool, recipe: Recipe, key, attributes: dict, *, store_clean: bool = False):
    """Write the store `path`: `fid` (item, edit, time), `truth` (item, metabolite) and every draw over item.

    `key` is the data set's JAX key; item i uses the key folded with i. `store_clean` adds `fid_clean`, which `clean_items`
    re-renders otherwise. Memory is bounded by the chunk and shard sizes, whatever the number of items.
    """
    points, states = pool.acquisition.points, len(EDIT_STATES)
    pool = split_where_drawn(pool, [name for name, _ in recipe.laws])
    arrays = {"fid": ((EDIT, TIME), (states, points), np.complex64)}
    if store_clean:
        arrays["fid_clean"] = arrays["fid"]
    draws: dict[str, list] = {}

    def remainder() -> xr.Dataset:
        variables = {name: ((ITEM, *draw_axes(name)), np.concatenate(parts)) for name, parts in draws.items()}
        return xr.Dataset(
            {"truth": ((ITEM, METABOLITE), truth), **variables},
            coords={METABOLITE: list(pool.metabolites), EDIT: list(EDIT_STATES), ITEM: np.arange(len(truth)),
                    TIME: (TIME, pool.acquisition.time_s, {"units": "s"})},
            attrs={**pool.acquisition.as_attributes(), "origin": SIMULATED, "bases": list(pool.names), "draws": sorted(draws),
                   **attributes},
        )  # fmt: skip

    start = time.perf_counter()
    with stream_items(path, len(truth), arrays, remainder) as stream:
        for noisy, clean, drawn in track(_chunks(truth, pool, recipe, key), "simulating", -(-len(truth) // CHUNK)):
            rows = {"fid": noisy, "fid_clean": clean}
            stream.append(**{name: rows[name] for name in arrays})
            for name, values in drawn.items():
                draws.setdefault(name, []).append(values)
    seconds = time.perf_counter() - start
    log.info("rendered %d items in %.1f s, %.0f per second", len(truth), seconds, len(truth) / seconds)


def clean_items(dataset: xr.Dataset, pool: Pool, items) -> np.ndarray:
    """Noise-free twins (item, edit, time) complex64 of some `items` of a stored data set, rendered again from its draws.

    `pool` holds the bases that the data set names. Raises `InputError` when they are others.
    """
    if list(pool.names) != list(dataset.attrs["bases"]):
        raise InputError(f"the data set was made from {', '.join(dataset.attrs['bases'])}, not {', '.join(pool.names)}",
                         cure="Pool the bases that its attribute `bases` names, in that order")  # fmt: skip
    pool = split_where_drawn(pool, dataset.attrs["draws"])
    chosen = dataset[["truth", *dataset.attrs["draws"]]].isel({ITEM: items}).load()
    draws = {name: chosen[name].values for name in dataset.attrs["draws"]}
    return np.asarray(_twin(chosen.truth.values.astype(np.float32), draws, pool.fid, pool.acquisition, pool.rows))


_twin = jax.jit(lambda *arguments: clean_fid(*arguments)[0], static_argnums=(3, 4))


def _chunks(truth: np.ndarray, pool: Pool, recipe: Recipe, key) -> Iterator[tuple]:
    """Rendered chunks on the host; the next one is computed while this one is written."""
    waiting = None
    for first in range(0, len(truth), CHUNK):
        items = np.arange(first, min(first + CHUNK, len(truth)))
        rendered = _render(items, truth[items], pool, recipe, key)
        if waiting is not None:
            yield jax.device_get(waiting)
        waiting = rendered
    yield jax.device_get(waiting)


def _render(items: np.ndarray, truth: np.ndarray, pool: Pool, recipe: Recipe, key) -> tuple:
    padded = np.pad(items, (0, -len(items) % CHUNK), mode="edge")  # one compiled shape
    composition = np.pad(truth, ((0, len(padded) - len(items)), (0, 0)), mode="edge").astype(np.float32)
    keys = jax.vmap(lambda item: jax.random.fold_in(key, item))(padded.astype(np.uint32))
    rendered = render_items(keys, composition, pool.fid, recipe, pool.acquisition, pool.rows)
    return jax.tree.map(lambda values: values[: len(items)], rendered)
