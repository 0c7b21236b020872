"""What may be wrong with an item: the imperfections of one data set, read from the config, checked, and drawn.

Every imperfection is drawn from a key of its own, so that adding one leaves the others as they were.
"""

import zlib
from dataclasses import dataclass

import jax
import jax.numpy as jnp

from mrsgap.core.errors import InputError
from mrsgap.core.names import EDIT_STATES
from mrsgap.spectra.distribution import Distribution, draw, read_distribution

GAUSSIAN, GENERALISED = "gaussian", "generalised_gaussian"
OFF_MAXIMUM, EACH_MAXIMUM = "edit_off", "each"

# Every imperfection by the name its draws have in a store, which is its path in the config joined by underscores. Those drawn
# for each metabolite on its own, those that cannot be negative, and groups that make sense only whole.
PER_METABOLITE = ("metabolite_linewidth_hz", "metabolite_shift_ppm")
SINGLE = ("linewidth_hz", "gaussian_linewidth_hz", *PER_METABOLITE, "phase_deg", "first_order_phase_deg_per_ppm",
          "frequency_offset_hz")  # fmt: skip
GROUPS = {
    "edit_mismatch": (),  # any subset
    "eddy_current": ("phase_deg", "decay_ms"),
    "water": ("amplitude", "linewidth_hz", "position_ppm", "phase_deg"),
    "baseline": ("amplitude", "width_ppm"),
    "noise": ("sigma",),
}
_NOT_NEGATIVE = ("linewidth_hz", "gaussian_linewidth_hz", "edit_mismatch_gain", "water_linewidth_hz", "water_amplitude",
                 "noise_sigma", "baseline_amplitude")  # fmt: skip
BASELINE_NODES = 12  # broad lines of which a baseline is made, evenly spaced over the band of `mix`
_POSITIVE = ("eddy_current_decay_ms", "baseline_width_ppm", "noise_shape")


@dataclass(frozen=True)
class Recipe:
    """Distributions by name (sorted, so that equal settings are equal recipes) and the kind and scale of noise; hashable."""

    distributions: tuple[tuple[str, Distribution], ...]
    noise_kind: str | None
    noise_relative_to: str

    def __contains__(self, name: str) -> bool:
        return any(name == known for known, _ in self.distributions)


def read_recipe(settings: dict, where: str = "config: imperfections") -> Recipe:
    """Recipe of one `imperfections:` entry; what it does not name is off. `InputError` names what cannot be."""
    distributions = {}
    for name in SINGLE:
        if name in settings:
            distributions[name] = read_distribution(settings[name], f"{where}.{name}")
    for group, needed in GROUPS.items():
        entry = settings.get(group, {})
        missing = [key for key in needed if entry and key not in entry]
        if missing:
            raise InputError(f"`{group}` lacks `{missing[0]}`", where=f"{where}.{group}")
        for key, value in entry.items():
            if (group, key) not in (("noise", "kind"), ("noise", "relative_to")):
                distributions[f"{group}_{key}"] = read_distribution(value, f"{where}.{group}.{key}")
    unknown = sorted(set(settings) - set(SINGLE) - set(GROUPS))
    if unknown:
        raise InputError(f"unknown imperfection `{unknown[0]}`", where=where, cure=f"Known are {', '.join((*SINGLE, *GROUPS))}")
    for name, distribution in distributions.items():
        low = distribution.bounds[0]
        if (name in _NOT_NEGATIVE and low < 0) or (name in _POSITIVE and low <= 0):
            sign = ">=" if name in _NOT_NEGATIVE else ">"
            raise InputError(f"`{name}` must be {sign} 0, but {distribution.kind} {list(distribution.values)} can draw less",
                             where=where, cure="Use fixed, uniform, log_uniform, grid or choice")  # fmt: skip
    noise = settings.get("noise", {})
    kind = noise.get("kind", GAUSSIAN) if noise else None
    if (kind == GENERALISED) != ("noise_shape" in distributions):
        raise InputError("`noise.shape` belongs to generalised_gaussian noise, and only there", where=f"{where}.noise")
    return Recipe(tuple(sorted(distributions.items())), kind, noise.get("relative_to", OFF_MAXIMUM))


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
