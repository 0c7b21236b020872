"""Cramer-Rao lower bounds of the amplitudes with every nuisance parameter included.

The Fisher information of complex data in white noise is Re(D^H D) / sigma^2 over all derivatives D, amplitudes and nonlinear
parameters alike (Cavassila et al., NMR Biomed. 14 (2001) 278). A regularised baseline enters as the smoother it is
marginalised with, a Gaussian prior as its precision, which makes the bound a hybrid one (Van Trees, 1968, section 2.4).
"""

import jax.numpy as jnp

from mrsgap.lcm.linear import solve_positive
from mrsgap.lcm.problem import Problem
from mrsgap.lcm.solve import Point, precision

RIDGE = 1e-12


def amplitude_covariance(problem: Problem, point: Point, variance):
    """Bound on the covariance of the amplitudes (metabolite, metabolite) at `point` for noise of `variance` per component."""
    count = point.amplitude.shape[0]
    information = point.gram[:-1, :-1] / variance + jnp.diag(jnp.concatenate([jnp.zeros(count), precision(problem)]))
    varies = jnp.concatenate([jnp.ones(count, bool), problem.sd > 0]) & (jnp.diag(information) > 0)
    information = jnp.where(varies[:, None] & varies[None, :], information, jnp.eye(len(varies)))
    scale = 1 / jnp.sqrt(jnp.diag(information))
    unit = information * scale[:, None] * scale[None, :] + RIDGE * jnp.eye(len(scale))
    covariance = solve_positive(unit, jnp.eye(len(scale))) * scale[:, None] * scale[None, :]
    return covariance[:count, :count]
