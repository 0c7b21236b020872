"""The signal model of a linear-combination fit and its derivatives.

Channel c of metabolite m, before the transform to the fitted bins (Provencher, Magn Reson Med 30 (1993) 672, with a
parametric lineshape):

    b_mc(t) exp(i 2 pi (f + f_m) t - pi (L + L_m) t - pi^2 G^2 t^2 / (4 ln 2)) l(t) o_c(t)

f, L, G are shared by all, f_m and L_m are a metabolite's own; l(t) = exp(sum_k (2 pi i e_k - pi d_k) tau_k (1 - exp(-t/tau_k)))
is the common lineshape beyond Voigt: e_k an offset that dies away with tau_k (eddy currents, asymmetric shim), d_k the
matching broadening. A free kernel, where it is in use, multiplies it by 1 + sum_n s_n (exp(2 pi i delta_n t) - 1): real weights
at fixed offsets delta_n, LCModel's convolution in the domain of time. o_c is phase, frequency and gain of edit-on against
edit-off; the share of edit-on that the editing pulse missed is edit-off. Spectra are turned by exp(i (phase0 + phase1 (ppm -
pivot))). All but the phases, the kernel and the missed share are linear in an exponent, and those are linear themselves, so
each derivative is one more transform.
"""

import math

import jax.numpy as jnp
import numpy as np

from mrsgap.core.signal import GAUSSIAN_DECAY, transform
from mrsgap.lcm import parameters as at
from mrsgap.lcm.problem import Problem

TAU = 2 * np.pi


def split(problem: Problem, theta):
    """Transient (2, time constant) frequencies and widths, kernel weights (offset,) and own (2, metabolite) ones in `theta`.

    The last is None where no metabolite varies by itself.
    """
    constants, metabolites = problem.transient_s.shape[0], problem.basis.shape[0]
    transient = theta[at.COMMON : at.COMMON + 2 * constants].reshape(2, constants)
    kernel, rest = theta[at.COMMON + 2 * constants : problem.shared], theta[problem.shared :]
    return transient, kernel, rest.reshape(2, metabolites) if rest.shape[0] else None


def _kernel_waves(problem: Problem):
    """exp(2 pi i delta t) - 1 of every offset of the kernel, (offset, time)."""
    return _powers(TAU * 1j * problem.kernel_hz, problem.time_s) - 1


def _edit_on(theta, time):
    """Log of phase, frequency and gain of edit-on against edit-off, (time,)."""
    return theta[at.ON_GAIN] + 1j * theta[at.ON_PHASE] + TAU * 1j * theta[at.ON_FREQUENCY] * time


def to_bins(problem: Problem, theta, signal):
    """Discrete Fourier transform of `signal` (..., time) at the fitted bins, with the phases of `theta`."""
    phase = jnp.exp(1j * (theta[at.PHASE0] + theta[at.PHASE1] * problem.offset_ppm))
    return transform(signal, jnp)[..., : problem.ppm.shape[0]] * phase  # (..., bin)


def signals(problem: Problem, theta):
    """Every metabolite's FID under `theta` at unit amplitude: complex (metabolite, channel, time)."""
    time, channels = problem.time_s, problem.basis.shape[1]
    transient, kernel, single = split(problem, theta)
    common = (TAU * 1j * theta[at.FREQUENCY] - np.pi * theta[at.LORENTZIAN]) * time
    common = common - GAUSSIAN_DECAY * theta[at.GAUSSIAN_SQUARED] * time**2
    common = common + (TAU * 1j * transient[0] - np.pi * transient[1]) @ problem.transient_s
    shape = jnp.exp(common + jnp.arange(channels)[:, None] * _edit_on(theta, time))
    if kernel.shape[0]:
        shape = shape * (1 + kernel @ _kernel_waves(problem))
    basis = jnp.asarray(problem.basis)
    if channels > 1:
        missed = theta[at.ON_LOSS] * (basis[:, 0] - basis[:, 1])
        basis = basis.at[:, 1].add(missed)
    signal = basis * shape
    if single is not None:
        signal = signal * _powers(TAU * 1j * single[0] - np.pi * single[1], time)[:, None]
    return signal


def _powers(rate, time):
    """exp(rate t) (rate, time) on evenly spaced times from zero: coarse times fine instead of one exponential per point."""
    points = time.shape[0]
    fine = max(size for size in range(1, math.isqrt(points) + 1) if points % size == 0)
    coarse = jnp.exp(rate[:, None] * time[::fine])
    return (coarse[:, :, None] * jnp.exp(rate[:, None] * time[:fine])[:, None]).reshape(-1, points)


def derivatives(problem: Problem, theta, signal, bins, amplitude):
    """Derivatives of the fit by every parameter: complex (parameter, channel, bin).

    `signal` and `bins` are the metabolites under `theta` in time and in the fitted bins; `amplitude` (metabolite,).
    """
    time, channels = problem.time_s, problem.basis.shape[1]
    total = jnp.tensordot(amplitude, bins, 1)  # (channel, bin)
    mixture = jnp.tensordot(amplitude, signal, 1)  # (channel, time)
    _, kernel, single = split(problem, theta)
    moves = single is not None
    if moves:
        ramp_each = to_bins(problem, theta, signal * time) * amplitude[:, None, None]  # (metabolite, channel, bin)
        ramp = ramp_each.sum(0)
    else:
        ramp = to_bins(problem, theta, mixture * time)
    # d/df brings down 2 pi i t, d/dL -pi t, d/dG^2 -GAUSSIAN t^2: frequency and width share one transform.
    square = to_bins(problem, theta, mixture * time**2)
    bent = to_bins(problem, theta, mixture * problem.transient_s[:, None])  # (time constant, channel, bin)
    on = jnp.zeros((channels, 1)).at[1:].set(1.0)
    common = [1j * total, 1j * problem.offset_ppm * total, TAU * 1j * ramp, -np.pi * ramp, -GAUSSIAN_DECAY * square]
    mismatch = [1j * on * total, TAU * 1j * on * ramp, on * total, jnp.zeros_like(total)]
    if channels > 1:
        # What edit-on would be where no spin met the editing pulse, less what it is.
        change = (mixture[0] * jnp.exp(_edit_on(theta, time)) - mixture[1]) / (1 - theta[at.ON_LOSS])
        mismatch[-1] = on * to_bins(problem, theta, change)
    columns = [jnp.stack(common + mismatch), TAU * 1j * bent, -np.pi * bent]
    if kernel.shape[0]:
        waves = _kernel_waves(problem)
        # ASSUME: the kernel stays well away from zero, as its prior has it.
        plain = mixture / (1 + kernel @ waves)
        columns += [to_bins(problem, theta, plain * waves[:, None])]
    if moves:
        columns += [TAU * 1j * ramp_each, -np.pi * ramp_each]
    return jnp.concatenate(columns)


def rotate(bins):
    """Mean and difference of two channels, orthonormal, so that baselines common to both can be told from their difference."""
    if bins.shape[-2] == 1:
        return bins
    off, on = bins[..., 0, :], bins[..., 1, :]
    return jnp.stack([on + off, on - off], axis=-2) / np.sqrt(2)


def unrotate(bins):
    """The inverse of `rotate`."""
    if bins.shape[-2] == 1:
        return bins
    mean, difference = bins[..., 0, :], bins[..., 1, :]
    return jnp.stack([mean - difference, mean + difference], axis=-2) / np.sqrt(2)


def inner(problem: Problem, left, right):
    """Real inner products (left, right) of complex rows (..., channel, bin), with the baseline marginalised."""
    # l'(I - U U')r = l'r - (U'l)'(U'r), over real and imaginary parts alike
    left, right = _real(rotate(left)), _real(rotate(right))
    smooth_left, smooth_right = (jnp.einsum("qpck,ckr->qpcr", one, problem.smooth) for one in (left, right))
    return _product(left, right) - _product(smooth_left, smooth_right)


def _real(bins):
    return jnp.stack([bins.real, bins.imag], axis=1)  # (row, part, channel, bin)


def _product(left, right):
    return left.reshape(left.shape[0], -1) @ right.reshape(right.shape[0], -1).T
