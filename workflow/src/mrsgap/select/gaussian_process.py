"""Our own Gaussian process on an enumerated space, in JAX, and how much it expects a configuration to improve on the best.

Kernel: variance times one factor per option. An option without order contributes a Hamming factor exp(-[a != b] / length); an
ordered one Matern 5/2 of the distance between ranks scaled to 0 ... 1 (Rasmussen and Williams 2006, eq. 4.17). The kernel is a
product over options and the space is their full grid, so the prior covariance is a Kronecker product: a joint draw over every
configuration costs one small Cholesky factor per option, and Matheron's rule (Wilson et al., JMLR 22 (2021) 105, eq. 9) turns
it into an exact joint draw of the posterior.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import scipy.linalg
from jax.scipy.linalg import cho_solve, solve_triangular
from scipy.optimize import minimize
from scipy.special import ndtr

from mrsgap.select.space import Space

# ASSUME: log-normal priors on standardised values: lengths centred on sqrt(options) (Hvarfner et al., ICML 2024), signal
# variance on 1, noise variance on 0.01 as GPyOpt starts it; widths in natural logarithms.
LENGTH_WIDTH, VARIANCE_WIDTH, NOISE_WIDTH, NOISE_CENTRE = 1.0, 1.0, 2.0, 0.01
BOUNDS_LENGTH, BOUNDS_VARIANCE, BOUNDS_NOISE = (0.05, 100.0), (0.05, 20.0), (1e-6, 2.0)
BUCKET = 16  # observations are padded to multiples of this, so that a search compiles a few programs, not one per trial
NUGGET = 1e-8
STOP = {"maxiter": 60, "ftol": 1e-6}  # of the fit: lengths are wanted to a few per cent


@dataclass(frozen=True)
class Posterior:
    """A fitted process: what a search asks of a backend. Values are those it was fitted to (standardised by the caller)."""

    space: Space
    observed: np.ndarray  # (observation,) configuration numbers
    values: np.ndarray  # (observation,)
    theta: np.ndarray  # log lengths (option), log variance, log noise variance

    def predict(self, pending: Sequence[int] = ()) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the noise-free objective at every configuration, (configuration,) each.

        `pending` configurations count as observed at their predicted mean (Ginsbourger et al. 2010, kriging believer).
        """
        mean, variance = self._predict(self.observed, self.values)
        if pending:
            believed = np.concatenate([self.observed, np.asarray(pending, int)])
            mean, variance = self._predict(believed, np.concatenate([self.values, mean[list(pending)]]))
        return mean, np.sqrt(variance)

    def expected_improvement(self, pending: Sequence[int], jitter: float) -> np.ndarray:
        """Expected improvement on the best predicted mean among the observed, (configuration,)."""
        mean, deviation = self.predict(pending)
        return expected_improvement(mean, deviation, mean[self.observed].min(), jitter)

    def draw(self, generator: np.random.Generator) -> np.ndarray:
        """One joint (Thompson) draw of the noise-free objective at every configuration, (configuration,)."""
        codes, values, mask = _padded(self.space, self.observed, self.values)
        shape = self.space.shape
        white = generator.standard_normal(self.space.size)
        noise = np.pad(generator.standard_normal(len(self.values)), (0, len(mask) - len(self.values)))
        numbers = np.pad(self.observed, (0, len(mask) - len(self.observed)))
        distance, ordered = _distances(self.space)
        drawn = _draw(self.theta, distance, ordered, self.space.codes, codes, values, mask, numbers, white, noise, shape)
        return np.asarray(drawn)

    def _predict(self, observed, values):
        codes, values, mask = _padded(self.space, observed, values)
        distance, ordered = _distances(self.space)
        mean, variance = _predict(self.theta, distance, ordered, self.space.codes, codes, values, mask)
        return np.asarray(mean), np.maximum(np.asarray(variance), 0.0)


def fit(space: Space, observed, values, generator: np.random.Generator) -> Posterior:
    """Fit lengths, variance and noise by the maximum of the posterior density (L-BFGS-B from two fixed starts).

    `observed` (observation,) configuration numbers, `values` (observation,) about standardised. Needs double precision. The fit
    draws nothing; `generator` is taken because other backends do.
    """
    observed, values = np.asarray(observed, int), np.asarray(values, float)
    codes, padded, mask = _padded(space, observed, values)
    options = len(space.options)
    index = np.arange(options)
    centre = np.log([*[np.sqrt(options)] * options, 1.0, NOISE_CENTRE])
    width = np.array([*[LENGTH_WIDTH] * options, VARIANCE_WIDTH, NOISE_WIDTH])
    bounds = np.log([*[BOUNDS_LENGTH] * options, BOUNDS_VARIANCE, BOUNDS_NOISE])
    distance, ordered = _distances(space)
    pairs = np.moveaxis(distance[index, codes[:, None], codes[None, :]], -1, 0)  # (option, observation, observation)

    def loss(theta):
        return _negative_log_posterior(theta, centre, width, pairs, ordered, padded, mask)

    starts = [centre, centre + np.array([*[-1.0] * options, 0.0, 2.0])]
    runs = [minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=STOP) for start in starts]
    return Posterior(space, observed, values, min(runs, key=lambda run: run.fun).x)


def expected_improvement(mean, standard_deviation, best: float, jitter: float) -> np.ndarray:
    """E[max(best - jitter - f, 0)] for f ~ N(mean, sd^2), minimisation; same shape as `mean`.

    Mockus, Tiesis and Zilinskas 1978; Jones, Schonlau and Welch, J. Global Optim. 13 (1998) 455, eq. 15. `jitter` (in units of
    the objective as modelled) rewards exploration. Where sd is zero the improvement is certain.
    """
    mean, standard_deviation = np.asarray(mean, float), np.asarray(standard_deviation, float)
    gain = best - jitter - mean
    safe = np.where(standard_deviation > 0, standard_deviation, 1.0)
    z = gain / safe
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return np.where(standard_deviation > 0, gain * ndtr(z) + safe * density, np.maximum(gain, 0.0))


@functools.lru_cache(maxsize=16)
def _shape_distances(shape: tuple[int, ...], ordered: tuple[bool, ...]):
    distance = np.ones((len(shape), max(shape), max(shape)))
    for option, (count, has_order) in enumerate(zip(shape, ordered)):
        rank = np.arange(max(shape)) / max(count - 1, 1)
        distance[option] = np.abs(rank[:, None] - rank) if has_order else 1.0 - np.eye(max(shape))
    return distance, np.array(ordered)


def _distances(space: Space):
    """Distance between values of each option, (option, value, value), and which options are ordered, (option,)."""
    return _shape_distances(space.shape, tuple(option.ordered for option in space.options))


def _padded(space: Space, observed, values):
    count = len(observed)
    length = -(-max(count, 1) // BUCKET) * BUCKET
    codes = np.zeros((length, len(space.options)), int)
    codes[:count] = np.stack(np.unravel_index(np.asarray(observed, int), space.shape), axis=1)
    return codes, np.pad(np.asarray(values, float), (0, length - count)), np.arange(length) < count


def _tables(theta, distance, ordered):
    scaled = distance / jnp.exp(theta[:-2])[:, None, None]
    root = jnp.sqrt(5.0) * scaled
    return jnp.where(ordered[:, None, None], (1 + root + root * root / 3) * jnp.exp(-root), jnp.exp(-scaled))


def _covariance(theta, tables, left, right):
    option = jnp.arange(left.shape[1])
    factors = tables[option, left[:, None, :], right[None, :, :]]  # (left, right, option)
    return jnp.exp(theta[-2]) * jnp.prod(factors, axis=-1)


def _factor(theta, tables, codes, mask):
    both = mask[:, None] & mask[None, :]
    kernel = jnp.where(both, _covariance(theta, tables, codes, codes), 0.0)
    return jnp.linalg.cholesky(kernel + jnp.diag(jnp.where(mask, jnp.exp(theta[-1]) + NUGGET, 1.0)))


def _negative_log_posterior(theta, centre, width, pairs, ordered, values, mask):
    """Value and gradient (Rasmussen and Williams eq. 5.8, 5.9): kernel and its slope by JAX, the inverse by LAPACK."""
    factor = scipy.linalg.cho_factor(np.asarray(_gram(theta, pairs, ordered, mask)), lower=True)
    inverse = scipy.linalg.cho_solve(factor, np.eye(len(values)))
    weights = inverse @ values
    deviation = (theta - centre) / width
    value = 0.5 * values @ weights + np.log(np.diag(factor[0])).sum() + 0.5 * deviation @ deviation
    slope = _pull_back(theta, pairs, ordered, mask, 0.5 * (inverse - np.outer(weights, weights)))
    return float(value), np.asarray(slope) + deviation / width


@jax.jit
def _gram(theta, pairs, ordered, mask):
    """Covariance of observations with noise; the product over options of `_tables` with its exponentials gathered into one."""
    root = jnp.sqrt(5.0) * pairs / jnp.exp(theta[:-2])[:, None, None]
    shape = jnp.prod(jnp.where(ordered[:, None, None], 1 + root + root * root / 3, 1.0), axis=0)
    rates = jnp.where(ordered, jnp.sqrt(5.0), 1.0) / jnp.exp(theta[:-2])
    kernel = shape * jnp.exp(theta[-2] - jnp.tensordot(rates, pairs, axes=1))
    kernel = jnp.where(mask[:, None] & mask[None, :], kernel, 0.0)
    return kernel + jnp.diag(jnp.where(mask, jnp.exp(theta[-1]) + NUGGET, 1.0))


@jax.jit
def _pull_back(theta, pairs, ordered, mask, weights):
    return jax.vjp(lambda theta: _gram(theta, pairs, ordered, mask), theta)[1](weights)[0]


@jax.jit
def _predict(theta, distance, ordered, grid, codes, values, mask):
    tables = _tables(theta, distance, ordered)
    factor = _factor(theta, tables, codes, mask)
    cross = _covariance(theta, tables, grid, codes) * mask  # (configuration, observation)
    mean = cross @ cho_solve((factor, True), values)
    explained = solve_triangular(factor, cross.T, lower=True)
    return mean, jnp.exp(theta[-2]) - jnp.sum(explained**2, axis=0)


@functools.partial(jax.jit, static_argnames="shape")
def _draw(theta, distance, ordered, grid, codes, values, mask, numbers, white, noise, shape):
    tables = _tables(theta, distance, ordered)
    prior = white.reshape(shape)
    for option, count in enumerate(shape):
        root = jnp.linalg.cholesky(tables[option, :count, :count] + NUGGET * jnp.eye(count))
        prior = jnp.moveaxis(jnp.tensordot(root, prior, axes=(1, option)), 0, option)
    prior = jnp.exp(0.5 * theta[-2]) * prior.ravel()
    residual = jnp.where(mask, values - prior[numbers] - jnp.exp(0.5 * theta[-1]) * noise, 0.0)
    cross = _covariance(theta, tables, grid, codes) * mask
    return prior + cross @ cho_solve((_factor(theta, tables, codes, mask), True), residual)
