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
from mrsgap.core.signal import gaussian_exponent, lorentzian_exponent, phasor
from mrsgap.spectra.broad import broad_signals
from mrsgap.spectra.scanner import edit_mismatch, first_order_phase, lineshape, scanner

_OFF, _ON = EDIT_STATES.index(OFF), EDIT_STATES.index(ON)


@dataclass(frozen=True, eq=False)
class Pool:
    """Bases side by side, one drawn per item: several spin-system models or several simulations.

    Unbroadened FIDs, complex64 (basis, metabolite, edit, time), the largest |FID| of each basis 1. With `rows` (the metabolite
    of each) the second axis holds groups of resonances instead (`resonances.split_resonances`).
    """

    fid: np.ndarray
    names: tuple[str, ...]
    metabolites: tuple[str, ...]
    acquisition: Acquisition
    rows: tuple[int, ...] | None = None


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


def clean_fid(concentrations, draws: dict, pool_fid, acquisition: Acquisition, rows: tuple[int, ...] | None = None):
    """Noise-free FIDs (item, edit, time) and the largest metabolite |FID| of each state (item, edit), to which noise and water
    are relative.

    `concentrations` (item, metabolite), `draws` as from `draw_imperfections`, `pool_fid` (basis, row, edit, time), whose rows
    are metabolites, or groups of resonances of the metabolites `rows`.
    """
    signal = _metabolites(concentrations, draws, pool_fid, acquisition, rows)
    if "editing_efficiency" in draws:
        share = draws["editing_efficiency"][:, None]
        signal = signal.at[:, _ON].set(share * signal[:, _ON] + (1 - share) * signal[:, _OFF])
    shape = lineshape(draws, acquisition)
    signal = signal if shape is None else signal * shape[:, None]
    largest = jnp.sqrt(jnp.max(signal.real**2 + signal.imag**2, axis=-1))
    for part in broad_signals(draws, acquisition):
        signal = signal + largest[:, _OFF, None, None] * part
    seen = scanner(draws, acquisition)
    signal = signal if seen is None else signal * seen[:, None]
    mismatch = edit_mismatch(draws, acquisition)
    signal = signal if mismatch is None else signal.at[:, _ON].multiply(mismatch)
    if "first_order_phase_deg_per_ppm" in draws:
        signal = first_order_phase(signal, draws["first_order_phase_deg_per_ppm"], acquisition)
    return signal, largest


def _metabolites(concentrations, draws: dict, pool_fid, acquisition: Acquisition, rows: tuple[int, ...] | None):
    bases, metabolites, states, points = pool_fid.shape
    concentrations = concentrations.astype(jnp.float32)
    if rows is not None:
        concentrations, draws = _of_rows(concentrations, draws, np.array(rows))
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


def _of_rows(concentrations, draws: dict, rows: np.ndarray):
    """Concentrations and draws of metabolites as those of the groups of resonances they are made of, (item, row)."""
    draws, shape = dict(draws), (len(concentrations), len(rows))
    shift_ppm = draws.get("metabolite_shift_ppm", jnp.zeros(concentrations.shape, jnp.float32))[:, rows]
    shift_ppm = shift_ppm + draws.pop("resonance_shift_ppm", jnp.zeros(shape, jnp.float32))
    if "metabolite_shift_scale" in draws:
        shift_ppm = shift_ppm * draws.pop("metabolite_shift_scale")[:, None]
    draws["metabolite_shift_ppm"] = shift_ppm
    if "metabolite_linewidth_hz" in draws:
        draws["metabolite_linewidth_hz"] = draws["metabolite_linewidth_hz"][:, rows]
    return concentrations[:, rows] * draws.pop("resonance_weight", jnp.ones(shape, jnp.float32)), draws


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
    shift_ppm = draws["metabolite_shift_ppm"]
    if "metabolite_shift_scale" in draws:
        shift_ppm = shift_ppm * draws["metabolite_shift_scale"][:, None]
    cycles = -shift_ppm * (acquisition.larmor_mhz / acquisition.spectral_width_hz)
    return decay * phasor(cycles, acquisition.points, jnp)
