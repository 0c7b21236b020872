"""One stand-in for a measured phantom spectrum: a mixture of basis FIDs with everything a scanner and a tube do to it.

Written for itself, not on the simulation of training data, so that what a network has learnt of the one says nothing about
the other. Every law it draws from is in the config (`phantoms`).
"""

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.laws import read_law, sample
from mrsgap.core.signal import gaussian, gaussian_part_hz, multiply_bins, phase_factor, rotation, voigt

# name of a law: how many numbers one item draws from it
PER_METABOLITE = "metabolite"
DRAWN = {
    "linewidth_hz": (),
    "lorentzian_share": (),
    "metabolite_linewidth_hz": PER_METABOLITE,
    "metabolite_shift_ppm": PER_METABOLITE,
    "metabolite_weight": PER_METABOLITE,
    "skew_weight": (),
    "skew_offset": (),
    "skew_width": (),
    "eddy_current_hz": (2,),
    "eddy_current_decay_s": (2,),
    "phase_deg": (),
    "first_order_phase_deg_per_ppm": (),
    "frequency_offset_ppm": (),
    "drift_hz": (),
    "jitter_hz": (),
    "jitter_deg": (),
    "edit_mismatch_frequency_hz": (),
    "edit_mismatch_phase_deg": (),
    "edit_mismatch_gain": (),
    "editing_efficiency": (),
    "water_amplitude": (2,),
    "water_linewidth_hz": (2,),
    "water_position_ppm": (2,),
    "water_phase_deg": (2,),
    "water_edit_mismatch_gain": (),
    "baseline_amplitude": (3,),
    "baseline_position_ppm": (3,),
    "baseline_width_ppm": (3,),
    "baseline_edit_mismatch_gain": (3,),
    "noise_sigma": (),
    "noise_freedom": (),
    "gain": (),
}


def draw_imperfections(rng: np.random.Generator, laws: dict, metabolites: int) -> dict[str, np.ndarray]:
    """One draw of every imperfection of `DRAWN` from `laws` (name: law as in the config); `InputError` if one has no law."""
    where = "config: phantoms.imperfections"
    missing = [name for name in DRAWN if name not in laws]
    if missing:
        raise InputError(f"`{missing[0]}` has no law", where=where, cure="Name it under `every`, or under each medium")
    shapes = {name: (metabolites,) if shape == PER_METABOLITE else shape for name, shape in DRAWN.items()}
    return {name: sample(rng, read_law(laws[name], f"{where}: {name}"), shape) for name, shape in shapes.items()}


def render(rng: np.random.Generator, basis: np.ndarray, amounts, given: dict, acquisition: Acquisition, transients: int):
    """FIDs complex64 (edit, time) of `amounts` (metabolite,) of `basis` (metabolite, edit, time).

    `given` is what `draw_imperfections` returns; `rng` draws the drift and the noise. Amplitudes of water, baseline and noise
    are relative to the largest sample of the noise-free edit-off metabolite FID.
    """
    time_s, larmor_mhz = acquisition.time_s, acquisition.larmor_mhz
    own = -2j * np.pi * given["metabolite_shift_ppm"] * larmor_mhz - np.pi * given["metabolite_linewidth_hz"]
    weighted = np.asarray(amounts) * given["metabolite_weight"]
    fid = np.einsum("m,met,mt->et", weighted, basis, np.exp(own[:, None] * time_s))  # (edit, time)
    efficiency = given["editing_efficiency"]
    fid[1] = efficiency * fid[1] + (1 - efficiency) * fid[0]
    fid = fid * _lineshape(given, time_s)
    scale = np.max(abs(fid[0]))
    fid = fid + scale * (_baseline(given, acquisition) + _water(given, acquisition))
    fid = fid * _drift(rng, given, time_s, transients) * _eddy(given, time_s)
    fid[1] *= given["edit_mismatch_gain"] * np.exp(
        1j * (2 * np.pi * given["edit_mismatch_frequency_hz"] * time_s + np.radians(given["edit_mismatch_phase_deg"]))
    )
    fid = fid * np.exp(-2j * np.pi * given["frequency_offset_ppm"] * larmor_mhz * time_s)
    fid = _phase(fid, given, acquisition)
    heavy = rng.standard_t(given["noise_freedom"], (2, *fid.shape)) * np.sqrt(1 - 2 / given["noise_freedom"])  # unit variance
    noise = given["noise_sigma"] * scale * (heavy[0] + 1j * heavy[1])
    return (given["gain"] * (fid + noise)).astype(np.complex64)


def _lineshape(given: dict, time_s) -> np.ndarray:
    """Voigt decay times a skew: a share of the sample sits at another frequency with its own width (times in units of FWHM)."""
    width_hz = given["linewidth_hz"]
    lorentz_hz = width_hz * given["lorentzian_share"]
    decay = voigt(time_s, lorentz_hz, gaussian_part_hz(width_hz, lorentz_hz))
    share = given["skew_weight"]
    other = np.exp((2j * given["skew_offset"] - given["skew_width"]) * np.pi * width_hz * time_s)
    return decay * ((1 - share) + share * other)


def _eddy(given: dict, time_s) -> np.ndarray:
    """Phase of two exponentially decaying field shifts."""
    tau = given["eddy_current_decay_s"][:, None]
    phase = 2 * np.pi * given["eddy_current_hz"][:, None] * tau * (1 - np.exp(-time_s / tau))
    return np.exp(1j * phase.sum(axis=0))


def _drift(rng, given: dict, time_s, transients: int) -> np.ndarray:
    """Mean over interleaved transients of a linear drift and independent jitter, (edit, time); zero mean over both states."""
    count = 2 * transients
    frequency_hz = given["drift_hz"] * np.linspace(-0.5, 0.5, count) + given["jitter_hz"] * rng.normal(size=count)
    phase = np.radians(given["jitter_deg"]) * rng.normal(size=count)
    turned = np.exp(1j * (2 * np.pi * frequency_hz[:, None] * time_s + phase[:, None]))
    return np.stack([turned[0::2].mean(axis=0), turned[1::2].mean(axis=0)])


def _water(given: dict, acquisition: Acquisition) -> np.ndarray:
    time_s = acquisition.time_s
    rate = 2j * np.pi * acquisition.frequency_hz(given["water_position_ppm"]) - np.pi * given["water_linewidth_hz"]
    line = (given["water_amplitude"] * phase_factor(given["water_phase_deg"])) @ np.exp(rate[:, None] * time_s)
    return np.stack([line, given["water_edit_mismatch_gain"] * line])


def _baseline(given: dict, acquisition: Acquisition) -> np.ndarray:
    """Broad Gaussian lines, in edit-on each scaled a little differently."""
    time_s = acquisition.time_s
    width_hz = given["baseline_width_ppm"][:, None] * acquisition.larmor_mhz
    lines = rotation(time_s, acquisition.frequency_hz(given["baseline_position_ppm"])[:, None]) * gaussian(time_s, width_hz)
    amplitude = np.stack([given["baseline_amplitude"], given["baseline_amplitude"] * given["baseline_edit_mismatch_gain"]])
    return amplitude @ lines


def _phase(fid, given: dict, acquisition: Acquisition) -> np.ndarray:
    """Zero-order phase, and first-order phase about the carrier."""
    ppm = np.fft.ifftshift(acquisition.ppm)
    degrees = given["phase_deg"] + given["first_order_phase_deg_per_ppm"] * (ppm - acquisition.carrier_ppm)
    return multiply_bins(fid, phase_factor(degrees))
