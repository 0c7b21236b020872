"""From bases, concentrations and draws to noise-free FIDs.

Every metabolite decays with its linewidth, is shifted, and is added up; water and baseline join; then the whole is seen through
the scanner's frequency offset, phase and eddy currents, and edit-on through its mismatch against edit-off.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import EDIT, EDIT_STATES, METABOLITE, OFF, ON, TIME
from mrsgap.core.signal import (
    gaussian,
    gaussian_exponent,
    lorentzian,
    lorentzian_exponent,
    multiply_bins,
    phase_factor,
    phasor,
    rotation,
)  # fmt: skip
from mrsgap.spectra.imperfections import BASELINE_NODES

BASELINE_BAND_PPM = (0.0, 5.0)
_OFF, _ON = EDIT_STATES.index(OFF), EDIT_STATES.index(ON)


@dataclass(frozen=True, eq=False)
class Pool:
    """Bases side by side, one drawn per item: several spin-system models or several simulations.

    Unbroadened FIDs, complex64 (basis, metabolite, edit, time), the largest |FID| of each basis 1.
    """

    fid: np.ndarray
    names: tuple[str, ...]
    metabolites: tuple[str, ...]
    acquisition: Acquisition


def make_pool(bases: dict[str, xr.Dataset]) -> Pool:
    """Pool of the named bases, metabolites in the order of the first.

    Each basis is divided by its own largest |FID|, since simulations differ in the number of positions they sum over.
    Raises `InputError` when bases differ in metabolites or acquisition.
    """
    (first, reference), *_ = bases.items()
    metabolites = tuple(str(name) for name in reference[METABOLITE].values)
    acquisition = Acquisition.from_attributes(reference.attrs)
    fids = []
    for name, basis in bases.items():
        if set(map(str, basis[METABOLITE].values)) != set(metabolites):
            raise InputError(f"bases `{first}` and `{name}` have different metabolites", where="config: datasets.bases")
        if Acquisition.from_attributes(basis.attrs) != acquisition:
            raise InputError(f"bases `{first}` and `{name}` have different acquisitions", where="config: datasets.bases",
                             cure="Give them the same larmor_mhz, carrier_ppm, spectral_width_hz and points")  # fmt: skip
        ordered = basis.fid.sel({METABOLITE: list(metabolites), EDIT: list(EDIT_STATES)})
        fid = np.asarray(ordered.transpose(METABOLITE, EDIT, TIME))
        fids.append((fid / np.max(np.abs(fid))).astype(np.complex64))
    return Pool(np.stack(fids), tuple(bases), metabolites, acquisition)


def clean_fid(concentrations, draws: dict, pool_fid, acquisition: Acquisition):
    """Noise-free FIDs (item, edit, time) and the largest metabolite |FID| of each state (item, edit), to which noise and water
    are relative.

    `concentrations` (item, metabolite), `draws` as from `draw_imperfections`, `pool_fid` (basis, metabolite, edit, time).
    """
    signal = _metabolites(concentrations, draws, pool_fid, acquisition)
    largest = jnp.sqrt(jnp.max(signal.real**2 + signal.imag**2, axis=-1))
    if "water_amplitude" in draws:
        signal = signal + (largest[:, _OFF, None] * _water(draws, acquisition))[:, None]
    if "baseline_amplitude" in draws:
        signal = signal + largest[:, _OFF, None, None] * _baseline(draws, acquisition)
    seen = _scanner(draws, acquisition)
    signal = signal if seen is None else signal * seen[:, None]
    mismatch = _mismatch(draws, acquisition)
    signal = signal if mismatch is None else signal.at[:, _ON].multiply(mismatch)
    if "first_order_phase_deg_per_ppm" in draws:
        signal = _first_order_phase(signal, draws["first_order_phase_deg_per_ppm"], acquisition)
    return signal, largest


def _metabolites(concentrations, draws: dict, pool_fid, acquisition: Acquisition):
    bases, metabolites, states, points = pool_fid.shape
    concentrations = concentrations.astype(jnp.float32)
    if "metabolite_linewidth_hz" in draws or "metabolite_shift_ppm" in draws:
        own = pool_fid[draws["basis"]]  # (item, metabolite, edit, time)
        shaped = _own_decay(draws, concentrations.shape, acquisition) * concentrations[..., None]  # (item, metabolite, time)
        return sum(shaped[:, m, None] * own[:, m] for m in range(metabolites))  # one pass; an einsum over time is far slower
    weights = jax.nn.one_hot(draws["basis"], bases)[:, :, None] * concentrations[:, None, :]
    weights = weights.reshape(-1, bases * metabolites)
    flat = pool_fid.reshape(bases * metabolites, states * points)
    real, imaginary = (jnp.matmul(weights, part, precision=jax.lax.Precision.HIGHEST) for part in (flat.real, flat.imag))
    mixed = jax.lax.complex(real, imaginary).reshape(-1, states, points)
    exponent = _decay_exponent(draws, acquisition)
    return mixed if exponent is None else mixed * jnp.exp(exponent)[:, None]


def _decay_exponent(draws: dict, acquisition: Acquisition):
    """Exponent of the lineshape common to all metabolites, (item, time).

    Lorentzian and Gaussian decays multiply to a Voigt line, whose full width at half maximum is less than the sum of theirs.
    """
    time_s = acquisition.time_s.astype(np.float32)
    parts = []
    if "linewidth_hz" in draws:
        parts.append(lorentzian_exponent(time_s, draws["linewidth_hz"][:, None]))
    if "gaussian_linewidth_hz" in draws:
        parts.append(gaussian_exponent(time_s, draws["gaussian_linewidth_hz"][:, None]))
    return sum(parts) if parts else None


def _own_decay(draws: dict, shape: tuple[int, int], acquisition: Acquisition):
    """Lineshape and shift of each metabolite, (item, metabolite, time); a total linewidth below zero counts as zero."""
    time_s = acquisition.time_s.astype(np.float32)
    width_hz = draws.get("metabolite_linewidth_hz", jnp.zeros(shape, jnp.float32))
    common_hz = draws["linewidth_hz"][:, None] if "linewidth_hz" in draws else 0.0
    exponent = lorentzian_exponent(time_s, jnp.maximum(width_hz + common_hz, 0.0)[..., None])
    if "gaussian_linewidth_hz" in draws:
        exponent += gaussian_exponent(time_s, draws["gaussian_linewidth_hz"][:, None])[:, None]
    decay = jnp.exp(exponent)
    if "metabolite_shift_ppm" not in draws:
        return decay.astype(jnp.complex64)
    cycles = -draws["metabolite_shift_ppm"] * (acquisition.larmor_mhz / acquisition.spectral_width_hz)
    return decay * phasor(cycles, acquisition.points, jnp)


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


def _scanner(draws: dict, acquisition: Acquisition):
    """Frequency offset, zero-order phase and decaying eddy-current phase common to both states, (item, time)."""
    factors = []
    if "phase_deg" in draws:
        factors.append(phase_factor(draws["phase_deg"], jnp)[:, None])
    if "frequency_offset_hz" in draws:
        factors.append(phasor(draws["frequency_offset_hz"] / acquisition.spectral_width_hz, acquisition.points, jnp))
    if "eddy_current_phase_deg" in draws:
        decay = jnp.exp(-acquisition.time_s.astype(np.float32) * 1e3 / draws["eddy_current_decay_ms"][:, None])
        factors.append(phase_factor(draws["eddy_current_phase_deg"][:, None] * decay, jnp))
    return _product(factors)


def _mismatch(draws: dict, acquisition: Acquisition):
    """What edit-on has that edit-off has not: frequency, phase, gain, (item, time)."""
    factors = []
    if "edit_mismatch_phase_deg" in draws:
        factors.append(phase_factor(draws["edit_mismatch_phase_deg"], jnp)[:, None])
    if "edit_mismatch_gain" in draws:
        factors.append(draws["edit_mismatch_gain"][:, None])
    if "edit_mismatch_frequency_hz" in draws:
        factors.append(phasor(draws["edit_mismatch_frequency_hz"] / acquisition.spectral_width_hz, acquisition.points, jnp))
    return _product(factors)


def _first_order_phase(signal, slope_deg_per_ppm, acquisition: Acquisition):
    """Phase linear in chemical shift. # ASSUME: zero at the carrier; phase elsewhere is for zero-order to draw."""
    distance_ppm = (np.fft.ifftshift(acquisition.ppm) - acquisition.carrier_ppm).astype(np.float32)
    turn = phase_factor(slope_deg_per_ppm[:, None] * distance_ppm, jnp)  # (item, bin)
    return multiply_bins(signal, turn[:, None], jnp)


def _product(factors: list):
    whole = None
    for factor in factors:
        whole = factor if whole is None else whole * factor
    return whole
