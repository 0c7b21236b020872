"""Fit a batch of spectra: amplitudes, their bounds, every nuisance parameter, and whether the fit can be trusted."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.progress import track
from mrsgap.lcm.crlb import amplitude_covariance
from mrsgap.lcm.problem import Problem
from mrsgap.lcm.settings import FitSettings
from mrsgap.lcm.solve import freedom, minimise
from mrsgap.lcm.start import best_start, make_grid

EXACT = 1e-13  # residual energy over the data's at which noise-free data count as explained
CLOSE = 1e-3  # squared distance to the minimum, in standard deviations, that counts as converged


class Fit(NamedTuple):
    """Results over `item`; amplitudes and bounds in the data's unit per basis unit."""

    amplitude: np.ndarray  # (item, metabolite)
    sd: np.ndarray  # (item, metabolite), Cramer-Rao bound
    covariance: np.ndarray  # (item, metabolite, metabolite)
    theta: np.ndarray  # (item, parameter), see parameters.py
    noise_sd: np.ndarray  # (item,), of the fit residual per real component, in the unit of one FID point
    converged: np.ndarray  # (item,) bool


@jax.jit
def _prepare(problem, fid):
    data = jnp.fft.fft(fid * problem.turn)[..., : problem.ppm.shape[0]]  # (channel, bin)
    scale = jnp.abs(data).max()
    return data / scale, scale


def _fit_one(problem: Problem, grid, fid, iterations: int):
    data, scale = _prepare(problem, fid)
    point, decrement = minimise(problem, best_start(grid, data), data, iterations)
    parameters = (point.amplitude > 0).sum() + (problem.sd > 0).sum()
    variance = point.variance * freedom(problem) / (freedom(problem) - parameters)
    covariance = amplitude_covariance(problem, point, variance)
    energy = jnp.sum(jnp.abs(data) ** 2)
    settled = (decrement <= CLOSE * variance) | (point.variance * freedom(problem) <= EXACT * energy)
    return {
        "amplitude": point.amplitude * scale,
        "sd": jnp.sqrt(jnp.diag(covariance)) * scale,
        "covariance": covariance * scale**2,
        "theta": point.theta,
        "noise_sd": jnp.sqrt(variance) * scale,
        "converged": settled & point.optimal,
    }


_fit_batch = jax.jit(jax.vmap(_fit_one, in_axes=(None, None, 0, None)))


def fit_spectra(problem: Problem, fid: np.ndarray, settings: FitSettings) -> Fit:
    """Fit `fid` complex (item, channel, time); needs 64-bit JAX. Items with NaN or without signal come out as NaN.

    Memory is bounded by `settings.batch` spectra at a time, whatever the number of items.
    """
    if jnp.zeros(()).dtype != jnp.float64:
        raise RuntimeError("linear-combination fits need jax_enable_x64")
    points = len(problem.time_s)
    fid = np.asarray(fid)[..., :points]
    usable = np.isfinite(fid).all(axis=(1, 2)) & (np.abs(fid).max(axis=(1, 2)) > 0)
    grid = make_grid(problem, settings.largest_shift_ppm)
    device = jax.tree.map(jnp.asarray, problem)
    places, parts = np.flatnonzero(usable), []
    size = settings.batch
    starts = range(0, len(places), size)
    for first in track(starts, "fitting", len(starts)):
        chosen = np.resize(places[first : first + size], size)  # a short batch repeats items: one shape, one compilation
        part = _fit_batch(device, grid, fid[chosen].astype(np.complex128), settings.iterations)
        kept = min(size, len(places) - first)
        parts.append({key: np.asarray(value)[:kept] for key, value in part.items()})
    return _gather(parts, usable, problem)


def _gather(parts, usable, problem) -> Fit:
    metabolites, parameters = problem.basis.shape[0], len(problem.sd)
    shapes = {
        "amplitude": (metabolites,), "sd": (metabolites,), "covariance": (metabolites, metabolites),
        "theta": (parameters,), "noise_sd": (), "converged": (),
    }  # fmt: skip
    whole = {}
    for key, shape in shapes.items():
        kind = bool if key == "converged" else float
        whole[key] = np.full((len(usable), *shape), False if kind is bool else np.nan, kind)
        if parts:
            whole[key][usable] = np.concatenate([part[key] for part in parts])
    return Fit(**whole)
