"""Levenberg-Marquardt with the amplitudes projected out (variable projection), one spectrum; `vmap` makes the batch.

At every point the amplitudes are the exact non-negative least-squares solution; the step in the other parameters uses the
Schur complement of the Gauss-Newton matrix, which is Kaufman's form of variable projection (Golub and Pereyra, Inverse
Problems 19 (2003) R1).
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from mrsgap.lcm.amplitudes import non_negative
from mrsgap.lcm.model import derivatives, inner, signals, to_bins
from mrsgap.lcm.problem import Problem

FIRST_DAMPING, LEAST_DAMPING = 1e-2, 1e-9
EASE, STIFFEN = 0.2, 5.0
RIDGE = 1e-13
LEAST_RESIDUAL = 1e-28  # of the data's energy: rounding, so that noise-free data have a finite cost


class Point(NamedTuple):
    """A set of parameters with its best amplitudes. `gram` holds inner products of amplitudes' and parameters' derivatives
    and the residual, in this order."""

    theta: jax.Array  # (parameter,)
    amplitude: jax.Array  # (metabolite,)
    gram: jax.Array  # (metabolite + parameter + 1, the same)
    cost: jax.Array  # twice the negative logarithm of the posterior, up to a constant
    variance: jax.Array  # of the residual per real component; the priors are weighed against it
    optimal: jax.Array  # whether the amplitudes meet their optimality conditions


def freedom(problem: Problem) -> float:
    """Real data values less the effective degrees of freedom of the baseline."""
    return 2.0 * problem.basis.shape[1] * problem.ppm.shape[0] - 2.0 * problem.baseline_degrees


def assess(problem: Problem, theta, data) -> Point:
    """Best amplitudes, cost and derivatives at `theta` for `data` (channel, bin) complex.

    The noise variance is profiled out: cost = n log(r'(I - Q)r) + sum (theta / sd)^2, so that misfit weighs as noise does.
    """
    signal = signals(problem, theta)
    bins = to_bins(problem, theta, signal)
    moments = inner(problem, bins, jnp.concatenate([bins, data[None]]))
    count = bins.shape[0]
    normal = moments[:, :count] + RIDGE * jnp.diag(jnp.diag(moments[:, :count]))
    amplitude, optimal = non_negative(normal, moments[:, count])
    residual = data - jnp.tensordot(amplitude, bins, 1)
    columns = jnp.concatenate([bins, derivatives(problem, theta, signal, bins, amplitude), residual[None]])
    gram = inner(problem, columns, columns)
    left = gram[-1, -1] + LEAST_RESIDUAL * jnp.sum(jnp.abs(data) ** 2)
    cost = freedom(problem) * jnp.log(left) + jnp.sum(theta**2 * precision(problem))
    return Point(theta, amplitude, gram, cost, left / freedom(problem), optimal)


def precision(problem: Problem):
    """1 / sd^2 of the priors (parameter,); zero where there is none or the parameter is held."""
    varies = problem.sd > 0
    return jnp.where(varies, 1 / jnp.where(varies, problem.sd, 1.0) ** 2, 0.0)


def reduced(problem: Problem, point: Point):
    """Gradient (parameter,) and Gauss-Newton matrix of half the cost, amplitudes above zero projected out, bounds respected."""
    count = point.amplitude.shape[0]
    active = point.amplitude > 0
    normal, cross, square = point.gram[:count, :count], point.gram[:count, count:-1], point.gram[count:-1, count:-1]
    pair = active[:, None] & active[None, :]
    normal = jnp.where(pair, normal, jnp.diag(jnp.where(active, 0.0, 1.0))) + RIDGE * jnp.diag(jnp.diag(normal) + 1e-300)
    cross = jnp.where(active[:, None], cross, 0.0)
    matrix = square - cross.T @ jnp.linalg.solve(normal, cross) + point.variance * jnp.diag(precision(problem))
    gradient = -point.gram[count:-1, -1] + point.variance * precision(problem) * point.theta
    outward = ((point.theta <= problem.low) & (gradient > 0)) | ((point.theta >= problem.high) & (gradient < 0))
    free = (problem.sd > 0) & ~outward & (jnp.diag(matrix) > 0)
    matrix = jnp.where(free[:, None] & free[None, :], matrix, jnp.eye(len(free)))
    return jnp.where(free, gradient, 0.0), matrix


def newton(gradient, matrix, damping):
    """Damped step -(H + damping diag H)^-1 g, solved with unit diagonal; (parameter,)."""
    scale = 1 / jnp.sqrt(jnp.diag(matrix))
    unit = matrix * scale[:, None] * scale[None, :] + (damping + RIDGE) * jnp.eye(len(scale))
    return -scale * jnp.linalg.solve(unit, (gradient * scale)[:, None])[:, 0]


def minimise(problem: Problem, start, data, iterations: int):
    """`iterations` steps from `start` (parameter,): the best `Point` and its Newton decrement g'H^-1 g.

    The decrement over the variance is the squared distance to the minimum in standard deviations.
    """

    def iterate(_, state):
        point, damping = state
        gradient, matrix = reduced(problem, point)
        theta = jnp.clip(point.theta + newton(gradient, matrix, damping), problem.low, problem.high)
        trial = assess(problem, theta, data)
        better = trial.cost < point.cost
        point = jax.tree.map(lambda new, old: jnp.where(better, new, old), trial, point)
        return point, jnp.maximum(damping * jnp.where(better, EASE, STIFFEN), LEAST_DAMPING)

    point = assess(problem, start, data)
    point, _ = jax.lax.fori_loop(0, iterations, iterate, (point, jnp.asarray(FIRST_DAMPING)))
    gradient, matrix = reduced(problem, point)
    return point, -gradient @ newton(gradient, matrix, 0.0)
