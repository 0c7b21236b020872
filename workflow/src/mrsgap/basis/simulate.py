"""Simulate the FIDs of metabolites, on a fixed grid or on one refined until the FID stands still."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import jax
import numpy as np
import xarray as xr

from mrsgap.basis.gather import as_dataset, gather
from mrsgap.basis.plan import BasisPlan
from mrsgap.core.errors import InputError
from mrsgap.core.job import track
from mrsgap.spin.megapress import simulate_part
from mrsgap.spin.system import SpinPart, packed, read_system

log = logging.getLogger("mrsgap")


@dataclass(frozen=True)
class Simulated:
    """FIDs (edit, time), the grid used per axis, and the last relative change (NaN for a grid that was not refined)."""

    fid: np.ndarray
    positions: int
    change: float


def simulate_basis(systems: dict[str, dict], plan: BasisPlan) -> xr.Dataset:
    """Metabolites of `systems` (entries of config/metabolites.yaml by name) under `plan`: `fid` (metabolite, edit, time).

    >>> import yaml
    >>> from mrsgap.basis.plan import make_plan
    >>> config, events, systems = (
    ...     yaml.safe_load(open(f"config/{name}.yaml")) for name in ("config", "sequence", "metabolites")
    ... )
    >>> plan = make_plan(config["bases"]["ideal"], events["sequences"], events["pulses"])
    >>> basis = simulate_basis({"Cr": systems["metabolites"]["Cr"]}, plan)
    >>> basis.fid.dims, basis.fid.shape
    (('metabolite', 'edit', 'time'), (1, 2, 4096))
    """
    parts = []
    with ThreadPoolExecutor(2) as pool:  # XLA compiles the program of one size of spin system while another runs
        work = pool.map(in_precision_of_caller(lambda name: simulate_metabolite(name, systems[name], plan)), systems)
        for name, simulated in zip(systems, track(work, "metabolites", len(systems))):
            log.info("%s: grid of %d positions per axis, last change %.1e", name, simulated.positions, simulated.change)
            parts.append(as_dataset(name, simulated, plan))
    return gather(parts)


def simulate_metabolite(name: str, system: dict, plan: BasisPlan, dtype=np.complex128) -> Simulated:
    """Simulate metabolite `name` (its entry of config/metabolites.yaml) under `plan`.

    With a tolerance, the grid is refined until the largest relative L2 change over the edit states is below it. Raises
    `InputError` for a bad spin system, a resonance outside the spectral width (unless the plan allows folding), or a grid that
    does not settle.
    """
    parts = read_system(name, system)
    _check_bandwidth(name, parts, plan)
    parts = packed(parts)
    positions, fid = plan.positions, _on_grid(parts, plan, plan.positions, dtype)
    if plan.tolerance is None:
        return Simulated(fid, positions, float("nan"))
    while positions <= 2048:
        positions = plan.refined(positions)
        coarse, fid = fid, _on_grid(parts, plan, positions, dtype)
        change = float(np.max(np.linalg.norm(fid - coarse, axis=-1) / np.linalg.norm(fid, axis=-1)))
        if change < plan.tolerance:
            return Simulated(fid, positions, change)
    raise InputError(f"the FID of {name} still changes by {change:.1e} on a grid of {positions} positions",
                     where="config: grid.tolerance", cure="Ask for less, or widen `extent_cm`")  # fmt: skip


def in_precision_of_caller(function):
    """`function`, to be called in another thread: whether JAX computes in double precision is a setting of each thread."""
    double = jax.config.jax_enable_x64

    def run(*arguments):
        with jax.enable_x64(double):
            return function(*arguments)

    return run


def _on_grid(parts: list[SpinPart], plan: BasisPlan, positions: int, dtype) -> np.ndarray:
    """Sum over parts on a grid of `positions` per axis, (edit, time)."""
    place = plan.localisation(positions)
    return sum(
        simulate_part(part, plan.sequence, plan.acquisition, plan.edit_ppm, place, plan.treatment, dtype) for part in parts
    )


def _check_bandwidth(name: str, parts: list[SpinPart], plan: BasisPlan) -> None:
    for part in parts:
        for shift_ppm in part.shifts_ppm:
            if plan.acquisition.folds(shift_ppm) and not plan.allow_folding:
                distance_hz, half_hz = abs(plan.acquisition.frequency_hz(shift_ppm)), plan.acquisition.spectral_width_hz / 2
                raise InputError(
                    f"the {shift_ppm:g} ppm resonance of {name} lies {distance_hz:.0f} Hz from the carrier and would fold",
                    where=f"config: spectral_width_hz gives {half_hz:g} Hz on either side",
                    cure="Widen the spectral width, or set `allow_folding: true`",
                )
