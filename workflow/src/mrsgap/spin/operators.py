"""Spin-1/2 operators in the Zeeman product basis, and what a phase cycle or a pair of crushers does to a density matrix.

Textbook sense: Iz = diag(1/2, -1/2), spin 1 is the slowest index (Sorensen et al., Prog. NMR Spectrosc. 16 (1984) 163). All are
built with NumPy once per number of spins.

A pulse at phase phi is Z(phi) U Z(-phi), Z = exp(-i phi Fz), so an element that goes from coherence order q to q' gains
exp(-i phi (q' - q)) (Bodenhausen, Kogler, Ernst, J. Magn. Reson. 58 (1984) 370). A cycle over phases with signs is
therefore a weight on q' - q, and a sum of a few `after * (U (before * rho) U^+)`: one term per phase, or one per incoming
order, whichever is fewer.
"""

import functools
from dataclasses import dataclass

import numpy as np

from mrsgap.core.errors import InputError


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
def single_raising(spins: int) -> np.ndarray:
    """I+ = Ix + i Iy of every spin, real, (spin, state, state)."""
    single = np.array([[0.0, 1.0], [0.0, 0.0]])
    return np.array([np.kron(np.kron(np.eye(2**k), single), np.eye(2 ** (spins - 1 - k))) for k in range(spins)])


@functools.cache
def raising(spins: int) -> np.ndarray:
    """F+ = sum over spins of Ix + i Iy, real, (state, state)."""
    return single_raising(spins).sum(axis=0)


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


@functools.cache
def blocks(spins: int) -> tuple[np.ndarray, ...]:
    """The states of each quantum number of Fz, from the largest to the smallest."""
    total = z_components(spins).sum(axis=0)
    return tuple(np.flatnonzero(total == spins / 2 - down) for down in range(spins + 1))


@functools.cache
def detected_pairs(spins: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns (pair,) of density-matrix elements of order -1 when states are sorted as in `blocks`."""
    starts = np.cumsum([0, *(len(states) for states in blocks(spins))])
    inner = [np.meshgrid(np.arange(low, high), np.arange(start, low), indexing="ij")
             for start, low, high in zip(starts, starts[1:], starts[2:])]  # fmt: skip
    return tuple(np.concatenate([pair[side].ravel() for pair in inner]).astype(np.int32) for side in (0, 1))


def pairs(spins: int) -> list[tuple[int, int]]:
    """All pairs j < k, in order."""
    return [(j, k) for j in range(spins) for k in range(j + 1, spins)]


INVERT, KEEP = "invert", "keep"  # orders that ideal crushers let pass: q' = -q, q' = q


@dataclass(frozen=True)
class Cycle:
    """Phases (deg, added to `phase_deg`) and signs of one pulse's cycle; `selects` is what ideal crushers would pass.

    >>> two_step = Cycle(steps_deg=(0.0, 90.0), signs=(1.0, -1.0))
    >>> abs(two_step.weight(np.array([0, 1, 2]))).round(3)  # of the change of coherence order, 2 passes whole
    array([0.   , 0.707, 1.   ])
    """

    phase_deg: float = 0.0
    steps_deg: tuple[float, ...] = (0.0,)
    signs: tuple[float, ...] = (1.0,)
    selects: str | None = None

    def __post_init__(self):
        if len(self.steps_deg) != len(self.signs) or not self.steps_deg:
            raise InputError(f"a phase cycle has {len(self.steps_deg)} phases but {len(self.signs)} signs")

    def weight(self, change: np.ndarray) -> np.ndarray:
        """Mean over the cycle of sign exp(-i phase change) for coherence-order changes `change`."""
        phases = np.deg2rad(self.phase_deg + np.array(self.steps_deg))
        return np.tensordot(self.signs, np.exp(-1j * np.multiply.outer(phases, change)), 1) / len(phases)


def transfer_terms(spins: int, cycle: Cycle, incoming: frozenset[int], ideal: bool):
    """Element weights (term, state, state) `before` and `after` the pulse, and the orders that can leave it.

    `incoming` are the orders present; with `ideal` the cycle is replaced by its crushers' selection (at the cycle's phase).
    """
    order = coherence_order(spins)
    reach = range(-spins, spins + 1)
    if ideal and cycle.selects is None:
        raise InputError("ideal coherence selection needs `selects` on every cycled pulse", cure=f"Give `{INVERT}` or `{KEEP}`")
    if ideal:
        partner = {q: -q if cycle.selects == INVERT else q for q in incoming}
        phase = np.deg2rad(cycle.phase_deg)
        before = [order == q for q in incoming]
        after = [(order == partner[q]) * np.exp(-1j * phase * (partner[q] - q)) for q in incoming]
        return _stack(before), _stack(after), frozenset(partner.values())
    outgoing = frozenset(p for p in reach if any(abs(cycle.weight(np.array(p - q))) > 1e-9 for q in incoming))
    if len(incoming) < len(cycle.steps_deg):
        return _stack([order == q for q in incoming]), _stack([cycle.weight(order - q) for q in incoming]), outgoing
    phases = np.deg2rad(cycle.phase_deg + np.array(cycle.steps_deg))
    signs = np.array(cycle.signs) / len(phases)
    turn = np.exp(1j * np.multiply.outer(phases, order))
    return turn, signs[:, None, None] * turn.conj(), outgoing


def _stack(terms) -> np.ndarray:
    return np.array(terms, dtype=complex)
