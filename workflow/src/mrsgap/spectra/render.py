"""Items from keys: FIDs with noise for a stored data set, or network input on the fly for training.

Noise is Gaussian in the time domain (the study), or generalised Gaussian in the frequency domain (its poster).
"""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import scipy.special

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import EDIT_STATES, OFF
from mrsgap.core.signal import inverse_transform
from mrsgap.quantities.normalise import normalise_concentrations
from mrsgap.spectra.concentrations import KINDS, compose, concentration_ranges
from mrsgap.spectra.imperfections import EACH_MAXIMUM, GENERALISED, Recipe, draw_imperfections, named_item_key
from mrsgap.spectra.mix import Pool, clean_fid
from mrsgap.spectra.resonances import split_where_drawn
from mrsgap.spectra.window import Window, network_input

_OFF = EDIT_STATES.index(OFF)
_NODES, _LARGEST = 2048, 7.0  # quantiles tabulated up to this many SD of a normal variable


class Examples(NamedTuple):
    """What a network learns from: input (item, channel, bin), targets (item, metabolite), clean input or None; float32.

    Targets are normalised concentrations. The clean input is the noise-free twin that a decoder learns to give. Where the noise
    is added as the items are seen, the inputs are without it and `noise_sd` (item,) is what they get.
    """

    inputs: jax.Array | np.ndarray
    concentrations: jax.Array | np.ndarray
    clean: jax.Array | np.ndarray | None = None
    noise_sd: jax.Array | np.ndarray | None = None


@functools.partial(jax.jit, static_argnames=("recipe", "acquisition", "rows"))
def render_items(keys, concentrations, pool_fid, recipe: Recipe, acquisition: Acquisition, rows: tuple[int, ...] | None = None):
    """FIDs (item, edit, time) complex64 with noise, their noise-free twins, and the draws of every item by name.

    `keys` (item,), one per item, so that an item does not depend on how items are batched; `concentrations` (item, metabolite);
    `pool_fid` and `rows` are a pool's (`mix.Pool`). The draws include `noise_sd` (item, edit). Without noise the two FIDs are
    equal.
    """
    resonances = 0 if rows is None else len(rows)
    draws = draw_imperfections(keys, recipe, concentrations.shape[-1], pool_fid.shape[0], resonances)
    clean, largest = clean_fid(concentrations, draws, pool_fid, acquisition, rows)
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
    """A function `render(key, n) -> Examples` for training on items never seen twice; can be jitted with a static `n`.

    `concentrations` are settings as for stored sets; a sequence cannot be drawn from a key, so both Sobol samplers become
    uniform draws on the same ranges. `clean` asks for the twin too. Raises `InputError` for ranges it cannot use.
    """
    concentration_ranges(concentrations, list(pool.metabolites))  # refuses them before anything is compiled
    pool = split_where_drawn(pool, [name for name, _ in recipe.laws])

    @functools.partial(jax.jit, static_argnames="n")
    def render(key, n: int) -> Examples:
        keys = jax.random.split(key, n)
        truth = draw_compositions(keys, concentrations, pool.metabolites)
        noisy, twin, _ = render_items(keys, truth, pool.fid, recipe, pool.acquisition, pool.rows)
        spectra = network_input(noisy, pool.acquisition, window, channels)
        target = network_input(twin, pool.acquisition, window, channels, guide=noisy) if clean else None
        return Examples(spectra, normalise_concentrations(truth, normalisation, jnp), target)

    return render


def draw_compositions(keys, settings: dict, metabolites: tuple[str, ...]):
    """Concentrations, (item, metabolite) float32, by `settings` as for stored sets, from the items' keys.

    A sequence cannot be drawn from a key, so both Sobol samplers become uniform draws.
    """

    def draw(key):
        unit_key, absent_key = jax.random.split(named_item_key(key, "concentrations"))
        kinds = jax.random.uniform(named_item_key(key, "composition"), (len(KINDS),))
        if settings["sampler"] == "dirichlet":
            unit = jax.random.dirichlet(unit_key, jnp.ones(len(metabolites), jnp.float32))
        else:
            unit = jax.random.uniform(unit_key, (len(metabolites),), jnp.float32)
        absence = jax.random.uniform(absent_key, (len(metabolites),))
        return compose(unit, absence, kinds, settings, list(metabolites), jnp).astype(jnp.float32)

    return jax.vmap(draw)(keys)


def noise_sd(draws: dict, largest, recipe: Recipe):
    """SD of the noise per quadrature and sample, (item, edit): sigma times the largest clean metabolite |FID|.

    Of edit-off for both states, since a scanner's noise does not know the state, or of each state as the study's code does.
    """
    if recipe.noise_kind is None:
        return jnp.zeros_like(largest)
    scale = largest if recipe.noise_relative_to == EACH_MAXIMUM else jnp.broadcast_to(largest[:, [_OFF]], largest.shape)
    return draws["noise_sigma"][:, None] * scale


def unit_noise(keys, points: int, recipe: Recipe, draws: dict):
    """Complex noise (item, edit, time) whose real and imaginary parts each have SD 1 in every sample."""
    shape = (2, len(EDIT_STATES), points)
    parts = jax.vmap(lambda key: jax.random.normal(key, shape, jnp.float32))(keys)  # (item, quadrature, edit, time)
    if recipe.noise_kind == GENERALISED:
        parts = _generalised(parts, draws["noise_shape"], dict(recipe.laws)["noise_shape"].bounds)
        return inverse_transform(jax.lax.complex(parts[:, 0], parts[:, 1]), jnp, norm="ortho")
    return jax.lax.complex(parts[:, 0], parts[:, 1])


def _generalised(normal, shapes, bounds: tuple[float, float]):
    """Unit-variance draws of p(x) ~ exp(-(|x| / alpha)^beta) from standard normal ones, beta the shape of each item (item,).

    Each normal value moves to the same quantile of the other distribution, by tables over shape and quantile.
    """
    log_shapes, table = _quantile_table(*bounds)
    place = jnp.interp(jnp.log(shapes), log_shapes, jnp.arange(len(log_shapes), dtype=jnp.float32))
    low = jnp.clip(place.astype(jnp.int32), 0, max(len(log_shapes) - 2, 0))
    high = jnp.minimum(low + 1, len(log_shapes) - 1)
    rows = jnp.asarray(table)
    blend = (place - low)[:, None]
    own = (1 - blend) * rows[low] + blend * rows[high]  # (item, node)
    position = jnp.minimum(jnp.abs(normal), _LARGEST) * ((_NODES - 1) / _LARGEST)
    node = jnp.minimum(position.astype(jnp.int32), _NODES - 2)
    pairs = jax.lax.complex(own[:, :-1], jnp.diff(own, axis=1)).reshape(-1)  # value and rise in one look-up
    row = (jnp.arange(node.shape[0]) * (_NODES - 1)).reshape(-1, *[1] * (node.ndim - 1))
    found = pairs.at[row + node].get(mode="promise_in_bounds")
    return jnp.sign(normal) * (found.real + (position - node) * found.imag)


@functools.lru_cache(maxsize=8)
def _quantile_table(low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of shapes from `low` to `high`, and the quantile of |x| that matches each |normal| node (shape, node).

    The distribution of |x| / alpha to the power beta is gamma with shape 1 / beta (Nadarajah, J Appl Stat 32:685, 2005).
    """
    shapes = np.geomspace(low, high, 65 if high > low else 1)
    inverse = 1 / shapes[:, None]
    tail = scipy.special.erfc(np.linspace(0, _LARGEST, _NODES) / np.sqrt(2))
    alpha = np.exp(0.5 * (scipy.special.gammaln(inverse) - scipy.special.gammaln(3 * inverse)))
    magnitude = alpha * scipy.special.gammainccinv(inverse, tail) ** inverse
    return np.log(shapes).astype(np.float32), magnitude.astype(np.float32)
