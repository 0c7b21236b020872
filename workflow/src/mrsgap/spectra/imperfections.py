"""What may be wrong with an item: the imperfections of one data set, read, checked and drawn here, applied by `mix`.

Every imperfection is drawn from a key of its own, so that adding one leaves the others as they were.
"""

import zlib
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.core.laws import Law, read_law
from mrsgap.core.names import EDIT, EDIT_STATES, METABOLITE, OFF, ON

GAUSSIAN, GENERALISED = "gaussian", "generalised_gaussian"
OFF_MAXIMUM, EACH_MAXIMUM = "edit_off", "each"
ESTIMATED = "estimated_from"  # of noise: the measured set whose recorded noise is its law

# Every imperfection by the name its draws have in a store, which is its path in the config joined by underscores. Those drawn
# for each metabolite on its own, those that cannot be negative, and groups that make sense only whole.
PER_METABOLITE = ("metabolite_linewidth_hz", "metabolite_shift_ppm")
PER_RESONANCE = ("resonance_shift_ppm", "resonance_weight")
SINGLE = ("linewidth_hz", "gaussian_linewidth_hz", *PER_METABOLITE, "metabolite_shift_scale", "phase_deg",
          "first_order_phase_deg_per_ppm", "frequency_offset_hz", "editing_efficiency", "drift_hz")  # fmt: skip
GROUPS = {
    "edit_mismatch": (),  # any subset
    "eddy_current": ("phase_deg", "decay_ms"),
    "water": ("amplitude", "linewidth_hz", "position_ppm", "phase_deg"),
    "baseline": ("amplitude", "width_ppm", "edit_difference"),
    "noise": ("sigma",),
    "resonance": ("shift_ppm", "weight"),
    "skew": ("weight", "offset", "width"),
    "free_lineshape": ("width_hz", "roughness"),
    "eddy_currents": ("frequency_hz", "decay_ms"),
    "water_lines": ("amplitude", "linewidth_hz", "position_ppm", "phase_deg", "edit_gain", "edit_phase_deg"),
    "backgrounds": ("amplitude", "position_ppm", "width_ppm", "phase_deg", "edit_difference"),
}
# Of these groups an item has several terms, each with draws of its own: a leading axis `term` of every draw.
TERMS = {"eddy_currents": 2, "water_lines": 2, "backgrounds": 4}
_NOT_NEGATIVE = ("linewidth_hz", "gaussian_linewidth_hz", "edit_mismatch_gain", "water_linewidth_hz", "water_amplitude",
                 "noise_sigma", "baseline_amplitude", "baseline_edit_difference", "metabolite_shift_scale", "resonance_weight",
                 "skew_weight", "skew_width", "editing_efficiency", "water_lines_linewidth_hz", "water_lines_amplitude",
                 "backgrounds_amplitude", "free_lineshape_roughness")  # fmt: skip
_AT_MOST_ONE = ("skew_weight", "editing_efficiency")
BASELINE_NODES = 12  # broad lines of which a baseline is made, evenly spaced over the band of `broad`
LINESHAPE_NODES = 15  # frequencies of which a free lineshape is made
_POSITIVE = ("eddy_current_decay_ms", "baseline_width_ppm", "noise_shape", "eddy_currents_decay_ms", "backgrounds_width_ppm",
             "free_lineshape_width_hz")  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """Laws by name (sorted, so that equal settings are equal recipes) and the kind and scale of noise; hashable."""

    laws: tuple[tuple[str, Law], ...]
    noise_kind: str | None
    noise_relative_to: str

    def __contains__(self, name: str) -> bool:
        return any(name == known for known, _ in self.laws)


def read_recipe(settings: dict, where: str = "config: imperfections") -> Recipe:
    """Recipe of one `imperfections:` entry; what it does not name is off. `InputError` names what cannot be."""
    laws = {}
    for name in SINGLE:
        if name in settings:
            laws[name] = read_law(settings[name], f"{where}.{name}")
    for group, needed in GROUPS.items():
        entry = settings.get(group, {})
        missing = [key for key in needed if entry and key not in entry]
        if missing:
            raise InputError(f"`{group}` lacks `{missing[0]}`", where=f"{where}.{group}")
        for key, value in entry.items():
            if (group, key) not in (("noise", "kind"), ("noise", "relative_to")):
                laws[f"{group}_{key}"] = read_law(value, f"{where}.{group}.{key}")
    unknown = sorted(set(settings) - set(SINGLE) - set(GROUPS))
    if unknown:
        raise InputError(f"unknown imperfection `{unknown[0]}`", where=where, cure=f"Known are {', '.join((*SINGLE, *GROUPS))}")
    for name, law in laws.items():
        low = law.bounds[0]
        if (name in _NOT_NEGATIVE and low < 0) or (name in _POSITIVE and low <= 0):
            sign = ">=" if name in _NOT_NEGATIVE else ">"
            raise InputError(f"`{name}` must be {sign} 0, but {law.kind} {list(law.values)} can draw less",
                             where=where, cure="Give it `within`, or a law that cannot")  # fmt: skip
        if name in _AT_MOST_ONE and law.bounds[1] > 1:
            raise InputError(f"`{name}` is a share, but {law.kind} {list(law.values)} can draw more than 1", where=where,
                             cure="Give it `within`, or a law that cannot")  # fmt: skip
    if "noise_shape" in laws and not np.isfinite(laws["noise_shape"].bounds[1]):
        raise InputError("`noise_shape` must be bounded", where=where, cure="Give it `within`")
    noise = settings.get("noise", {})
    kind = noise.get("kind", GAUSSIAN) if noise else None
    if (kind == GENERALISED) != ("noise_shape" in laws):
        raise InputError("`noise.shape` belongs to generalised_gaussian noise, and only there", where=f"{where}.noise")
    return Recipe(tuple(sorted(laws.items())), kind, noise.get("relative_to", OFF_MAXIMUM))


def with_recorded_noise(settings: dict, estimate: dict | None, where: str = "config: imperfections") -> dict:
    """An `imperfections:` entry whose noise is `estimated_from` a measured set, with the laws that `estimate` gives it.

    `estimate` is the summary of that set's noise (`quality.noise_law`): the shape is drawn from its posterior, sigma from
    the log-normal law of the recorded spectra. Other entries are returned as they are. `InputError` where chains disagree.
    """
    noise = settings.get("noise", {})
    if ESTIMATED not in noise:
        return settings
    name = noise[ESTIMATED]
    if estimate is None or estimate["set"] != name:
        raise InputError(f"the noise of `{name}` has not been estimated", where=f"{where}.noise")
    if not estimate["converged"]:
        cure = "Raise `noise_estimate.warm_up` and `noise_estimate.draws`, and look at the figure of this noise"
        raise InputError(f"the chains for the noise of `{name}` have not converged", where=f"{where}.noise", cure=cure)
    found = estimate["parameters"]
    shape, sigma, spread = (found[key] for key in ("shape", "sigma_median", "sigma_log_sd"))
    laws = {"shape": {"normal": [shape["mean"], shape["sd"]], "within": [shape["low"], shape["high"]]},
            "sigma": {"log_normal": [sigma["mean"], spread["mean"]]}}  # fmt: skip
    return settings | {"noise": {key: value for key, value in noise.items() if key != ESTIMATED} | laws}


def draw_imperfections(keys, recipe: Recipe, metabolites: int, bases: int, resonances: int = 0) -> dict:
    """Draws of every item by name: arrays (item,) or with the further axes of `draw_axes`.

    `keys` (item,) are JAX keys. `basis` is the index of the item's basis in its pool, `resonances` the number of groups of
    resonances into which the pool's metabolites are split. What the recipe lacks is absent.
    """
    return jax.vmap(lambda key: _draw_item(key, recipe, metabolites, bases, resonances))(keys)


def draw_axes(name: str) -> tuple[str, ...]:
    """Names of the axes that a draw has after the item's."""
    if name in PER_METABOLITE:
        return (METABOLITE,)
    if name in PER_RESONANCE:
        return ("resonance",)
    if _group_of(name) in TERMS:
        return (f"{_group_of(name)}_term",)
    return {"noise_sd": (EDIT,), "baseline_node": (EDIT, "node"), "backgrounds_edit_node": ("backgrounds_term",),
            "free_lineshape_node": ("lineshape_node",)}.get(name, ())  # fmt: skip


def _group_of(name: str) -> str:
    return next((group for group in TERMS if name.startswith(f"{group}_")), "")


def named_item_key(key, name: str):
    """The key of one purpose within an item."""
    return jax.random.fold_in(key, zlib.crc32(name.encode()))


def _draw_item(key, recipe: Recipe, metabolites: int, bases: int, resonances: int) -> dict:
    drawn = {"basis": jax.random.randint(named_item_key(key, "basis"), (), 0, bases)}
    for name, law in recipe.laws:
        shape = (TERMS[_group_of(name)],) if _group_of(name) else ()
        shape = (metabolites,) if name in PER_METABOLITE else (resonances,) if name in PER_RESONANCE else shape
        drawn[name] = draw(named_item_key(key, name), law, shape)
    if "baseline_amplitude" in recipe:
        # the editing pulse changes broad signals little: both states see one baseline, edit-on a small difference
        both, difference = jax.random.normal(named_item_key(key, "baseline_node"), (2, BASELINE_NODES), jnp.float32)
        of_state = {OFF: both, ON: both + drawn["baseline_edit_difference"] * difference}
        drawn["baseline_node"] = jnp.stack([of_state[state] for state in EDIT_STATES])
    for name, group, count in (("backgrounds_edit_node", "backgrounds_amplitude", TERMS["backgrounds"]),
                               ("free_lineshape_node", "free_lineshape_roughness", LINESHAPE_NODES)):  # fmt: skip
        if group in recipe:
            drawn[name] = jax.random.normal(named_item_key(key, name), (count,), jnp.float32)
    return drawn


def draw(key, law: Law, shape: tuple[int, ...] = ()):
    """Independent float32 values of `law` from a JAX key; `shape` as asked."""
    values = _draw(key, law, shape)
    return values if law.within is None else jnp.clip(values, *law.within)


def _draw(key, law: Law, shape: tuple[int, ...]):
    kind, values = law.kind, law.values
    if kind == "fixed":
        return jnp.full(shape, values[0], jnp.float32)
    if kind == "uniform":
        return jax.random.uniform(key, shape, jnp.float32, values[0], values[1])
    if kind == "log_uniform":
        return jnp.exp(jax.random.uniform(key, shape, jnp.float32, np.log(values[0]), np.log(values[1])))
    if kind == "normal":
        return values[0] + values[1] * jax.random.normal(key, shape, jnp.float32)
    if kind == "student":
        return values[0] * jax.random.t(key, values[1], shape, jnp.float32)
    if kind == "log_normal":
        return values[0] * jnp.exp(values[1] * jax.random.normal(key, shape, jnp.float32))
    if kind == "exponential":
        return values[0] * jax.random.exponential(key, shape, jnp.float32)
    if kind == "beta":
        return values[2] + (values[3] - values[2]) * jax.random.beta(key, values[0], values[1], shape, jnp.float32)
    options = jnp.asarray(law.options, jnp.float32)
    return options[jax.random.randint(key, shape, 0, len(law.options))]
