"""Levenberg-Marquardt with the amplitudes projected out (variable projection), and the bound at the minimum; one spectrum.

At every point the amplitudes are the exact non-negative least-squares solution; the step in the other parameters uses the
Schur complement of the Gauss-Newton matrix, which is Kaufman's form of variable projection (Golub and Pereyra, Inverse
Problems 19 (2003) R1). The small problems inside are solved in forms that compile in a moment and run batched under `vmap`:
positive definite systems without a library call, and block principal pivoting with single exchanges as a safeguard (Portugal,
Judice and Vicente, Math. Comp. 63 (1994) 625), which ends at the Karush-Kuhn-Tucker point; that is checked and returned.

Cramer-Rao bounds include every nuisance parameter: the Fisher information of complex data in white noise is Re(D^H D) / sigma^2
over all derivatives D, amplitudes and nonlinear parameters alike (Cavassila et al., NMR Biomed. 14 (2001) 278). A regularised
baseline enters as the smoother it is marginalised with, a Gaussian prior as its precision, which makes the bound a hybrid one
(Van Trees, 1968, section 2.4).
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.lcm.model import derivatives, inner, signals, to_bins
from mrsgap.lcm.parameters import FREQUENCY, LORENTZIAN
from mrsgap.lcm.problem import Problem

TOLERANCE = 1e-10
BLOCK_TRIALS = 3


def solve_positive(matrix, right):
    """Solve matrix @ x = right for a symmetric positive definite `matrix` (n, n) and `right` (n, k): x (n, k).

    Gauss-Jordan elimination, which needs no pivoting here (Higham, Accuracy and Stability of Numerical Algorithms, 2002,
    section 14.4); scale the matrix to a unit diagonal first.
    """
    size = matrix.shape[0]
    table = jnp.concatenate([matrix, right], axis=1)

    def eliminate(place, table):
        row = table[place] / table[place, place]
        return (table - table[:, place][:, None] * row[None, :]).at[place].set(row)

    return jax.lax.fori_loop(0, size, eliminate, table)[:, size:]


def solve_active(gram, moment, active):
    """Least squares over the `active` amplitudes (metabolite,) only, zero elsewhere; `gram` is (metabolite, metabolite)."""
    pair = active[:, None] & active[None, :]
    matrix = jnp.where(pair, gram, jnp.eye(gram.shape[0]))
    solution = solve_positive(matrix, jnp.where(active, moment, 0.0)[:, None])[:, 0]
    return jnp.where(active, solution, 0.0)


def non_negative(gram, moment):
    """Minimise x'Gx/2 - m'x over x >= 0: x (metabolite,), and whether the optimality conditions hold.

    `gram` must be positive definite once metabolites without any signal (zero diagonal) are left out; those get zero.
    """
    count = gram.shape[0]
    present = jnp.diag(gram) > 0
    scale = jnp.where(present, 1 / jnp.sqrt(jnp.where(present, jnp.diag(gram), 1.0)), 0.0)
    unit = jnp.where(jnp.eye(count, dtype=bool), 1.0, gram * scale[:, None] * scale[None, :])
    moment = moment * scale
    size = jnp.maximum(jnp.abs(moment).max(), jnp.finfo(gram.dtype).tiny)

    def faults(active):
        x = solve_active(unit, moment, active)
        slope = unit @ x - moment
        return x, jnp.where(active, x < -TOLERANCE * size, slope < -TOLERANCE * size) & present

    def exchange(state):
        active, _, wrong, fewest, trials, step = state
        number = wrong.sum()
        better = number < fewest
        trials = jnp.where(better, BLOCK_TRIALS, trials - 1)
        last = count - 1 - jnp.argmax(wrong[::-1])  # Murty's rule: exchange the last one only, which cannot cycle
        single = wrong & (jnp.arange(count) == last)
        active = active ^ jnp.where(trials >= 0, wrong, single)
        return active, *faults(active), jnp.minimum(fewest, number), trials, step + 1

    def unfinished(state):
        return state[2].any() & (state[5] < 5 * count + 20)

    start = present & (moment > 0)
    state = start, *faults(start), jnp.asarray(count + 1), jnp.asarray(BLOCK_TRIALS), jnp.asarray(0)
    _, x, wrong, *_ = jax.lax.while_loop(unfinished, exchange, state)
    return jnp.maximum(x, 0.0) * scale, ~wrong.any()


FIRST_DAMPING, LEAST_DAMPING = 1e-2, 1e-9
EASE, STIFFEN = 0.2, 5.0
RIDGE = 1e-13
BOUND_RIDGE = 1e-12  # of the information matrix at unit diagonal
CLOSE = 1e-6  # squared distance to the minimum, in standard deviations, at which the search ends
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
    """Gradient and Gauss-Newton matrix of half the cost with the amplitudes above zero projected out, and what may move.

    A parameter that is held, or that would leave its bounds, has no gradient and a unit row.
    """
    count = point.amplitude.shape[0]
    active = point.amplitude > 0
    normal, cross, square = point.gram[:count, :count], point.gram[:count, count:-1], point.gram[count:-1, count:-1]
    scale = jnp.where(active, 1 / jnp.sqrt(jnp.where(active, jnp.diag(normal), 1.0)), 0.0)
    normal = normal * scale[:, None] * scale[None, :]
    normal = normal + jnp.diag(jnp.where(active, RIDGE, 1.0))
    cross = cross * scale[:, None]
    # Schur complement: what the amplitudes, refitted at every step, leave of the parameters' curvature
    matrix = square - cross.T @ solve_positive(normal, cross) + point.variance * jnp.diag(precision(problem))
    gradient = -point.gram[count:-1, -1] + point.variance * precision(problem) * point.theta
    outward = ((point.theta <= problem.low) & (gradient > 0)) | ((point.theta >= problem.high) & (gradient < 0))
    free = (problem.sd > 0) & ~outward & (jnp.diag(matrix) > 0)
    matrix = jnp.where(free[:, None] & free[None, :], matrix, jnp.eye(len(free)))
    return jnp.where(free, gradient, 0.0), matrix, free


def newton(problem: Problem, gradient, matrix, free, damping):
    """Damped step -(H + damping D)^-1 g (parameter,).

    D is the diagonal of H in coordinates where a metabolite's own frequency and width are totals, not distances from the
    common ones: the data know the totals, and damping the distances would make every step along the common ones short.
    """
    change = jnp.where(free[:, None] & free[None, :], totals(problem), jnp.eye(len(free)))
    matrix, gradient = change.T @ matrix @ change, change.T @ gradient
    scale = 1 / jnp.sqrt(jnp.diag(matrix))
    # Marquardt's damping in units of the diagonal; the ridge keeps the undamped matrix positive definite.
    unit = matrix * scale[:, None] * scale[None, :] + (damping + RIDGE) * jnp.eye(len(scale))
    return change @ (-scale * solve_positive(unit, (gradient * scale)[:, None])[:, 0])


def totals(problem: Problem) -> np.ndarray:
    """Matrix (parameter, parameter) from coordinates with total frequencies and widths to the parameters as they are."""
    count, metabolites = problem.sd.shape[0], problem.basis.shape[0]
    change = np.eye(count)
    if count > problem.shared:
        change[count - 2 * metabolites : count - metabolites, FREQUENCY] = -1.0
        change[count - metabolites :, LORENTZIAN] = -1.0
    return change


def minimise(problem: Problem, start, data, iterations: int):
    """At most `iterations` steps from `start` (parameter,): the best `Point` and its Newton decrement g'H^-1 g.

    The decrement over the variance is the squared distance to the minimum in standard deviations; below `CLOSE` the search
    ends. A spectrum's result does not depend on what else is in its batch.
    """

    def unfinished(state):
        point, _, _, decrement, count = state
        return (count <= iterations) & (decrement > CLOSE * point.variance)

    def iterate(state):
        point, theta, damping, _, count = state
        trial = assess(problem, theta, data)
        better = trial.cost < point.cost
        point = jax.tree.map(lambda new, old: jnp.where(better, new, old), trial, point)
        damping = jnp.maximum(damping * jnp.where(better, EASE, STIFFEN), LEAST_DAMPING)
        slope = reduced(problem, point)
        dampings = jnp.stack([damping, jnp.zeros_like(damping)])
        step, whole = jax.vmap(lambda one: newton(problem, *slope, one))(dampings)
        return point, jnp.clip(point.theta + step, problem.low, problem.high), damping, -slope[0] @ whole, count + 1

    shapes = jax.eval_shape(assess, problem, start, data)
    nowhere = jax.tree.map(lambda like: jnp.zeros(like.shape, like.dtype), shapes)._replace(cost=jnp.asarray(jnp.inf))
    first = (nowhere, start, jnp.asarray(FIRST_DAMPING / EASE), jnp.asarray(jnp.inf), jnp.asarray(0))
    point, _, _, decrement, _ = jax.lax.while_loop(unfinished, iterate, first)
    return point, decrement


def amplitude_covariance(problem: Problem, point: Point, variance):
    """Bound on the covariance of the amplitudes (metabolite, metabolite) at `point` for noise of `variance` per component."""
    count = point.amplitude.shape[0]
    # Re(D^H D) / sigma^2 of all derivatives, plus 1 / sd^2 where a prior stands beside the data
    information = point.gram[:-1, :-1] / variance + jnp.diag(jnp.concatenate([jnp.zeros(count), precision(problem)]))
    varies = jnp.concatenate([jnp.ones(count, bool), problem.sd > 0]) & (jnp.diag(information) > 0)
    information = jnp.where(varies[:, None] & varies[None, :], information, jnp.eye(len(varies)))
    scale = 1 / jnp.sqrt(jnp.diag(information))
    unit = information * scale[:, None] * scale[None, :] + BOUND_RIDGE * jnp.eye(len(scale))
    covariance = solve_positive(unit, jnp.eye(len(scale))) * scale[:, None] * scale[None, :]
    return covariance[:count, :count]


def log_evidence(problem: Problem, point: Point, variance):
    """Logarithm of the marginal likelihood at `point` by Laplace's method, up to what models of the same data share.

    Amplitudes and parameters that the data alone determine have flat priors, which cancel between models that share them
    (MacKay, Neural Comput. 4 (1992) 415). The baseline is integrated over its penalty as over a Gaussian prior, of which the
    search keeps the effective degrees of freedom only: here they give way to the determinant.
    """
    count = point.amplitude.shape[0]
    prior = jnp.concatenate([jnp.zeros(count), precision(problem)])
    information = point.gram[:-1, :-1] / variance + jnp.diag(prior)
    inside = (point.theta > problem.low) & (point.theta < problem.high)
    varies = jnp.concatenate([point.amplitude > 0, (problem.sd > 0) & inside]) & (jnp.diag(information) > 0)
    information = jnp.where(varies[:, None] & varies[None, :], information, jnp.eye(len(varies)))
    scale = jnp.sqrt(jnp.diag(information))
    unit = information / scale[:, None] / scale[None, :] + BOUND_RIDGE * jnp.eye(len(scale))
    volume = 2 * jnp.log(scale).sum() + jnp.linalg.slogdet(unit)[1]
    narrowed = jnp.where(varies & (prior > 0), jnp.log(jnp.where(prior > 0, prior, 1.0)), 0.0).sum()
    penalised = problem.baseline_degrees - problem.baseline_free
    baseline = problem.baseline_volume - penalised * jnp.log(point.variance * freedom(problem))
    return 0.5 * (narrowed - point.cost - volume) + baseline
