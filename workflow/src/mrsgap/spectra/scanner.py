"""What happens to every signal alike: the lineshape of the shim, and all that the scanner adds on the way to the file.

Factors (item, time) common to both edit states, and what edit-on has that edit-off has not.
"""

import jax.numpy as jnp
import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.signal import multiply_bins, phase_factor, phasor, voigt_width_hz
from mrsgap.spectra.imperfections import LINESHAPE_NODES, TERMS


def lineshape(draws: dict, acquisition: Acquisition):
    """Distribution of the field over the sample beyond a Voigt line, which all metabolites share: (item, time), or None.

    A skew is a second component of some `weight`, at an `offset` from the first and broader by `width`, both in linewidths
    of the Voigt line. A free lineshape is a row of components about the centre, whose weights fall off as a Gaussian of full
    width `width_hz` and wander by `roughness` (SD of their logarithm): LCModel's convolution kernel (Provencher, Magn Reson
    Med 30:672, 1993) as a random draw. Its first moment is zero, so that it broadens and does not shift.
    """
    factors = []
    if "skew_weight" in draws:
        width_hz = _width_hz(draws)
        other = phasor(draws["skew_offset"] * width_hz / acquisition.spectral_width_hz, acquisition.points, jnp)
        broader = jnp.exp(-np.pi * (draws["skew_width"] * width_hz)[:, None] * acquisition.time_s.astype(np.float32))
        share = draws["skew_weight"][:, None]
        factors.append((1 - share) + share * broader * other)
    if "free_lineshape_node" in draws:
        factors.append(_free_lineshape(draws, acquisition))
    return _product(factors)


def _width_hz(draws: dict):
    zero = jnp.zeros_like(draws["skew_weight"])
    return voigt_width_hz(draws.get("linewidth_hz", zero), draws.get("gaussian_linewidth_hz", zero), jnp)


def _free_lineshape(draws: dict, acquisition: Acquisition):
    place = np.linspace(-1.5, 1.5, LINESHAPE_NODES).astype(np.float32)  # in full widths
    envelope = -4 * np.log(2) * place**2
    weights = jnp.exp(envelope + draws["free_lineshape_roughness"][:, None] * draws["free_lineshape_node"])
    weights = weights / jnp.sum(weights, axis=-1, keepdims=True)  # (item, node)
    width_hz = draws["free_lineshape_width_hz"]
    centre = jnp.sum(weights * place, axis=-1)
    step = width_hz * (place[1] - place[0]) / acquisition.spectral_width_hz  # cycles per sample between neighbours
    first = width_hz * (place[0] - centre) / acquisition.spectral_width_hz
    turn, value = phasor(step, acquisition.points, jnp), 0.0
    for node in reversed(range(LINESHAPE_NODES)):  # Horner's rule in the turn from one component to the next
        value = value * turn + weights[:, node, None]
    return value * phasor(first, acquisition.points, jnp)


def scanner(draws: dict, acquisition: Acquisition):
    """Frequency offset, zero-order phase, eddy currents and drift common to both states, (item, time), or None."""
    factors = []
    if "phase_deg" in draws:
        factors.append(phase_factor(draws["phase_deg"], jnp)[:, None])
    if "frequency_offset_hz" in draws:
        factors.append(phasor(draws["frequency_offset_hz"] / acquisition.spectral_width_hz, acquisition.points, jnp))
    if "eddy_current_phase_deg" in draws:
        decay = jnp.exp(-acquisition.time_s.astype(np.float32) * 1e3 / draws["eddy_current_decay_ms"][:, None])
        factors.append(phase_factor(draws["eddy_current_phase_deg"][:, None] * decay, jnp))
    if "eddy_currents_frequency_hz" in draws:
        factors.append(_eddy_currents(draws, acquisition))
    if "drift_hz" in draws:
        # Mean over averages whose frequency runs evenly over a range as large as this. ASSUME: states are interleaved.
        factors.append(jnp.sinc(draws["drift_hz"][:, None] * acquisition.time_s.astype(np.float32)))
    return _product(factors)


def _eddy_currents(draws: dict, acquisition: Acquisition):
    """Phase of field shifts that decay, 2 pi df tau (1 - exp(-t / tau)) each (Klose, Magn Reson Med 14:26, 1990)."""
    time_s, phase = acquisition.time_s.astype(np.float32), 0.0
    for term in range(TERMS["eddy_currents"]):
        decay_s = draws["eddy_currents_decay_ms"][:, term, None] * 1e-3
        turns = 2 * np.pi * draws["eddy_currents_frequency_hz"][:, term, None] * decay_s
        phase = phase + turns * (1 - jnp.exp(-time_s / decay_s))
    return jnp.exp(1j * phase)


def edit_mismatch(draws: dict, acquisition: Acquisition):
    """What edit-on has that edit-off has not: frequency, phase, gain, (item, time)."""
    factors = []
    if "edit_mismatch_phase_deg" in draws:
        factors.append(phase_factor(draws["edit_mismatch_phase_deg"], jnp)[:, None])
    if "edit_mismatch_gain" in draws:
        factors.append(draws["edit_mismatch_gain"][:, None])
    if "edit_mismatch_frequency_hz" in draws:
        factors.append(phasor(draws["edit_mismatch_frequency_hz"] / acquisition.spectral_width_hz, acquisition.points, jnp))
    return _product(factors)


def first_order_phase(signal, slope_deg_per_ppm, acquisition: Acquisition):
    """Phase linear in chemical shift. # ASSUME: zero at the carrier; phase elsewhere is for zero-order to draw."""
    distance_ppm = (np.fft.ifftshift(acquisition.ppm) - acquisition.carrier_ppm).astype(np.float32)
    turn = phase_factor(slope_deg_per_ppm[:, None] * distance_ppm, jnp)  # (item, bin)
    return multiply_bins(signal, turn[:, None], jnp)


def _product(factors: list):
    whole = None
    for factor in factors:
        whole = factor if whole is None else whole * factor
    return whole
