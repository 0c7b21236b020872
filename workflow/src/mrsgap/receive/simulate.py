"""Transients as a scanner records them, made from noise-free FIDs, with the truth of each: SYNTHETIC.

Drift and jumps of the field, phase, residual water and lipid that change from transient to transient, motion-spoiled rows,
and noise at a stated signal-to-noise ratio of the single transient (|S(0)| over the noise SD, as in Shamaei et al., Magn.
Reson. Med. 2023, 89, 1221). Laws are those of `core.laws`; every draw is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.laws import read_law, sample
from mrsgap.core.recording import Recording
from mrsgap.core.signal import lorentzian, rotation

WATER_PPM, LIPID_PPM = 4.68, 1.3
DEFAULTS = {
    "snr": 10.0,  # |S(0)| of edit-off over the noise SD per quadrature
    "drift_hz": 0.0,  # over the whole scan, linear in time
    "walk_hz": 0.0,  # SD of the step between one transient and the next
    "jump_hz": 0.0,  # SD of a jump
    "jump_share": 0.0,  # probability of a jump before a transient
    "frequency_hz": 0.0,  # each transient's own
    "phase_deg": 0.0,  # each transient's own
    "amplitude": 1.0,
    "broadening_hz": 0.0,  # additional Lorentzian width
    "water": 0.0,  # amplitude of residual water relative to |S(0)|, each transient's own
    "water_share": 1.0,  # probability that a transient has it
    "lipid": 0.0,
    "lipid_share": 1.0,
    "spoiled_share": 0.0,  # probability that motion spoils a transient: phase at random, signal reduced, lipid in
}


@dataclass(frozen=True)
class Truth:
    """What was planted in each row, (state, transient): frequency in Hz, phase in rad, amplitude, whether motion spoilt it."""

    frequency_hz: np.ndarray
    phase_rad: np.ndarray
    amplitude: np.ndarray
    spoiled: np.ndarray


def simulate_transients(
    fids: Mapping[str, np.ndarray], acquisition: Acquisition, transients: int, laws: Mapping, generator: np.random.Generator
) -> tuple[Recording, Truth]:
    """`transients` rows of each state of `fids` (name: FID (time,)), interleaved in time, with imperfections by `laws`.

    `laws` maps names of `DEFAULTS` to numbers or laws; a misspelt name is an `InputError`.

    >>> scan = Acquisition(larmor_mhz=123.2, carrier_ppm=4.7, spectral_width_hz=2000.0, points=512)
    >>> line = np.exp((2j * np.pi * scan.frequency_hz(3.0) - 12) * scan.time_s)
    >>> recording, truth = simulate_transients(
    ...     {"off": line, "on": line}, scan, 16, {"drift_hz": 6.0, "snr": 20}, np.random.default_rng(1))
    >>> recording.fid.shape, float(np.ptp(truth.frequency_hz).round(3))
    ((2, 1, 16, 512), 6.0)
    """
    unknown = set(laws) - set(DEFAULTS)
    if unknown:
        raise InputError(f"`{min(unknown)}` is no imperfection of a transient", cure=f"Use {', '.join(DEFAULTS)}")
    drawn = _draws({**DEFAULTS, **laws}, len(fids), transients, generator)
    time_s, largest = acquisition.time_s, abs(next(iter(fids.values()))[0])
    signal = np.stack(list(fids.values()))[:, None] * lorentzian(time_s, drawn["broadening_hz"][..., None])
    for name, ppm, width_hz in (("water", WATER_PPM, 15.0), ("lipid", LIPID_PPM, 40.0)):
        signal = signal + _nuisance(drawn, name, ppm, width_hz, acquisition, largest, generator)
    spoiled = drawn["spoiled"]
    amplitude = drawn["amplitude"] * np.where(spoiled, generator.uniform(0.3, 0.8, spoiled.shape), 1.0)
    phase = np.where(spoiled, generator.uniform(-np.pi, np.pi, spoiled.shape), np.deg2rad(drawn["phase_deg"]))
    turned = signal * (amplitude * np.exp(1j * phase))[..., None] * rotation(time_s, drawn["offset_hz"][..., None])
    noise = generator.normal(size=(*turned.shape, 2)) @ [1, 1j] * largest / drawn["snr"][..., None]
    recording = Recording(
        fid=(turned + noise)[:, None],
        states=tuple(fids),
        state_source="simulation",
        larmor_mhz=acquisition.larmor_mhz,
        carrier_ppm=acquisition.carrier_ppm,
        dwell_s=acquisition.dwell_s,
        synthetic=True,
    )
    return recording, Truth(drawn["offset_hz"], phase, amplitude, spoiled)


def _draws(laws: Mapping, states: int, transients: int, generator: np.random.Generator) -> dict[str, np.ndarray]:
    """Every imperfection of every row, (state, transient); what runs on in time is drawn in order of acquisition."""

    def draw(name, shape):
        return sample(generator, read_law(laws[name], f"transients.{name}"), shape)

    rows = (states, transients)
    drawn = {name: draw(name, rows) for name in ("snr", "frequency_hz", "phase_deg", "amplitude", "broadening_hz")}
    for name in ("water", "lipid"):
        drawn[name] = draw(name, rows) * (generator.random(rows) < laws[f"{name}_share"])
    drawn["spoiled"] = generator.random(rows) < laws["spoiled_share"]
    drawn["lipid"] = drawn["lipid"] + drawn["spoiled"] * generator.uniform(0.3, 1.0, rows)  # ASSUME: from outside the voxel
    count = states * transients
    scale = {name: float(draw(name, ())) for name in ("drift_hz", "walk_hz", "jump_hz")}
    jumps = (generator.random(count) < laws["jump_share"]) * generator.normal(0, 1, count) * scale["jump_hz"]
    steps = generator.normal(0, 1, count) * scale["walk_hz"] + jumps
    course = np.linspace(0, scale["drift_hz"], count) + np.cumsum(steps)
    drawn["offset_hz"] = course.reshape(transients, states).T + drawn["frequency_hz"]
    return drawn


def _nuisance(drawn, name, ppm, width_hz, acquisition, largest, generator) -> np.ndarray:
    """A broad line of random phase and slightly random place in each row, (state, transient, time)."""
    amplitude = drawn[name]
    if not amplitude.any():
        return np.zeros((1, 1, 1))
    phase = np.exp(1j * generator.uniform(-np.pi, np.pi, amplitude.shape))
    place_hz = acquisition.frequency_hz(ppm + generator.normal(0, 0.02, amplitude.shape))
    width = width_hz * generator.normal(1, 0.1, amplitude.shape)
    line = rotation(acquisition.time_s, place_hz[..., None]) * lorentzian(acquisition.time_s, width[..., None])
    return (largest * amplitude * phase)[..., None] * line
