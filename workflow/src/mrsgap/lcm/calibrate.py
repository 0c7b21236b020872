"""The basis that unlabelled spectra ask for: empirical-Bayes estimate of its coordinates along a family's directions.

Every item's spectrum is fitted with its basis mean + sum_k phi_k d_k; the fit's normal matrix with amplitudes and nuisance
parameters projected out (Schur complement, priors included) is what the item says of phi, to second order. Items of one
scanner share their basis but for what differs from item to item: phi_i ~ N(mu, tau^2 I), mu ~ N(0, (1 - tau^2) I), so that
every phi_i has unit prior variance whatever tau is. tau follows from the evidence over all items (Gelman et al., Bayesian Data
Analysis, 2013, chapter 5); tau = 0 is one basis for all, tau = 1 one for each. No truth is used (calibrated-fit.md 1).

An item whose residual is above its noise is fitted with and without a free lineshape kernel, then with a background that may
differ more between the states, and keeps what has the larger evidence (calibrated-fit.md 4).
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.job import track
from mrsgap.core.signal import transform
from mrsgap.lcm.fit import CLOSE, EXACT, Fit, best_start, make_grid
from mrsgap.lcm.model import derivatives, inner, signals, to_bins
from mrsgap.lcm.parameters import COMMON, FitSettings
from mrsgap.lcm.problem import Problem
from mrsgap.lcm.solve import RIDGE, amplitude_covariance, freedom, log_evidence, minimise, precision, solve_positive

STEPS = 2  # Gauss-Newton steps; a third changes nothing that matters
EARLY = 6  # steps of a fit whose basis will move yet: the gradient tells what it has not reached
ASKING = 1.1  # residual over noise above which an item is tried with more freedom
BACKGROUND = ("smooth", "baseline_degrees", "baseline_free", "baseline_volume")  # of a problem, what is about its baseline
TAU_SQUARED = (0.0, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 0.6, 1.0)


class Told(NamedTuple):
    """What items say of phi: log likelihood b'phi - phi'H phi / 2, and how amplitudes answer to phi; all (item, ...)."""

    matrix: np.ndarray  # (item, direction, direction)
    vector: np.ndarray  # (item, direction)
    slope: np.ndarray  # (item, metabolite, direction), change of the amplitudes with phi


class Coordinates(NamedTuple):
    """Posterior of phi: `phi` (item, direction), its `covariance` (item, direction, direction); the set's `mean` and tau^2."""

    phi: np.ndarray
    covariance: np.ndarray
    mean: np.ndarray  # (direction,)
    mean_covariance: np.ndarray  # (direction, direction)
    tau_squared: float


class Calibrated(NamedTuple):
    """The fits with their calibrated bases. `first` are the fits with the family's mean basis."""

    fit: Fit
    coordinates: Coordinates
    first: Fit
    kernel: np.ndarray  # (item,) bool: whether the lineshape is free
    background: np.ndarray  # (item,) bool: whether the background differs freely between the states


class Freedom(NamedTuple):
    """What each item's fit may do: priors of its parameters (item, parameter), and which background it has (item,): 0 or 1."""

    sd: np.ndarray
    background: np.ndarray


class Round(NamedTuple):
    """All items fitted once with their bases so far."""

    fit: Fit
    told: Told
    evidence: np.ndarray  # (item,)


def _tell(problem: Problem, steps, point, data, phi):
    """Information of one spectrum about phi at `point`: matrix, vector and slope as in `Told`.

    `steps` (direction, metabolite, channel, time), demodulated as the basis is; `data` (channel, bin).
    """
    theta, amplitude = point.theta, point.amplitude
    signal = signals(problem, theta)
    bins = to_bins(problem, theta, signal)
    along = jax.vmap(lambda step: jnp.tensordot(amplitude, signals(problem._replace(basis=step), theta), 1))(steps)
    residual = data - jnp.tensordot(amplitude, bins, 1)
    nuisance = jnp.concatenate([bins, derivatives(problem, theta, signal, bins, amplitude)])
    columns = jnp.concatenate([nuisance, to_bins(problem, theta, along), residual[None]])
    gram = inner(problem, columns, columns) / point.variance
    count, metabolites = nuisance.shape[0], bins.shape[0]
    prior = jnp.concatenate([jnp.zeros(metabolites), precision(problem)])
    information = gram[:count, :count] + jnp.diag(prior)
    at_bound = (theta <= problem.low) | (theta >= problem.high)
    free = jnp.concatenate([amplitude > 0, (problem.sd > 0) & ~at_bound]) & (jnp.diag(information) > 0)
    information = jnp.where(free[:, None] & free[None, :], information, jnp.eye(count))
    scale = 1 / jnp.sqrt(jnp.diag(information))
    unit = information * scale[:, None] * scale[None, :] + RIDGE * jnp.eye(count)
    cross = jnp.where(free[:, None], gram[:count, count:-1], 0.0)
    slope = jnp.where(free, gram[:count, -1] - prior * jnp.concatenate([jnp.zeros(metabolites), theta]), 0.0)
    solved = solve_positive(unit, jnp.concatenate([cross, slope[:, None]], axis=1) * scale[:, None]) * scale[:, None]
    matrix = gram[count:-1, count:-1] - cross.T @ solved[:, :-1]
    gradient = gram[count:-1, -1] - cross.T @ solved[:, -1]
    matrix = (matrix + matrix.T) / 2
    return matrix, gradient + matrix @ phi, -solved[:metabolites, :-1]


def _fit_one(problem: Problem, steps, start, fid, phi, sd, background, iterations: int):
    data = transform(fid * problem.turn, jnp)[..., : problem.ppm.shape[0]]  # (channel, bin)
    scale = jnp.abs(data).max()
    data = data / scale
    problem = problem._replace(
        basis=problem.basis + jnp.tensordot(phi, steps, 1),
        sd=sd,
        **{key: getattr(problem, key)[background] for key in BACKGROUND},
    )
    point, decrement = minimise(problem, start, data, iterations)
    parameters = (point.amplitude > 0).sum() + (problem.sd > 0).sum()
    variance = point.variance * freedom(problem) / (freedom(problem) - parameters)
    covariance = amplitude_covariance(problem, point, variance)
    matrix, vector, slope = _tell(problem, steps, point._replace(variance=variance), data, phi)
    settled = (decrement <= CLOSE * variance) | (point.variance * freedom(problem) <= EXACT * jnp.sum(jnp.abs(data) ** 2))
    fit = {
        "amplitude": point.amplitude * scale,
        "sd": jnp.sqrt(jnp.diag(covariance)) * scale,
        "covariance": covariance * scale**2,
        "theta": point.theta,
        "noise_sd": jnp.sqrt(variance) * scale,
        "converged": settled & point.optimal,
    }
    told = {"matrix": matrix, "vector": vector, "slope": slope * scale}
    return fit, told, log_evidence(problem, point, variance)


_fit_batch = jax.jit(jax.vmap(_fit_one, in_axes=(None, None, 0, 0, 0, 0, 0, None)))


@jax.jit
def _start_batch(problem, grid, fid):
    def one(fid):
        data = transform(fid * problem.turn, jnp)[..., : problem.ppm.shape[0]]
        return best_start(grid, data / jnp.abs(data).max())

    return jax.vmap(one)(fid)


def population(told: Told, tau_squared: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean (direction,) of phi over the items, its covariance, and the log evidence of `tau_squared` up to a constant."""
    unit = np.eye(told.vector.shape[1])
    widened = unit + tau_squared * told.matrix  # (item, direction, direction)
    shrunk = np.linalg.solve(widened, np.concatenate([told.matrix, told.vector[..., None]], axis=-1))
    matrix, vector = shrunk[..., :-1].sum(axis=0), shrunk[..., -1].sum(axis=0)
    evidence = -0.5 * np.linalg.slogdet(widened)[1].sum()
    evidence += 0.5 * tau_squared * np.einsum("ik,ik->", told.vector, shrunk[..., -1])
    if tau_squared == 1:
        return np.zeros(len(unit)), np.zeros_like(unit), float(evidence)
    whole = unit + (1 - tau_squared) * matrix
    covariance = (1 - tau_squared) * np.linalg.inv(whole)
    mean = covariance @ vector
    evidence += 0.5 * vector @ mean - 0.5 * np.linalg.slogdet(whole)[1]
    return mean, (covariance + covariance.T) / 2, float(evidence)


def coordinates(told: Told) -> Coordinates:
    """Posterior of every item's phi at the tau with the largest evidence. A single item has nothing to share: tau is 0."""
    choices = TAU_SQUARED if len(told.vector) > 1 else TAU_SQUARED[:1]
    tau_squared = max(choices, key=lambda one: population(told, one)[2])
    mean, covariance, _ = population(told, tau_squared)
    unit = np.eye(len(mean))
    own = np.linalg.inv(unit + tau_squared * told.matrix)  # (item, direction, direction)
    phi = mean + tau_squared * np.einsum("ikl,il->ik", own, told.vector - told.matrix @ mean)
    spread = tau_squared * own + own @ covariance @ own.swapaxes(1, 2)
    return Coordinates(phi, (spread + spread.swapaxes(1, 2)) / 2, mean, covariance, tau_squared)


def calibrate(
    problem: Problem, freer: Problem, directions: np.ndarray, fid: np.ndarray, noise: np.ndarray, settings: FitSettings
) -> Calibrated:
    """Calibrate the basis of `fid` complex (item, channel, time), all finite and not zero, and fit with it.

    `problem` holds the family's mean basis, `freer` is the same with a freer background, and `directions` (direction,
    metabolite, channel, time) are the family's, undemodulated as `make_problem` takes a basis; `noise` (item,) is the SD per
    real component of a sample. Needs 64-bit JAX.
    """
    fid = np.asarray(fid, np.complex128)[..., : len(problem.time_s)]
    device, steps = _with_choices(problem, freer), jnp.asarray(directions * problem.turn)

    def fitted(places, theta, phi, freedom: Freedom, iterations: int) -> Round:
        given = (theta, fid[places], phi[places], freedom.sd[places], freedom.background[places])
        return _fit_all(device, steps, settings.batch, iterations, *given)

    count = len(fid)
    freedom, extended = _freedoms(problem, count)
    theta, phi, first = _starts(problem, fid, settings), np.zeros((count, len(directions))), None
    for step in track(range(STEPS + 1), "calibrating", STEPS + 1):
        last = step == STEPS
        now = fitted(np.arange(count), theta, phi, freedom, settings.iterations if last else EARLY)
        first = first or now.fit
        for change in extended if step == STEPS - 1 else ():
            asking = np.flatnonzero(now.fit.noise_sd > ASKING * noise)
            if not len(asking):
                break
            trial = freedom._replace(**change)
            other = fitted(asking, now.fit.theta[asking], phi, trial, 2 * EARLY)
            won = other.evidence > now.evidence[asking]
            now = _replaced(now, asking[won], jax.tree.map(lambda one, won=won: one[won], other))
            freedom = _replaced(freedom, asking[won], jax.tree.map(lambda one, who=asking[won]: one[who], trial))
        where = coordinates(now.told)
        if not last:
            theta, phi = now.fit.theta, where.phi
    kernel, _ = _kernel(problem)
    return Calibrated(
        _with_basis_error(now.fit, now.told, where), where._replace(phi=phi), first,
        (freedom.sd[:, kernel] > 0).any(axis=1), freedom.background > 0,
    )  # fmt: skip


def _kernel(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Which parameters are weights of the kernel, (parameter,) bool, and the priors with these held at zero."""
    place = np.arange(len(problem.sd))
    kernel = (place >= COMMON + 2 * len(problem.transient_s)) & (place < problem.shared)
    return kernel, np.where(kernel, 0.0, problem.sd)


def _freedoms(problem: Problem, count: int) -> tuple[Freedom, list[dict]]:
    """What `count` items have to begin with, and what is tried on those that ask for more, in turn."""
    kernel, plain = _kernel(problem)
    trials = [{"sd": np.tile(problem.sd, (count, 1))}] if kernel.any() else []
    return Freedom(np.tile(plain, (count, 1)), np.zeros(count, int)), [*trials, {"background": np.ones(count, int)}]


def _replaced(now, places, other):
    """The tuple of arrays `now` (item, ...) with the items at `places` taken from `other`."""

    def join(old, new):
        joined = old.copy()
        joined[places] = new
        return joined

    return jax.tree.map(join, now, other)


def _with_choices(problem: Problem, freer: Problem) -> Problem:
    """`problem` whose baseline has two choices, its own and that of `freer`, along a new first axis."""
    rank = max(problem.smooth.shape[-1], freer.smooth.shape[-1])
    factors = [np.pad(one.smooth, ((0, 0), (0, 0), (0, rank - one.smooth.shape[-1]))) for one in (problem, freer)]
    stacked = {key: np.array([getattr(problem, key), getattr(freer, key)]) for key in BACKGROUND[1:]}
    return jax.tree.map(jnp.asarray, problem._replace(smooth=np.stack(factors), **stacked))


def _replaced(now: Round, places, other: Round) -> Round:
    """`now` with the items at `places` taken from `other`."""

    def join(old, new):
        joined = old.copy()
        joined[places] = new
        return joined

    return jax.tree.map(join, now, other)


def _starts(problem, fid, settings) -> np.ndarray:
    problem = jax.tree.map(jnp.asarray, problem)
    grid = make_grid(problem, settings.largest_shift_ppm)
    return np.concatenate(list(_in_batches(lambda some: _start_batch(problem, grid, some), settings.batch, fid)))


def _fit_all(problem, steps, batch: int, iterations: int, *given) -> Round:
    def some(*arrays):
        return _fit_batch(problem, steps, *arrays, iterations)

    parts = list(_in_batches(some, batch, *given))
    fits, tells = ({key: np.concatenate([part[place][key] for part in parts]) for key in parts[0][place]} for place in (0, 1))
    return Round(Fit(**fits), Told(**tells), np.concatenate([part[2] for part in parts]))


def _in_batches(function, size: int, *arrays):
    """`function` of `size` rows of `arrays` at a time: one shape, one compilation; results as NumPy arrays."""
    count = len(arrays[0])
    for first in range(0, count, size):
        rows = np.resize(np.arange(first, min(first + size, count)), size)
        filled = min(size, count - first)
        result = function(*(array[rows] for array in arrays))
        yield jax.tree.map(lambda value, filled=filled: np.asarray(value)[:filled], result)


def _with_basis_error(fit: Fit, told: Told, where: Coordinates) -> Fit:
    """`fit` whose covariance has that of phi added: the exact inverse of the joint information matrix."""
    added = np.einsum("imk,ikl,inl->imn", told.slope, where.covariance, told.slope)
    covariance = fit.covariance + added
    return fit._replace(covariance=covariance, sd=np.sqrt(np.einsum("imm->im", covariance)))
