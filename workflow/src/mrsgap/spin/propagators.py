"""Hamiltonians of a spin part in the rotating frame of the carrier (rad/s), and propagators of delays and pulses.

H = 2 pi sum_{j<k} J_jk I_j . I_k + 2 pi sum_k offset_k Iz_k - 2 pi sum_k (delta_k - carrier) larmor Iz_k, U = exp(-i H t)
(Levitt, Spin Dynamics, 2008, chapter 14; full strong coupling). All are real symmetric in the product basis. What is small and
the same for all positions is NumPy; the steps of shaped pulses are JAX.

During step n (length dt) of a shaped pulse spin k feels 2 pi (b_n cos p_n Ix + b_n sin p_n Iy - o_k Iz) and the coupling
Hamiltonian H_J. The two are split: rotation, then coupling, step by step (first order, as in FID-A), which is exact to O(dt);
the symmetric split (Strang, SIAM J. Numer. Anal. 5 (1968) 506) is the same product between half a coupling step and its inverse
and is exact to O(dt^2).

The gauss split turns the spins exactly and lets the coupling act at a few instants only: the Gauss-Legendre nodes of the
pulse's duration, each for its weight. In the frame that turns with the spins the coupling is a smooth function of time, whose
ordered exponential the product approximates; its average (Magnus, Commun. Pure Appl. Math. 7 (1954) 649) converges
exponentially with the nodes where the waveform is smooth, and what is left of the order in time as one over their square.
"""

import functools
import itertools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.spin import operators
from mrsgap.spin.waveform import Waveform


def coupling_hamiltonian(spins: int, couplings_hz, offsets_hz) -> np.ndarray:
    """Coupling Hamiltonian (state, state) from `couplings_hz` (spin, spin) and heteronuclear `offsets_hz` (spin,)."""
    strengths = np.array([couplings_hz[j, k] for j, k in operators.pairs(spins)])
    offsets = operators.z_components(spins).T @ offsets_hz  # (state,)
    return 2 * np.pi * (np.tensordot(strengths, operators.scalar_products(spins), 1) + np.diag(offsets))


def free_hamiltonian(spins: int, couplings_hz, offsets_hz, shifts_hz) -> np.ndarray:
    """Free-precession Hamiltonian (state, state); `shifts_hz` (spin,) is (delta - carrier) larmor."""
    zeeman = operators.z_components(spins).T @ shifts_hz  # (state,)
    return coupling_hamiltonian(spins, couplings_hz, offsets_hz) - 2 * np.pi * np.diag(zeeman)


def eigenstates(spins: int, hamiltonian) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (state,) and real eigenvectors (state, state) of a Hamiltonian that keeps Fz, as in `blocks`."""
    energies, vectors, start = np.empty(2**spins), np.zeros((2**spins, 2**spins)), 0
    for states in operators.blocks(spins):
        own = slice(start, start + len(states))
        energies[own], vectors[states, own] = np.linalg.eigh(hamiltonian[np.ix_(states, states)])
        start += len(states)
    return energies, vectors


def propagator(energies, vectors, duration_s) -> np.ndarray:
    """exp(-i H t), (..., state, state), for durations (...,) from the eigenvalues and real eigenvectors of H."""
    turned = np.exp(-1j * np.multiply.outer(duration_s, energies))
    return (vectors * turned[..., None, :]) @ vectors.T


def hard_propagator(flip_rad) -> np.ndarray:
    """Rotation of each spin about x by `flip_rad` (spin,) in no time, (state, state)."""
    one_spin = (
        np.array([[np.cos(half), -1j * np.sin(half)], [-1j * np.sin(half), np.cos(half)]]) for half in np.asarray(flip_rad) / 2
    )
    return functools.reduce(np.kron, one_spin)


class Steps(NamedTuple):
    """A shaped pulse as segments of exact rotation, after each of which the coupling acts for a while.

    `amplitude_hz` and `duration_s` (segment, piece), `phase_rad` (edit, segment, piece), `coupled_s` (segment,).
    """

    amplitude_hz: np.ndarray
    phase_rad: np.ndarray
    duration_s: np.ndarray
    coupled_s: np.ndarray


def pulse_steps(waveform: Waveform, shifts_hz: np.ndarray, nodes: int | None) -> Steps:
    """The steps of `waveform` moved by each of `shifts_hz` (edit,), one piece per segment; or the gauss split at `nodes`.

    The pulse is moved to its frequency by a phase ramp that starts at its first step (FID-A, rf_freqshift).
    """
    step_s = waveform.duration_s / waveform.steps
    ramps = 2 * np.pi * np.multiply.outer(shifts_hz, np.arange(waveform.steps) * step_s)
    phase_rad = waveform.phase_rad + ramps  # (edit, step)
    amplitude_hz = waveform.amplitude * waveform.peak_b1_hz
    if nodes is None:
        lengths_s = np.full((waveform.steps, 1), step_s)
        return Steps(amplitude_hz[:, None], phase_rad[..., None], lengths_s, lengths_s[:, 0])
    places, weights = np.polynomial.legendre.leggauss(nodes)
    edges = np.concatenate([[0.0], (places + 1) / 2, [1.0]]) * waveform.steps  # in steps
    first = np.floor(edges[:-1]).astype(int)
    pieces = first[:, None] + np.arange(int((np.ceil(edges[1:]) - first).max()))  # (segment, piece)
    lengths = np.minimum(pieces + 1, edges[1:, None]) - np.maximum(pieces, edges[:-1, None])
    pieces = np.minimum(pieces, waveform.steps - 1)
    coupled = np.append(weights / 2 * waveform.duration_s, 0.0)
    return Steps(amplitude_hz[pieces], phase_rad[:, pieces], np.maximum(lengths, 0.0) * step_s, coupled)


def rotations(amplitude_hz, phase_rad, duration_s, offset_hz):
    """SU(2) rotation of every spin during pieces of constant amplitude and phase.

    `amplitude_hz`, `phase_rad`, `duration_s` (..., case); `offset_hz` (case, spin): gradient and chemical-shift offset. Returns
    (..., case, spin, 2, 2).
    """
    b, phase, duration = amplitude_hz[..., None], phase_rad[..., None], duration_s[..., None]
    field = jnp.sqrt(b**2 + offset_hz**2)  # (..., case, spin)
    sine = jnp.pi * duration * jnp.sinc(field * duration)  # sin(half) / field, finite at zero field
    diagonal = jnp.cos(jnp.pi * field * duration) + 1j * sine * offset_hz
    upper = -1j * sine * b * jnp.exp(-1j * phase)
    rows = [jnp.stack([diagonal, upper], -1), jnp.stack([-upper.conj(), diagonal.conj()], -1)]
    return jnp.stack(rows, -2)


def segment_rotations(amplitude_hz, phase_rad, duration_s, offset_hz):
    """Product over the pieces of a segment: arrays (piece, segment, case) as `rotations` takes them, (segment, case, ...)."""
    if len(amplitude_hz) == 1:
        return rotations(amplitude_hz[0], phase_rad[0], duration_s[0], offset_hz)

    def advance(total, piece):
        r = rotations(*piece, offset_hz)
        columns = (r[..., 0] * total[..., :1, k] + r[..., 1] * total[..., 1:, k] for k in (0, 1))
        return jnp.stack(list(columns), axis=-1), None

    shape = (*amplitude_hz.shape[1:], offset_hz.shape[-1], 2, 2)
    start = jnp.broadcast_to(jnp.eye(2, dtype=jnp.result_type(offset_hz, jnp.complex64)), shape)
    return jax.lax.scan(advance, start, (amplitude_hz, phase_rad, duration_s))[0]


def split_propagators(spins: int, turns, couplings, start, sizes: tuple[int, ...]):
    """Product over segments of (coupling after rotation), for the cases of several pulses at once.

    `turns` (segment, case, spin, 2, 2); `sizes` is the number of cases of each pulse, in order; `couplings` is what acts after
    a segment, (pulse, state, state) where it is the same for all and (segment, pulse, state, state) otherwise; `start` (pulse,
    state, state) acts before all. Returns (case, state, state).
    """
    states, bounds = 2**spins, [sum(sizes[:pulse]) for pulse in range(len(sizes) + 1)]

    def advance(columns, segment):
        turn, coupling = segment if couplings.ndim == 4 else (segment, couplings)
        turned = _turn(spins, turn, columns)
        parts = []
        for pulse, (first, last) in enumerate(itertools.pairwise(bounds)):
            part, real, imaginary = turned[first:last].reshape(-1, states), coupling[pulse].real.T, coupling[pulse].imag.T
            # Three real products instead of one complex: XLA's complex product on CPU takes half as long again.
            one, two, three = part.real @ real, part.imag @ imaginary, (part.real + part.imag) @ (real + imaginary)
            parts.append(jax.lax.complex(one - two, three - one - two))
        return jnp.concatenate(parts).reshape(columns.shape), None

    columns = start.swapaxes(1, 2)[np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)]
    columns, _ = jax.lax.scan(advance, columns, (turns, couplings) if couplings.ndim == 4 else turns)
    return columns.swapaxes(1, 2)  # from (case, column, row): transposed, so that rows are contiguous


def exact_propagators(spins: int, amplitude_hz, phase_rad, duration_s, offset_hz, coupling):
    """Product over steps of the exact exponential of the whole step Hamiltonian, (case, state, state).

    Arrays (step, case), `offset_hz` (case, spin), `coupling` (state, state) the coupling Hamiltonian. Costs an
    eigendecomposition per step and case: for reference, not for large grids.
    """
    x, y = jnp.asarray(operators.total_x(spins)), jnp.asarray(operators.total_y(spins))
    z = jnp.asarray(operators.z_components(spins))

    def of_case(case):
        amplitude, phase, duration, offset = case
        static = coupling - 2 * jnp.pi * jnp.diag(z.T @ offset)

        def advance(total, step):
            b, phase, length = step
            hamiltonian = static + 2 * jnp.pi * b * (jnp.cos(phase) * x + jnp.sin(phase) * y)
            energies, vectors = jnp.linalg.eigh(hamiltonian)
            return (vectors * jnp.exp(-1j * energies * length)) @ (vectors.conj().T @ total), None

        start = jnp.eye(2**spins, dtype=jnp.result_type(coupling, jnp.complex64))
        return jax.lax.scan(advance, start, (amplitude, phase, duration))[0]

    return jax.lax.map(of_case, (amplitude_hz.T, phase_rad.T, duration_s.T, offset_hz))


def _turn(spins: int, rotation, columns):
    """Apply the product of one-spin rotations (case, spin, 2, 2) to the last index of (case, column, row)."""
    shape = columns.shape
    for k in range(spins):
        split = columns.reshape(*shape[:-1], 2**k, 2, -1)
        r = rotation[:, k, :, :, None, None, None]
        upper = r[:, 0, 0] * split[..., 0, :] + r[:, 0, 1] * split[..., 1, :]
        lower = r[:, 1, 0] * split[..., 0, :] + r[:, 1, 1] * split[..., 1, :]
        columns = jnp.stack([upper, lower], axis=-2).reshape(shape)
    return columns
