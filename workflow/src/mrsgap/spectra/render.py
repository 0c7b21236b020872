"""Items from keys: FIDs for a stored data set, or network input on the fly for training."""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp

from mrsgap.core.acquisition import Acquisition
from mrsgap.spectra.concentrations import concentration_ranges
from mrsgap.spectra.imperfections import draw_imperfections, named_item_key
from mrsgap.spectra.mix import clean_fid
from mrsgap.spectra.noise import noise_sd, unit_noise
from mrsgap.spectra.normalise import normalise_concentrations
from mrsgap.spectra.pool import Pool
from mrsgap.spectra.recipe import Recipe
from mrsgap.spectra.window import Window, network_input


class Rendered(NamedTuple):
    """A training batch: input and its noise-free twin (item, channel, bin), targets (item, metabolite); float32."""

    spectra: jax.Array
    clean: jax.Array | None
    concentrations: jax.Array


@functools.partial(jax.jit, static_argnames=("recipe", "acquisition"))
def render_items(keys, concentrations, pool_fid, recipe: Recipe, acquisition: Acquisition):
    """FIDs (item, edit, time) complex64 with noise, their noise-free twins, and the draws of every item by name.

    `keys` (item,), one per item, so that an item does not depend on how items are batched; `concentrations` (item, metabolite);
    `pool_fid` (basis, metabolite, edit, time). The draws include `noise_sd` (item, edit). Without noise the two FIDs are equal.
    """
    draws = draw_imperfections(keys, recipe, pool_fid.shape[1], pool_fid.shape[0])
    clean, largest = clean_fid(concentrations, draws, pool_fid, acquisition)
    draws["noise_sd"] = noise_sd(draws, largest, recipe)
    if recipe.noise_kind is None:
        return clean, clean, draws
    noise_keys = jax.vmap(lambda key: named_item_key(key, "noise"))(keys)
    noise = unit_noise(noise_keys, acquisition.points, recipe, draws)
    return clean + draws["noise_sd"][:, :, None] * noise, clean, draws


def make_renderer(
    pool: Pool, recipe: Recipe, concentrations: dict, window: Window, channels: tuple[str, ...], normalisation: str, *,
    clean: bool = False,
):  # fmt: skip
    """A function `render(key, n) -> Rendered` for training on items never seen twice; can be jitted with a static `n`.

    `concentrations` are settings as for stored sets; a sequence cannot be drawn from a key, so both Sobol samplers become
    uniform draws on the same ranges. `clean` asks for the twin too. Raises `InputError` for ranges it cannot use.
    """
    low, high = concentration_ranges(concentrations, list(pool.metabolites))

    def draw_composition(key):
        unit_key, absent_key = jax.random.split(named_item_key(key, "concentrations"))
        if concentrations["sampler"] == "dirichlet":
            unit = jax.random.dirichlet(unit_key, jnp.ones(low.size, jnp.float32))
        else:
            unit = jax.random.uniform(unit_key, (low.size,), jnp.float32)
        present = jax.random.uniform(absent_key, (low.size,)) >= concentrations.get("absent_fraction", 0.0)
        present = present | (~present.any() & (jnp.arange(low.size) == jnp.argmax(unit)))
        return jnp.where(present, low + (high - low) * unit, 0.0).astype(jnp.float32)

    @functools.partial(jax.jit, static_argnames="n")
    def render(key, n: int) -> Rendered:
        keys = jax.random.split(key, n)
        truth = jax.vmap(draw_composition)(keys)
        noisy, twin, _ = render_items(keys, truth, pool.fid, recipe, pool.acquisition)
        spectra = network_input(noisy, pool.acquisition, window, channels)
        target = network_input(twin, pool.acquisition, window, channels, guide=noisy) if clean else None
        return Rendered(spectra, target, normalise_concentrations(truth, normalisation, jnp))

    return render
