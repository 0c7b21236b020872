"""Hamiltonians of a spin part in the rotating frame of the carrier, in rad/s, and their propagators.

H = 2 pi sum_{j<k} J_jk I_j . I_k + 2 pi sum_k offset_k Iz_k - 2 pi sum_k (delta_k - carrier) larmor Iz_k, U = exp(-i H t)
(Levitt, Spin Dynamics, 2008, chapter 14; full strong coupling). All are real symmetric in the product basis.
"""

import jax.numpy as jnp

from mrsgap.spin import operators


def coupling(spins: int, couplings_hz, offsets_hz):
    """Coupling Hamiltonian (state, state) from `couplings_hz` (spin, spin) and heteronuclear `offsets_hz` (spin,)."""
    products = jnp.asarray(operators.scalar_products(spins), couplings_hz.dtype)  # (pair, state, state)
    strengths = jnp.stack([couplings_hz[j, k] for j, k in operators.pairs(spins)]) if spins > 1 else jnp.zeros(0)
    offsets = jnp.asarray(operators.z_components(spins), couplings_hz.dtype).T @ offsets_hz  # (state,)
    return 2 * jnp.pi * (jnp.tensordot(strengths.astype(couplings_hz.dtype), products, 1) + jnp.diag(offsets))


def free(spins: int, couplings_hz, offsets_hz, shifts_hz):
    """Free-precession Hamiltonian (state, state); `shifts_hz` (spin,) is (delta - carrier) larmor."""
    zeeman = jnp.asarray(operators.z_components(spins), shifts_hz.dtype).T @ shifts_hz  # (state,)
    return coupling(spins, couplings_hz, offsets_hz) - 2 * jnp.pi * jnp.diag(zeeman)


def propagator(energies, vectors, duration_s):
    """exp(-i H t), (state, state), from the eigenvalues and real eigenvectors of H."""
    return (vectors * jnp.exp(-1j * energies * duration_s)) @ vectors.T
