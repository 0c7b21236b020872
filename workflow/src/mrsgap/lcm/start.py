"""Where the fit begins: the best of a grid of shifts and widths, with the phase in closed form at each.

The grid spectra and their inner products do not depend on the data, so they are made once per data set.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.lcm import parameters as at
from mrsgap.lcm.amplitudes import non_negative
from mrsgap.lcm.linear import solve_positive
from mrsgap.lcm.model import inner, rotate, signals, to_bins
from mrsgap.lcm.problem import Problem

STEP_HZ = 2.0  # finer than the narrowest template
LINEWIDTHS_HZ = (3.0, 6.0, 12.0)


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
            seen = (moment * jnp.exp(-1j * phase)).real
            return seen @ non_negative(gram, seen)[0]

        gains = jax.vmap(explained)(phase + jnp.array([0.0, np.pi]))
        phase = jnp.where(gains[0] >= gains[1], phase, phase + np.pi)
        return gains.max(), theta.at[at.PHASE0].set(jnp.arctan2(jnp.sin(phase), jnp.cos(phase)))

    gains, starts = jax.vmap(judge)(grid.gram, moment, grid.theta)
    return starts[jnp.argmax(gains)]
