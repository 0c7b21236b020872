"""What a waveform does to magnetisation at each offset: its profile, bandwidth and peak B1."""

from dataclasses import dataclass

import numpy as np

from mrsgap.core.constants import GYROMAGNETIC_RATIO_HZ_PER_T
from mrsgap.core.errors import InputError
from mrsgap.spin.waveform import Waveform

SECTIONS, ROUNDS = 64, 7  # of the interval that holds a band's edge: 2^-42 of it is left


@dataclass(frozen=True)
class Profile:
    """Against offset in Hz, (offset,): Mz left of an initial +1, and the refocused share (1 - Mz) / 2 of Mxy."""

    offset_hz: np.ndarray
    mz: np.ndarray
    refocused: np.ndarray


def rotation(waveform: Waveform, offset_hz) -> np.ndarray:
    """Rotation matrices (offset, 3, 3) of the waveform acting on (Mx, My, Mz), phases as given."""
    offset_hz = np.atleast_1d(np.asarray(offset_hz, float))
    dt = waveform.duration_s / waveform.steps
    alpha, beta = np.ones(len(offset_hz), complex), np.zeros(len(offset_hz), complex)
    for amplitude, phase in zip(waveform.amplitude * waveform.peak_b1_hz, waveform.phase_rad):
        field = np.hypot(amplitude, offset_hz)
        sine = np.pi * dt * np.sinc(field * dt)
        a = np.cos(np.pi * field * dt) + 1j * sine * offset_hz
        b = -1j * sine * amplitude * np.exp(1j * phase)
        alpha, beta = a * alpha - b.conj() * beta, b * alpha + a.conj() * beta
    # Cayley-Klein parameters of U = [[alpha, -beta*], [beta, alpha*]] (Pauly et al., IEEE Trans. Med. Imaging 10 (1991) 53).
    u = np.stack([np.stack([alpha, -beta.conj()], -1), np.stack([beta, alpha.conj()], -1)], -2)
    pauli = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    return 0.5 * np.einsum("aij,ojk,bkl,oil->oab", pauli, u, pauli, u.conj()).real


def profile(waveform: Waveform, offset_hz) -> Profile:
    """Profile of the waveform at `offset_hz` (offset,)."""
    turned = rotation(waveform, offset_hz)
    mz = turned[:, 2, 2]
    return Profile(np.asarray(offset_hz, float), mz, (1 - mz) / 2)


def bandwidth_hz(waveform: Waveform) -> float:
    """Full width of the band that is inverted (Mz < 0) around zero offset, found to 1e-6 of itself.

    Raises `InputError` where the pulse does not invert on resonance, so that no band exists.

    >>> from mrsgap.spin.waveform import make_waveform
    >>> editing = make_waveform("editing", {"shape": "sinc_gauss", "points": 99, "duration_ms": 20, "flip_deg": 180})
    >>> print(f"{editing.peak_b1_hz:.1f} Hz inverts {bandwidth_hz(editing):.1f} Hz")
    45.5 Hz inverts 60.7 Hz
    """
    if profile(waveform, [0.0]).mz[0] >= 0:
        raise InputError("the pulse does not invert on resonance, so it has no inversion bandwidth",
                         cure="Check its flip angle, or give the gradient with `gradient_hz_per_cm`")  # fmt: skip
    return _edge(waveform, +1) + _edge(waveform, -1)


def peak_b1_microtesla(waveform: Waveform) -> float:
    """Peak B1 in microtesla."""
    return waveform.peak_b1_hz / GYROMAGNETIC_RATIO_HZ_PER_T * 1e6


def _edge(waveform: Waveform, side: int) -> float:
    """Distance from zero offset to the first sign change of Mz on one side, by widening, then finer grids."""
    step, start, length = 0.05 / waveform.duration_s, 1, 2 * waveform.steps
    while start < 20 * waveform.steps:
        positive = np.flatnonzero(profile(waveform, side * step * np.arange(start, start + length)).mz >= 0)
        if len(positive):
            low, high = step * (start + positive[0] - 1), step * (start + positive[0])
            break
        start, length = start + length, 2 * length
    else:
        raise InputError(
            "the pulse inverts at every offset it can resolve, so its bandwidth is undefined", cure="Use more steps"
        )
    for _ in range(ROUNDS):
        inner = np.linspace(low, high, SECTIONS + 1)
        first = int(np.flatnonzero(np.append(profile(waveform, side * inner[1:-1]).mz >= 0, True))[0]) + 1
        low, high = inner[first - 1], inner[first]
    return (low + high) / 2
