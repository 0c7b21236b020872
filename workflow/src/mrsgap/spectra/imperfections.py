"""Draw every imperfection of an item, each from a key of its own, so that adding one leaves the others as they were."""

import zlib

import jax
import jax.numpy as jnp

from mrsgap.core.names import EDIT_STATES
from mrsgap.spectra.distribution import draw
from mrsgap.spectra.recipe import PER_METABOLITE, Recipe

BASELINE_NODES = 12  # broad lines of which a baseline is made, evenly spaced over the band below


def draw_imperfections(keys, recipe: Recipe, metabolites: int, bases: int) -> dict:
    """Draws of every item by name: arrays (item,), per-metabolite ones (item, metabolite), baseline_node (item, edit, node).

    `keys` (item,) are JAX keys. `basis` is the index of the item's basis in its pool. What the recipe lacks is absent.
    """
    return jax.vmap(lambda key: _draw_item(key, recipe, metabolites, bases))(keys)


def named_item_key(key, name: str):
    """The key of one purpose within an item."""
    return jax.random.fold_in(key, zlib.crc32(name.encode()))


def _draw_item(key, recipe: Recipe, metabolites: int, bases: int) -> dict:
    drawn = {"basis": jax.random.randint(named_item_key(key, "basis"), (), 0, bases)}
    for name, distribution in recipe.distributions:
        shape = (metabolites,) if name in PER_METABOLITE else ()
        drawn[name] = draw(named_item_key(key, name), distribution, shape)
    if "baseline_amplitude" in recipe:
        shape = (len(EDIT_STATES), BASELINE_NODES)
        drawn["baseline_node"] = jax.random.normal(named_item_key(key, "baseline_node"), shape, jnp.float32)
    return drawn
