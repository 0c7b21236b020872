"""Hamiltonians of a spin part in the rotating frame of the carrier (rad/s), and propagators of delays and pulses.

H = 2 pi sum_{j<k} J_jk I_j . I_k + 2 pi sum_k offset_k Iz_k - 2 pi sum_k (delta_k - carrier) larmor Iz_k, U = exp(-i H t)
(Levitt, Spin Dynamics, 2008, chapter 14; full strong coupling). All are real symmetric in the product basis.

During step n (length dt) of a shaped pulse spin k feels 2 pi (b_n cos p_n Ix + b_n sin p_n Iy - o_k Iz) and the coupling
Hamiltonian H_J. The two are split: rotation, then coupling, step by step (first order, as in FID-A), which is exact to O(dt);
the symmetric split (Strang, SIAM J. Numer. Anal. 5 (1968) 506) is the same product between half a coupling step and its inverse
and is exact to O(dt^2).
"""

import jax
import jax.numpy as jnp

from mrsgap.spin import operators


def coupling_hamiltonian(spins: int, couplings_hz, offsets_hz):
    """Coupling Hamiltonian (state, state) from `couplings_hz` (spin, spin) and heteronuclear `offsets_hz` (spin,)."""
    products = jnp.asarray(operators.scalar_products(spins), couplings_hz.dtype)  # (pair, state, state)
    strengths = jnp.stack([couplings_hz[j, k] for j, k in operators.pairs(spins)]) if spins > 1 else jnp.zeros(0)
    offsets = jnp.asarray(operators.z_components(spins), couplings_hz.dtype).T @ offsets_hz  # (state,)
    return 2 * jnp.pi * (jnp.tensordot(strengths.astype(couplings_hz.dtype), products, 1) + jnp.diag(offsets))


def free_hamiltonian(spins: int, couplings_hz, offsets_hz, shifts_hz):
    """Free-precession Hamiltonian (state, state); `shifts_hz` (spin,) is (delta - carrier) larmor."""
    zeeman = jnp.asarray(operators.z_components(spins), shifts_hz.dtype).T @ shifts_hz  # (state,)
    return coupling_hamiltonian(spins, couplings_hz, offsets_hz) - 2 * jnp.pi * jnp.diag(zeeman)


def propagator(energies, vectors, duration_s):
    """exp(-i H t), (state, state), from the eigenvalues and real eigenvectors of H."""
    return (vectors * jnp.exp(-1j * energies * duration_s)) @ vectors.T


def rotations(amplitude_hz, phase_rad, offset_hz, step_s):
    """SU(2) rotation of every spin in every step.

    `amplitude_hz`, `phase_rad` (step,); `offset_hz` (..., spin): gradient and chemical-shift offset. Returns (step, ..., spin,
    2, 2).
    """
    shape = (-1,) + (1,) * offset_hz.ndim
    b, phase = amplitude_hz.reshape(shape), phase_rad.reshape(shape)
    field = jnp.sqrt(b**2 + offset_hz**2)  # (step, ..., spin)
    half = jnp.pi * field * step_s
    sine = jnp.pi * step_s * jnp.sinc(field * step_s)  # sin(half) / field, finite at zero field
    diagonal = jnp.cos(half) + 1j * sine * offset_hz
    upper = -1j * sine * b * jnp.exp(-1j * phase)
    lower = -1j * sine * b * jnp.exp(1j * phase)
    rows = [jnp.stack([diagonal, upper], -1), jnp.stack([lower, diagonal.conj()], -1)]
    return jnp.stack(rows, -2)


def split_propagators(spins: int, steps, coupling_step):
    """Product over steps of (coupling after rotation).

    `steps` (step, position, spin, 2, 2); `coupling_step` (state, state) is exp(-i H_J dt). Returns (position, state, state).
    """
    states = 2**spins
    real, imaginary = coupling_step.real.T, coupling_step.imag.T

    def advance(columns, rotation):
        turned = _turn(spins, rotation, columns).reshape(-1, states)
        # Three real products instead of one complex: XLA's complex product on CPU takes half as long again.
        first, second = turned.real @ real, turned.imag @ imaginary
        third = (turned.real + turned.imag) @ (real + imaginary)
        return jax.lax.complex(first - second, third - first - second).reshape(columns.shape), None

    start = jnp.broadcast_to(jnp.eye(states, dtype=coupling_step.dtype), (steps.shape[1], states, states))
    columns, _ = jax.lax.scan(advance, start, steps)  # (position, column, row): transposed, so that rows are contiguous
    return columns.swapaxes(1, 2)


def exact_propagators(spins: int, amplitude_hz, phase_rad, offset_hz, coupling_hamiltonian, step_s):
    """Product over steps of the exact exponential of the whole step Hamiltonian; arguments as in `split_propagators`.

    Costs an eigendecomposition per step and position: for reference, not for large grids.
    """
    x, y = jnp.asarray(operators.total_x(spins)), jnp.asarray(operators.total_y(spins))
    z = jnp.asarray(operators.z_components(spins))

    def at_position(offset):
        static = coupling_hamiltonian - 2 * jnp.pi * jnp.diag(z.T @ offset)

        def advance(total, step):
            b, phase = step
            hamiltonian = static + 2 * jnp.pi * b * (jnp.cos(phase) * x + jnp.sin(phase) * y)
            energies, vectors = jnp.linalg.eigh(hamiltonian)
            return (vectors * jnp.exp(-1j * energies * step_s)) @ (vectors.conj().T @ total), None

        start = jnp.eye(2**spins, dtype=jnp.result_type(coupling_hamiltonian, jnp.complex64))
        return jax.lax.scan(advance, start, (amplitude_hz, phase_rad))[0]

    return jax.lax.map(at_position, offset_hz)


def hard_propagator(spins: int, flip_rad):
    """Rotation of each spin about x by `flip_rad` (spin,) in no time, (state, state)."""
    cosine, sine = jnp.cos(flip_rad / 2), -1j * jnp.sin(flip_rad / 2)
    rotation = jnp.stack([jnp.stack([cosine, sine], -1), jnp.stack([sine, cosine], -1)], -2)  # (spin, 2, 2)
    start = jnp.eye(2**spins, dtype=rotation.dtype)[None]
    return _turn(spins, rotation[None], start)[0].T


def _turn(spins: int, rotation, columns):
    """Apply the product of one-spin rotations (position, spin, 2, 2) to the last index of (position, column, row)."""
    shape = columns.shape
    for k in range(spins):
        split = columns.reshape(*shape[:-1], 2**k, 2, -1)
        r = rotation[:, k, :, :, None, None, None]
        upper = r[:, 0, 0] * split[..., 0, :] + r[:, 0, 1] * split[..., 1, :]
        lower = r[:, 1, 0] * split[..., 0, :] + r[:, 1, 1] * split[..., 1, :]
        columns = jnp.stack([upper, lower], axis=-2).reshape(shape)
    return columns
