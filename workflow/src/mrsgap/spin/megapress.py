"""The FIDs of one spin part under an edited, localised sequence: a fold of the density matrix over the events.

Position enters one refocusing pulse per axis only and pulse phases act as weights on coherence order, so the sums over grid
and cycle factor: nX + nY propagators instead of nX nY times the number of cycle steps runs (Zhang, An, Shen, Med. Phys. 44
(2017) 4169 use the same projections). Relaxation, B1 spread and diffusion are not modelled.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.spin import operators
from mrsgap.spin.operators import transfer_terms
from mrsgap.spin.propagators import (
    coupling_hamiltonian,
    exact_propagators,
    free_hamiltonian,
    hard_propagator,
    propagator,
    rotations,
    split_propagators,
)  # fmt: skip
from mrsgap.spin.sequence import POSITIONS_AT_ONCE, Delay, Excitation, HardPulse, Localisation, Sequence, Treatment
from mrsgap.spin.system import SpinPart
from mrsgap.spin.waveform import Waveform


def simulate_part(part: SpinPart, sequence: Sequence, acquisition: Acquisition, edit_ppm: tuple[float, ...],
                  localisation: Localisation, treatment: Treatment, dtype=np.complex128):  # fmt: skip
    """FIDs (edit, time) of `part`, averaged over the phase cycle and summed over positions times their weight.

    Sense exp(+2 pi i (carrier - delta) larmor t); the first point of a 90-degree pulse-acquire is the number of protons.
    """
    structure, arrays = _compile(part, sequence, acquisition, edit_ppm, localisation, treatment, dtype)
    return part.weight * np.asarray(_fold(structure, acquisition.points, arrays))


def _compile(part, sequence, acquisition, edit_ppm, localisation, treatment, dtype):
    """Split the work into a hashable structure (what XLA compiles once) and arrays (what changes without compiling)."""
    real = np.empty(0, dtype).real.dtype
    shifts_hz = (np.array(part.shifts_ppm) - acquisition.carrier_ppm) * acquisition.larmor_mhz
    arrays = {
        "shifts_hz": (shifts_hz * treatment.shift_scale).astype(real), "dwell_s": np.asarray(acquisition.dwell_s, real),
        "couplings_hz": np.array(part.couplings_hz, real), "offsets_hz": np.array(part.offsets_hz, real),
        "detected": np.array(part.detected, real),
        "pulse": {}, "weights": {}, "delay_s": [], "terms": [],
    }  # fmt: skip
    events, orders, names = [], frozenset({0}), {}
    for event in sequence.events:
        if isinstance(event, Delay):
            events.append(("delay", len(arrays["delay_s"])))
            arrays["delay_s"].append(np.asarray(event.duration_s, real))
        elif isinstance(event, Excitation):
            events.append(("excite", event.flip_deg, event.phase_deg))
            orders = frozenset({-1, 1} if abs(event.flip_deg) == 90 else {-1, 0, 1})
        else:
            positions, weights = localisation.along(event.axis)
            # Equal pulses share a name, so that each propagator is computed once.
            name = names.setdefault((event.role, event.edited, positions.tobytes()), f"{event.role}-{len(names)}")
            if name not in arrays["pulse"]:
                frequencies_ppm = np.array(edit_ppm if event.edited else [acquisition.carrier_ppm])
                waveform = sequence.waveforms[event.role]
                arrays["pulse"][name] = _pulse_arrays(waveform, frequencies_ppm, positions, acquisition, part, shifts_hz, real)
                # A pulse without length is the same everywhere, and its one propagator stands for the whole slice.
                arrays["weights"][name] = (weights if isinstance(waveform, Waveform) else np.ones(1)).astype(real)
            before, after, orders = transfer_terms(part.spins, event.cycle, orders, treatment.ideal_selection)
            events.append(("pulse", name, len(arrays["terms"])))
            arrays["terms"].append((before.astype(dtype), after.astype(dtype)))
    return (part.spins, treatment.splitting, tuple(events)), arrays


def _pulse_arrays(waveform, frequencies_ppm, positions, acquisition, part, shifts_hz, real) -> dict:
    """What one pulse is computed from: flip angles of a hard pulse, or steps and offsets of a shaped one."""
    if isinstance(waveform, HardPulse):
        near = np.ones((len(frequencies_ppm), part.spins), bool)
        if waveform.half_width_ppm is not None:
            near = np.abs(np.subtract.outer(frequencies_ppm, part.shifts_ppm)) <= waveform.half_width_ppm
        return {"flip_rad": (np.deg2rad(waveform.flip_deg) * near).astype(real)}  # (edit, spin)
    # The pulse is moved to its frequency by a phase ramp that starts at its first step (FID-A, rf_freqshift).
    starts_s = np.arange(waveform.steps) * waveform.duration_s / waveform.steps
    ramps = 2 * np.pi * np.multiply.outer((acquisition.carrier_ppm - frequencies_ppm) * acquisition.larmor_mhz, starts_s)
    return {
        "amplitude_hz": (waveform.amplitude * waveform.peak_b1_hz).astype(real),
        "phase_rad": (waveform.phase_rad + ramps).astype(real),  # (edit, step)
        "step_s": np.asarray(waveform.duration_s / waveform.steps, real),
        "offset_hz": (positions[:, None] + shifts_hz).astype(real),  # (position, spin)
    }


@functools.partial(jax.jit, static_argnums=(0, 1))
def _fold(structure, points, arrays):
    spins, splitting, events = structure
    coupling = coupling_hamiltonian(spins, arrays["couplings_hz"], arrays["offsets_hz"])
    energies, vectors = jnp.linalg.eigh(
        free_hamiltonian(spins, arrays["couplings_hz"], arrays["offsets_hz"], arrays["shifts_hz"]), symmetrize_input=False
    )
    propagators = {name: _propagators(spins, splitting, pulse, coupling) for name, pulse in arrays["pulse"].items()}
    rho = None  # (edit, state, state)
    for kind, *settings in events:
        if kind == "excite":
            rho = _excited(spins, *settings).astype(jnp.result_type(energies, jnp.complex64))[None]
        elif kind == "delay":
            u = propagator(energies, vectors, arrays["delay_s"][settings[0]])
            rho = u @ rho @ u.conj().T
        else:
            rho = _transfer(rho, propagators[settings[0]], *arrays["terms"][settings[1]], arrays["weights"][settings[0]])
    return _readout(spins, arrays["detected"], rho, energies, vectors, points, arrays["dwell_s"])


def _propagators(spins, splitting, pulse, coupling):
    """Propagators (edit, position, state, state) of one pulse."""
    if "flip_rad" in pulse:
        return jax.vmap(lambda flip: hard_propagator(spins, flip))(pulse["flip_rad"])[:, None]
    if splitting == "exact":
        run = functools.partial(exact_propagators, spins, pulse["amplitude_hz"])
        return jax.lax.map(lambda phase: run(phase, pulse["offset_hz"], coupling, pulse["step_s"]), pulse["phase_rad"])
    energies, vectors = jnp.linalg.eigh(coupling)
    step = propagator(energies, vectors, pulse["step_s"])
    positions = pulse["offset_hz"].shape[0]
    at_once = min(positions, POSITIONS_AT_ONCE)
    chunks = jnp.resize(pulse["offset_hz"], (-(-positions // at_once) * at_once, spins)).reshape(-1, at_once, spins)

    def of_chunk(phase, offset):
        turns = rotations(pulse["amplitude_hz"], phase, offset, pulse["step_s"])
        return split_propagators(spins, turns, step)

    product = jax.lax.map(lambda phase: jax.lax.map(functools.partial(of_chunk, phase), chunks), pulse["phase_rad"])
    product = product.reshape(len(product), -1, 2**spins, 2**spins)[:, :positions]
    if splitting == "symmetric":
        half = propagator(energies, vectors, pulse["step_s"] / 2)
        product = half.conj().T @ product @ half
    return product


def _transfer(rho, propagators, before, after, weights):
    """Sum over positions, each times its weight, and cycle terms of after * (U (before * rho) U^+), per edit state."""
    edits = max(len(rho), len(propagators))
    rho = jnp.broadcast_to(rho, (edits, *rho.shape[1:]))

    def per_edit(edit):
        u = propagators[jnp.minimum(edit, len(propagators) - 1)]  # (position, state, state)

        def per_term(total, term):
            start, finish = term
            half = weights[:, None, None] * (u @ (start * rho[edit]))
            return total + finish * jnp.einsum("pij,pkj->ik", half, u.conj()), None

        return jax.lax.scan(per_term, jnp.zeros_like(rho[edit]), (before, after))[0]

    return jax.lax.map(per_edit, jnp.arange(edits))


def _excited(spins, flip_deg, phase_deg):
    """Fz turned by the hard excitation pulse about the axis at `phase_deg` from x."""
    flip, phase = np.deg2rad([flip_deg, phase_deg])
    z = np.diag(operators.z_components(spins).sum(axis=0))
    across = np.sin(phase) * operators.total_x(spins) - np.cos(phase) * operators.total_y(spins)
    return np.cos(flip) * z + np.sin(flip) * across


def _readout(spins, detected, rho, energies, vectors, points, dwell_s):
    """i 2^(2-n) Tr[rho(t) F+] at every sample, (edit, time), from sums of exponentials taken as a two-digit product.

    `detected` (spin,) weighs the spins in F+.
    """
    raising = jnp.tensordot(detected, jnp.asarray(operators.single_raising(spins), vectors.dtype), 1)
    detected = vectors.T @ raising @ vectors
    amplitude = (vectors.T @ rho @ vectors) * detected.T  # (edit, state, state)
    digits = int(np.ceil(np.sqrt(points)))
    fine = jnp.exp(-1j * jnp.multiply.outer(energies, jnp.arange(digits) * dwell_s))  # (state, digit)
    coarse = jnp.exp(-1j * jnp.multiply.outer(energies, jnp.arange(-(-points // digits)) * digits * dwell_s))
    states = len(energies)
    pairs_fine = (fine[:, None] * fine[None].conj()).reshape(states**2, -1)
    pairs_coarse = (coarse[:, None] * coarse[None].conj()).reshape(states**2, -1)
    signal = jnp.einsum("ep,pc,pf->ecf", amplitude.reshape(-1, states**2), pairs_coarse, pairs_fine, optimize="optimal")
    return 1j * 2.0 ** (2 - spins) * signal.reshape(len(rho), -1)[:, :points]
