"""Fit a batch of spectra: where each search begins, its amplitudes and bounds, and whether the fit can be trusted.

The search begins at the best of a grid of shifts and widths, with the phase in closed form at each. The grid's spectra and
their inner products do not depend on the data, so they are made once per data set.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.job import track
from mrsgap.core.signal import transform
from mrsgap.lcm import parameters as at
from mrsgap.lcm.model import inner, rotate, signals, to_bins
from mrsgap.lcm.parameters import FitSettings
from mrsgap.lcm.problem import Problem
from mrsgap.lcm.solve import amplitude_covariance, freedom, minimise, non_negative, solve_positive

STEP_HZ = 2.0  # finer than the narrowest template
LINEWIDTHS_HZ = (3.0, 6.0, 12.0)
EXACT = 1e-13  # residual energy over the data's at which noise-free data count as explained
CLOSE = 1e-3  # squared distance to the minimum, in standard deviations, that counts as converged


class Grid(NamedTuple):
    """Templates for the coarse search: their parameters, projected conjugate spectra and inner products."""

    theta: jax.Array  # (place, parameter)
    project: jax.Array  # (place, metabolite, channel, bin) complex, in rotated channels
    gram: jax.Array  # (place, metabolite, metabolite)


@jax.jit
def _templates(problem, theta):
    def one(theta):
        bins = to_bins(problem, theta, signals(problem, theta))
        turned = rotate(bins)
        # (I - U U') b: what the best baseline leaves of each template, so that the search needs no baseline of its own
        smooth = jnp.einsum("qck,ckr->qcr", turned, problem.smooth)
        return turned - jnp.einsum("qcr,ckr->qck", smooth, problem.smooth), inner(problem, bins, bins)

    return jax.lax.map(one, theta)


def make_grid(problem: Problem, largest_shift_ppm: float) -> Grid:
    """Shifts in steps of 2 Hz up to +- `largest_shift_ppm`, at three Lorentzian widths."""
    reach = int(np.ceil(largest_shift_ppm * problem.larmor_mhz / STEP_HZ))
    theta = np.zeros((2 * reach + 1, len(LINEWIDTHS_HZ), len(problem.sd)))
    theta[..., at.FREQUENCY] = STEP_HZ * np.arange(-reach, reach + 1)[:, None]
    theta[..., at.LORENTZIAN] = np.array(LINEWIDTHS_HZ)
    theta = theta.reshape(-1, len(problem.sd))
    return Grid(jnp.asarray(theta), *_templates(problem, theta))


def best_start(grid: Grid, data):
    """Parameters (parameter,) of the best grid point for `data` (channel, bin), phase included."""
    turned = rotate(data)
    moment = jnp.einsum("pqck,ck->pq", grid.project.conj(), turned)  # complex: its phase is that of the data

    def judge(gram, moment, theta):
        # Unbounded amplitudes explain |Re(exp(-i phase) m)|^2 in the metric G^-1; the best phase is an eigenvector of a 2 x 2.
        scale = 1 / jnp.sqrt(jnp.diag(gram))
        parts = jnp.stack([moment.real, moment.imag], axis=1) * scale[:, None]
        unit = gram * scale[:, None] * scale[None, :] + 1e-9 * jnp.eye(len(scale))
        power = parts.T @ solve_positive(unit, parts)
        phase = 0.5 * jnp.arctan2(2 * power[0, 1], power[0, 0] - power[1, 1])

        def explained(phase):
            in_phase = (moment * jnp.exp(-1j * phase)).real
            return in_phase @ non_negative(gram, in_phase)[0]

        gains = jax.vmap(explained)(phase + jnp.array([0.0, np.pi]))
        phase = jnp.where(gains[0] >= gains[1], phase, phase + np.pi)
        return gains.max(), theta.at[at.PHASE0].set(jnp.arctan2(jnp.sin(phase), jnp.cos(phase)))

    gains, starts = jax.vmap(judge)(grid.gram, moment, grid.theta)
    return starts[jnp.argmax(gains)]


class Fit(NamedTuple):
    """Results over `item`; amplitudes and bounds in the data's unit per basis unit."""

    amplitude: np.ndarray  # (item, metabolite)
    sd: np.ndarray  # (item, metabolite), Cramer-Rao bound
    covariance: np.ndarray  # (item, metabolite, metabolite)
    theta: np.ndarray  # (item, parameter), see `parameters`
    noise_sd: np.ndarray  # (item,), of the fit residual per real component, in the unit of one FID point
    converged: np.ndarray  # (item,) bool


@jax.jit
def _prepare(problem, fid):
    data = transform(fid * problem.turn, jnp)[..., : problem.ppm.shape[0]]  # (channel, bin)
    scale = jnp.abs(data).max()
    return data / scale, scale


def _fit_one(problem: Problem, grid, fid, iterations: int):
    data, scale = _prepare(problem, fid)
    point, decrement = minimise(problem, best_start(grid, data), data, iterations)
    # The search divides by the data alone; an unbiased variance also pays for every parameter that was fitted.
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

    >>> from pathlib import Path
    >>> import yaml
    >>> from mrsgap.core.acquisition import Acquisition
    >>> from mrsgap.core.signal import lorentzian, rotation
    >>> from mrsgap.lcm.problem import fit_points, make_problem
    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=1250.0, points=512)
    >>> settings = FitSettings.from_config(yaml.safe_load(Path("config/config.yaml").read_text())["fit"]["settings"])
    >>> with jax.enable_x64(True):
    ...     basis = np.stack([rotation(scan.time_s, scan.frequency_hz(ppm)) for ppm in (3.03, 2.01)])[:, None]  # Cr, NAA
    ...     problem = make_problem(basis[..., : fit_points(scan, settings)], scan, settings)
    ...     data = (8.0 * basis[0] + 15.0 * basis[1]) * lorentzian(scan.time_s, 4.0)  # (channel, time)
    ...     fit = fit_spectra(problem, data[None], settings)
    >>> fit.amplitude.round(1), bool(fit.converged[0])
    (array([[ 8., 15.]]), True)
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
        filled = min(size, len(places) - first)
        parts.append({key: np.asarray(value)[:filled] for key, value in part.items()})
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
