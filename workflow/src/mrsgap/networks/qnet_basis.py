"""QNetBasis: imperfection factors from a convolutional module correct the basis, and non-negative least squares quantifies.

After Chen et al. (2024), rebuilt: the reference takes the first bins of the full band, edit-off only, and shifts frequencies by
a phase ramp in the wrong domain (deviations.md 6). Here the basis goes through the network's own window, every edit state
has its factors, and phase, shift and linewidth act in the time domain of the band.
"""

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import lax

from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, EDIT_STATES, OFF, ON
from mrsgap.core.signal import inverse_transform, lorentzian, native_hz, transform
from mrsgap.networks.inputs import Inputs, Output
from mrsgap.networks.qnet import FACTORS, ImperfectionModule

_PARTS = {"real": jnp.real, "imaginary": jnp.imag}


class Constant(nnx.Variable):
    """Data that a network carries along: saved with it, never trained."""


class QNetBasis(nnx.Module):
    """Factors of every edit state from its first part; a fit of the corrected basis to all channels; normalised output.

    Limits keep the factors physical: `phase_limit_rad` either way, `shift_limit_hz` either way, and a change of linewidth
    between `linewidth_limits_hz` relative to that of the basis given. `ridge` is relative to the mean power of the basis.
    """

    def __init__(
        self,
        inputs: Inputs,
        rngs: nnx.Rngs,
        *,
        filters=(16, 32, 64),
        dense_units=128,
        phase_limit_rad=1.5,
        shift_limit_hz=5.0,
        linewidth_limits_hz=(-1.0, 10.0),
        ridge=1e-4,
        sweeps=30,
    ):
        if inputs.basis is None:
            raise InputError("qnet_basis needs a basis", where="config: models.<name>.basis", cure="Name the basis to fit")
        unfit = [part for part in inputs.parts if part not in _PARTS]
        if unfit:
            raise InputError(f"`{unfit[0]}` is not linear in the basis", where="config: models.<name>.channels",
                             cure="Give qnet_basis real and imaginary channels only")  # fmt: skip
        count = len(inputs.metabolites)
        self.factors = ImperfectionModule(inputs.points, FACTORS * count, tuple(filters), dense_units, rngs)
        self.basis = Constant(_time_signals(inputs))  # (state, metabolite, time)
        self.inputs = inputs
        self.limits = (phase_limit_rad, shift_limit_hz, *linewidth_limits_hz)
        self.ridge, self.sweeps = ridge, sweeps

    def __call__(self, x, key=None) -> Output:
        """(batch, channel, bin) -> concentrations."""
        states = self.inputs.by_state(x)  # (batch, state, part, bin)
        first = states[:, :, 0]
        factors = self.factors(first.reshape(-1, first.shape[-1]))
        factors = factors.reshape(*first.shape[:2], len(self.inputs.metabolites), FACTORS)
        corrected = self.correct(factors)  # (batch, state, metabolite, bin)
        model = jnp.stack(
            [_PARTS[part](corrected) for part in self.inputs.parts], axis=2
        )  # (batch, state, part, metabolite, bin)
        gram = jnp.einsum("bspmn,bspkn->bmk", model, model)
        projection = jnp.einsum("bspmn,bspn->bm", model, states)
        amplitudes = nonnegative_least_squares(gram, projection, self.ridge, self.sweeps)
        return Output(_normalised(amplitudes, self.inputs.normalisation))

    def correct(self, factors):
        """Basis with phase, shift and linewidth of `factors` (batch, state, metabolite, 3): (batch, state, metabolite, bin)."""
        phase_limit, shift_limit, narrowest, broadest = self.limits
        bounded = jnp.tanh(factors)[..., None]
        phase_rad, shift_hz = phase_limit * bounded[..., 0, :], shift_limit * bounded[..., 1, :]
        change_hz = jnp.where(bounded[..., 2, :] > 0, broadest, -narrowest) * bounded[..., 2, :]
        time_s = jnp.asarray(native_hz(self.inputs.points, self.inputs.bin_hz), jnp.float32)
        angle = phase_rad + 2 * jnp.pi * shift_hz * time_s
        decay = lorentzian(jnp.abs(time_s), change_hz, jnp)
        return transform(self.basis[...] * decay * (jnp.cos(angle) + 1j * jnp.sin(angle)), jnp)


def nonnegative_least_squares(gram, projection, ridge: float, sweeps: int):
    """Minimise c^T G c / 2 - b^T c over c >= 0 with `gram` G (batch, m, m) and `projection` b (batch, m): (batch, m).

    Coordinate descent (Franc, Hlavac and Navara, 2005), `sweeps` times over the coordinates; differentiable. The ridge is
    relative to the mean of G's diagonal, so that a column the correction has annihilated cannot divide by zero.
    """
    count = gram.shape[-1]
    power = jnp.trace(gram, axis1=-2, axis2=-1)[:, None, None] / count
    gram = gram + (ridge * power + 1e-12) * jnp.eye(count)

    def sweep(c, _):
        for m in range(count):
            gradient = jnp.einsum("bk,bk->b", gram[:, m], c) - projection[:, m]
            c = c.at[:, m].set(jnp.maximum(c[:, m] - gradient / gram[:, m, m], 0.0))
        return c, None

    return lax.scan(sweep, jnp.zeros_like(projection), None, length=sweeps)[0]


def _time_signals(inputs: Inputs):
    basis = np.asarray(inputs.basis)
    expected = (len(inputs.metabolites), len(EDIT_STATES), inputs.points)
    if basis.shape != expected:
        raise InputError(f"the basis has shape {basis.shape}, but must be (metabolite, edit, bin) {expected}")
    off, on = np.moveaxis(basis, 1, 0)
    of_state = {OFF: off, ON: on, DIFF: on - off}
    signals = inverse_transform(np.stack([of_state[state] for state in inputs.states]) / np.abs(off).max())
    return jnp.asarray(signals, jnp.complex64)


def _normalised(amplitudes, how: str):
    if how == "none":
        return amplitudes
    reduce = jnp.sum if how == "sum" else jnp.max
    return amplitudes / jnp.maximum(reduce(amplitudes, axis=-1, keepdims=True), 1e-9)
