"""Signals in the tube that are no metabolites: residual water, a smooth baseline, broad lines.

All are relative to the largest metabolite |FID| of edit-off, which the caller multiplies in.
"""

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import EDIT_STATES, ON
from mrsgap.core.signal import gaussian, lorentzian, phase_factor, phasor, rotation
from mrsgap.spectra.imperfections import BASELINE_NODES

BASELINE_BAND_PPM = (0.0, 5.0)
_IS_ON = np.array([state == ON for state in EDIT_STATES], np.float32)  # (edit,)


def broad_signals(draws: dict, acquisition: Acquisition) -> list:
    """Every broad signal that `draws` hold, each (item, edit, time) or (item, 1, time) where edit states share it."""
    parts = []
    if "water_amplitude" in draws:
        parts.append(_water(draws, acquisition)[:, None])
    if "baseline_amplitude" in draws:
        parts.append(_baseline(draws, acquisition))
    if "water_lines_amplitude" in draws:
        parts.append(_water_lines(draws, acquisition))
    if "backgrounds_amplitude" in draws:
        parts.append(_backgrounds(draws, acquisition))
    return parts


def _water(draws: dict, acquisition: Acquisition):
    """A Lorentzian line of unit scale times its amplitude, (item, time)."""
    cycles = acquisition.frequency_hz(draws["water_position_ppm"]) / acquisition.spectral_width_hz
    decay = lorentzian(acquisition.time_s.astype(np.float32), draws["water_linewidth_hz"][:, None], jnp)
    start = draws["water_amplitude"] * phase_factor(draws["water_phase_deg"], jnp)
    return start[:, None] * decay * phasor(cycles, acquisition.points, jnp)


def _baseline(draws: dict, acquisition: Acquisition):
    """Broad Gaussian lines of random height evenly spaced over the band, (item, edit, time).

    # ASSUME: macromolecules and lipids are smooth on the scale of `width_ppm`.
    """
    nodes_ppm = np.linspace(*BASELINE_BAND_PPM, BASELINE_NODES)
    turns = rotation(acquisition.time_s, acquisition.frequency_hz(nodes_ppm)[:, None]).astype(np.complex64)
    width_hz = draws["baseline_width_ppm"] * acquisition.larmor_mhz
    decay = gaussian(acquisition.time_s.astype(np.float32), width_hz[:, None], jnp)
    heights = draws["baseline_amplitude"][:, None, None] * draws["baseline_node"] / np.sqrt(BASELINE_NODES)
    return jnp.einsum("ien,nt->iet", heights.astype(jnp.complex64), turns, precision=jax.lax.Precision.HIGHEST) * decay[:, None]


def _water_lines(draws: dict, acquisition: Acquisition):
    """Lorentzian lines at one place, of which edit-on sees another amplitude and phase, (item, edit, time)."""
    cycles = acquisition.frequency_hz(draws["water_lines_position_ppm"]) / acquisition.spectral_width_hz
    decay = lorentzian(acquisition.time_s.astype(np.float32), draws["water_lines_linewidth_hz"][..., None], jnp)
    lines = decay * phasor(cycles, acquisition.points, jnp)  # (item, term, time)
    off = draws["water_lines_amplitude"] * phase_factor(draws["water_lines_phase_deg"], jnp)
    on = off * draws["water_lines_edit_gain"] * phase_factor(draws["water_lines_edit_phase_deg"], jnp)
    return _in_both(off, on, lines)


def _backgrounds(draws: dict, acquisition: Acquisition):
    """Gaussian lines anywhere in the band, (item, edit, time).

    # ASSUME: macromolecules, lipids and gel are broad, and an editing pulse changes each of them a little.
    """
    cycles = acquisition.frequency_hz(draws["backgrounds_position_ppm"]) / acquisition.spectral_width_hz
    width_hz = draws["backgrounds_width_ppm"] * acquisition.larmor_mhz
    decay = gaussian(acquisition.time_s.astype(np.float32), width_hz[..., None], jnp)
    lines = decay * phasor(cycles, acquisition.points, jnp)  # (item, term, time)
    off = draws["backgrounds_amplitude"] * phase_factor(draws["backgrounds_phase_deg"], jnp)
    return _in_both(off, off * (1 + draws["backgrounds_edit_difference"] * draws["backgrounds_edit_node"]), lines)


def _in_both(off, on, lines):
    """Lines (item, term, time) with their amplitudes in either state (item, term), summed: (item, edit, time)."""
    amplitudes = jnp.where(_IS_ON[:, None] > 0, on[:, None], off[:, None])  # (item, edit, term)
    return sum(amplitudes[..., term, None] * lines[:, None, term] for term in range(lines.shape[1]))
