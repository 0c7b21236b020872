"""Small least-squares problems inside a fit, in forms that compile in a moment and run batched under `vmap`.

Positive definite systems without a library call, and exact non-negative least squares for a few amplitudes at a time: block
principal pivoting with single exchanges as a safeguard (Portugal, Judice and Vicente, Math. Comp. 63 (1994) 625), which ends
at the Karush-Kuhn-Tucker point; that is checked and returned.
"""

import jax
import jax.numpy as jnp

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
