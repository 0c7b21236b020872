"""Bases made on the spot from what the config says, at another frequency or carrier."""

import functools

import jax
import xarray as xr
from reference_data import config

from mrsgap.basis.plan import make_plan
from mrsgap.basis.simulate import simulate_basis


@functools.cache
def simulated_basis(name: str, metabolites: tuple[str, ...], **changes) -> xr.Dataset:
    """The basis `name` of config.yaml with `changes` to its description, for `metabolites`."""
    systems, sequence = config("metabolites.yaml")["metabolites"], config("sequence.yaml")
    plan = make_plan(config("config.yaml")["bases"][name] | changes, sequence["sequences"], sequence["pulses"])
    with jax.enable_x64(True):
        basis = simulate_basis({one: systems[one] for one in metabolites}, plan)
    return basis.assign_attrs(basis=name)
