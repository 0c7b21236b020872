"""Spin-1/2 operators in the Zeeman product basis, built with NumPy once per number of spins.

Textbook sense: Iz = diag(1/2, -1/2), spin 1 is the slowest index (Sorensen et al., Prog. NMR Spectrosc. 16 (1984) 163).
"""

import functools

import numpy as np


@functools.cache
def z_components(spins: int) -> np.ndarray:
    """Magnetic quantum number of each spin in each product state, (spin, state)."""
    states = np.arange(2**spins)
    return np.array([0.5 - ((states >> (spins - 1 - k)) & 1) for k in range(spins)])


@functools.cache
def coherence_order(spins: int) -> np.ndarray:
    """Order m_i - m_j of each density-matrix element, (state, state), whole numbers."""
    total = z_components(spins).sum(axis=0)
    return np.rint(total[:, None] - total[None, :]).astype(int)


@functools.cache
def raising(spins: int) -> np.ndarray:
    """F+ = sum over spins of Ix + i Iy, real, (state, state)."""
    total = np.zeros((2**spins, 2**spins))
    single = np.array([[0.0, 1.0], [0.0, 0.0]])
    for k in range(spins):
        total += np.kron(np.kron(np.eye(2**k), single), np.eye(2 ** (spins - 1 - k)))
    return total


@functools.cache
def total_x(spins: int) -> np.ndarray:
    """Fx, real, (state, state)."""
    return (raising(spins) + raising(spins).T) / 2


@functools.cache
def total_y(spins: int) -> np.ndarray:
    """Fy, imaginary, (state, state)."""
    return (raising(spins) - raising(spins).T) / 2j


@functools.cache
def scalar_products(spins: int) -> np.ndarray:
    """I_j . I_k for every pair j < k in `pairs` order, real symmetric, (pair, state, state)."""
    z = z_components(spins)
    products = []
    for j, k in pairs(spins):
        flip = (1 << (spins - 1 - j)) | (1 << (spins - 1 - k))
        states = np.arange(2**spins)
        opposite = z[j] * z[k] < 0
        product = np.diag(z[j] * z[k])
        product[states[opposite] ^ flip, states[opposite]] = 0.5  # (I+ I- + I- I+) / 2
        products.append(product)
    return np.array(products).reshape(len(products), 2**spins, 2**spins)


def pairs(spins: int) -> list[tuple[int, int]]:
    """All pairs j < k, in order."""
    return [(j, k) for j in range(spins) for k in range(j + 1, spins)]
