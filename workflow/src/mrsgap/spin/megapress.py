"""The FIDs of one spin part under an edited, localised sequence: a fold of the density matrix over the events.

Position enters one refocusing pulse per axis only and pulse phases act as weights on coherence order, so the sums over grid
and cycle factor: nX + nY propagators instead of nX nY times the number of cycle steps runs (Zhang, An, Shen, Med. Phys. 44
(2017) 4169 use the same projections). Relaxation, B1 spread and diffusion are not modelled.

A part is cut into what XLA compiles once, shared by all parts of as many spins, and the arrays it works on. Compiling takes
longer than most simulations, so one scan computes the propagators of all pulses and one goes over repeated pairs of events.
"""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.spin import operators
from mrsgap.spin.operators import INVERT, transfer_terms
from mrsgap.spin.propagators import (
    coupling_hamiltonian,
    eigenstates,
    exact_propagators,
    free_hamiltonian,
    hard_propagator,
    propagator,
    pulse_steps,
    segment_rotations,
    split_propagators,
)  # fmt: skip
from mrsgap.spin.sequence import POSITIONS_AT_ONCE, Delay, HardPulse, Localisation, Pulse, Sequence, Treatment
from mrsgap.spin.system import SpinPart

DETECTED_ORDER = -1  # of density-matrix elements that Tr[rho F+] picks up


class _Structure(NamedTuple):
    """What a compiled program depends on, besides the shapes of its arrays."""

    spins: int
    splitting: str
    shaped: tuple[tuple[int, int], ...]  # edit states and positions of each different shaped pulse
    order: tuple[int, ...]  # which of the different pulses, shaped ones first, acts at each place of a repeated group
    points: int


def simulate_part(part: SpinPart, sequence: Sequence, acquisition: Acquisition, edit_ppm: tuple[float, ...],
                  localisation: Localisation, treatment: Treatment, dtype=np.complex128):  # fmt: skip
    """FIDs (edit, time) of `part`, averaged over the phase cycle and summed over positions times their weight.

    Sense exp(+2 pi i (carrier - delta) larmor t); the first point of a 90-degree pulse-acquire is the number of protons.
    """
    structure, arrays = _compile(part, sequence, acquisition, edit_ppm, localisation, treatment)
    real = np.empty(0, dtype).real.dtype
    arrays = jax.tree.map(lambda values: np.asarray(values, dtype if np.iscomplexobj(values) else real), arrays)
    return part.weight * np.asarray(_fold(structure, arrays))


def _compile(part, sequence, acquisition, edit_ppm, localisation, treatment):
    """Split the work into a hashable structure (what XLA compiles once) and arrays (what changes without compiling)."""
    couplings_hz, offsets_hz = np.array(part.couplings_hz, float), np.array(part.offsets_hz, float)
    shifts_hz = (np.array(part.shifts_ppm) - acquisition.carrier_ppm) * acquisition.larmor_mhz
    coupling = coupling_hamiltonian(part.spins, couplings_hz, offsets_hz)
    free = free_hamiltonian(part.spins, couplings_hz, offsets_hz, shifts_hz * treatment.shift_scale)
    energies, vectors = eigenstates(part.spins, free)

    pulses, different = sequence.pulses(), {}
    for pulse in pulses:  # Equal pulses are computed once.
        positions, _ = localisation.along(pulse.axis)
        different.setdefault((pulse.role, pulse.edited, positions.tobytes()), pulse)
    hard = {key: isinstance(sequence.waveforms[pulse.role], HardPulse) for key, pulse in different.items()}
    names = sorted(different, key=hard.get)  # shaped ones first
    shaped, order, weights = [], [], []
    for name in names:
        positions, length = localisation.along(different[name].axis)
        # A pulse without length is the same everywhere, and its one propagator stands for the whole slice.
        weights.append(np.ones(1) if hard[name] else length)
        if not hard[name]:
            frequencies_ppm = np.array(edit_ppm if different[name].edited else [acquisition.carrier_ppm])
            shifted_hz = (acquisition.carrier_ppm - frequencies_ppm) * acquisition.larmor_mhz
            nodes = treatment.coupling_nodes if treatment.splitting == "gauss" else None
            steps = pulse_steps(sequence.waveforms[different[name].role], shifted_hz, nodes)
            shaped.append((steps, positions[:, None] + shifts_hz))  # (position, spin)
    for pulse in pulses:
        positions, _ = localisation.along(pulse.axis)
        order.append(names.index((pulse.role, pulse.edited, positions.tobytes())))
    lengths = [n for n in range(1, len(order) + 1) if len(order) % n == 0 and order == order[:n] * (len(order) // n)]
    group = lengths[0] if lengths else 1

    delays = propagator(energies, vectors, _delays_s(sequence))
    excitation = sequence.events[0]
    rho = _excited(part.spins, excitation.flip_deg, excitation.phase_deg)
    arrays = {
        "rho": np.broadcast_to(rho, (len(edit_ppm), *rho.shape)), "weights": weights,
        "hard": [_hard(sequence.waveforms[different[name].role], different[name], edit_ppm, acquisition, part)
                 for name in names if hard[name]],
        "delays": _grouped(list(delays[:-1]), group), "last": delays[-1],
        "terms": _grouped_terms(_terms(part.spins, excitation, pulses, treatment), group),
        "energies": energies, "vectors": vectors.astype(complex), "dwell_s": np.array(acquisition.dwell_s),
        "detected": np.tensordot(np.array(part.detected), operators.single_raising(part.spins), 1),
    }  # fmt: skip
    if shaped:
        arrays["shaped"] = _shaped_arrays(part.spins, coupling, shaped, treatment.splitting)
    sizes = tuple((len(steps.phase_rad), len(offset)) for steps, offset in shaped)
    return _Structure(part.spins, treatment.splitting, sizes, tuple(order[:group]), acquisition.points), arrays


def _delays_s(sequence: Sequence) -> list[float]:
    """Free precession before each pulse, and before the readout."""
    delays_s = [0.0]
    for event in sequence.events:
        if isinstance(event, Delay):
            delays_s[-1] += event.duration_s
        elif isinstance(event, Pulse):
            delays_s.append(0.0)
    return delays_s


def _hard(waveform: HardPulse, pulse, edit_ppm, acquisition, part) -> np.ndarray:
    """Propagators (edit, position, state, state) of a pulse without length."""
    frequencies_ppm = np.array(edit_ppm if pulse.edited else [acquisition.carrier_ppm])
    near = np.ones((len(frequencies_ppm), part.spins), bool)
    if waveform.half_width_ppm is not None:
        near = np.abs(np.subtract.outer(frequencies_ppm, part.shifts_ppm)) <= waveform.half_width_ppm
    return np.array([hard_propagator(flip) for flip in np.deg2rad(waveform.flip_deg) * near])[:, None]


def _terms(spins: int, excitation, pulses, treatment: Treatment) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights before and after each pulse; with ideal crushers only of the coherence orders that end up detected."""
    orders = frozenset({-1, 1} if abs(excitation.flip_deg) == 90 else {-1, 0, 1})
    if treatment.ideal_selection:
        wanted = DETECTED_ORDER * (-1) ** sum(pulse.cycle.selects == INVERT for pulse in pulses)
        orders = frozenset({wanted})
    terms = []
    for pulse in pulses:
        before, after, orders = transfer_terms(spins, pulse.cycle, orders, treatment.ideal_selection)
        terms.append((before, after))
    return terms


def _grouped(values: list[np.ndarray], group: int) -> np.ndarray:
    """(repeat, place in the group, ...)."""
    return np.stack(values).reshape(-1, group, *values[0].shape) if values else np.zeros((0, group))


def _grouped_terms(terms, group: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each place in the group, weights before and after (repeat, term, state, state), filled up with terms of no weight."""
    places = []
    for place in range(group if terms else 0):
        own = terms[place::group]
        most = max(len(before) for before, _ in own)
        both = (np.stack([np.pad(one[side], ((0, most - len(one[side])), (0, 0), (0, 0))) for one in own]) for side in (0, 1))
        places.append(tuple(values.astype(complex) for values in both))
    return places


def _shaped_arrays(spins: int, coupling: np.ndarray, shaped, splitting: str) -> dict:
    """What the propagators of all shaped pulses are computed from, their cases (edit, position) side by side in chunks.

    Pulses of fewer segments begin with segments of no duration; the coupling that acts after those is taken back beforehand.
    """
    energies, vectors = eigenstates(spins, coupling)
    segments, pieces = (max(steps.duration_s.shape[axis] for steps, _ in shaped) for axis in (0, 1))
    chunks = max(-(-len(offset) // POSITIONS_AT_ONCE) for _, offset in shaped)
    columns, offsets, couplings, start, finish = ([], [], []), [], [], [], []
    for steps, offset in shaped:
        missing = segments - len(steps.duration_s)
        at_once, edits = -(-len(offset) // chunks), len(steps.phase_rad)
        if len(offset) == 1:
            at_once = 1
        places = np.resize(offset, (chunks, at_once, spins))
        offsets.append(np.tile(places, (1, edits, 1)))  # (chunk, case, spin), positions fastest
        values = (steps.amplitude_hz[None], steps.phase_rad, steps.duration_s[None])
        for column, value in zip(columns, values):
            filled = np.pad(value, ((0, 0), (missing, 0), (0, pieces - value.shape[2])))
            cases = np.repeat(np.broadcast_to(filled, (edits, segments, pieces)), at_once, axis=0)
            column.append(cases.transpose(2, 1, 0))  # (piece, segment, case)
        length_s = steps.coupled_s[0]
        couplings.append(propagator(energies, vectors, steps.coupled_s if splitting == "gauss" else length_s))
        half = length_s / 2 if splitting == "symmetric" else 0.0
        start.append(propagator(energies, vectors, half - missing * length_s if splitting != "gauss" else 0.0))
        finish.append(propagator(energies, vectors, -half))
    return {
        "pieces": tuple(np.concatenate(column, axis=-1) for column in columns), "offset_hz": np.concatenate(offsets, axis=1),
        "couplings": np.stack(couplings, axis=-3), "start": np.stack(start), "finish": np.stack(finish), "coupling": coupling,
    }  # fmt: skip


# LLVM's later optimisations double the time to compile and gain nothing: the work is in matrix products.
@functools.partial(jax.jit, static_argnums=0, compiler_options={"xla_backend_optimization_level": 1})
def _fold(structure, arrays):
    propagators = _shaped_propagators(structure, arrays["shaped"]) if structure.shaped else []
    propagators = [*propagators, *arrays["hard"]]

    def advance(rho, events):
        delays, terms = events
        for place, pulse in enumerate(structure.order):
            rho = delays[place] @ rho @ delays[place].conj().T
            rho = _transfer(rho, propagators[pulse], *terms[place], arrays["weights"][pulse])
        return rho, None

    rho = arrays["rho"].astype(arrays["last"].dtype)
    if structure.order:
        rho, _ = jax.lax.scan(advance, rho, (arrays["delays"], arrays["terms"]))
    return _readout(structure, arrays["last"] @ rho @ arrays["last"].conj().T, arrays)


def _shaped_propagators(structure, shaped) -> list:
    """Propagators (edit, position, state, state) of every different shaped pulse."""
    chunks, states = len(shaped["offset_hz"]), 2**structure.spins
    at_once = [-(-positions // chunks) if positions > 1 else 1 for _, positions in structure.shaped]
    sizes = tuple(edits * count for (edits, _), count in zip(structure.shaped, at_once))

    def of_chunk(offset_hz):
        if structure.splitting == "exact":
            pieces = (values[0] for values in shaped["pieces"])
            return exact_propagators(structure.spins, *pieces, offset_hz, shaped["coupling"])
        turns = segment_rotations(*shaped["pieces"], offset_hz)
        return split_propagators(structure.spins, turns, shaped["couplings"], shaped["start"], sizes)

    product = jax.lax.map(of_chunk, shaped["offset_hz"])  # (chunk, case, state, state)
    bounds, propagators = [sum(sizes[:pulse]) for pulse in range(len(sizes) + 1)], []
    for pulse, (edits, positions) in enumerate(structure.shaped):
        own = product[:, bounds[pulse] : bounds[pulse + 1]].reshape(chunks, edits, -1, states, states)
        own = own.swapaxes(0, 1).reshape(edits, -1, states, states)[:, :positions]
        propagators.append(shaped["finish"][pulse] @ own if structure.splitting == "symmetric" else own)
    return propagators


def _transfer(rho, propagators, before, after, weights):
    """Sum over positions, each times its weight, and cycle terms of after * (U (before * rho) U^+), per edit state."""

    def per_edit(edit):
        u = propagators[jnp.minimum(edit, len(propagators) - 1)]  # (position, state, state)

        def per_term(total, term):
            start, finish = term
            half = weights[:, None, None] * (u @ (start * rho[edit]))
            return total + finish * jnp.einsum("pij,pkj->ik", half, u.conj()), None

        return jax.lax.scan(per_term, jnp.zeros_like(rho[edit]), (before, after))[0]

    return jax.lax.map(per_edit, jnp.arange(len(rho)))


def _excited(spins, flip_deg, phase_deg) -> np.ndarray:
    """Fz turned by the hard excitation pulse about the axis at `phase_deg` from x."""
    flip, phase = np.deg2rad([flip_deg, phase_deg])
    z = np.diag(operators.z_components(spins).sum(axis=0))
    across = np.sin(phase) * operators.total_x(spins) - np.cos(phase) * operators.total_y(spins)
    return np.cos(flip) * z + np.sin(flip) * across


def _readout(structure, rho, arrays):
    """i 2^(2-n) Tr[rho(t) F+] at every sample, (edit, time), from sums of exponentials taken as a two-digit product.

    F+ holds the factor with which each spin is detected. Eigenstates are sorted by the quantum number of Fz, so that the pairs
    of states between which F+ acts are known beforehand.
    """
    vectors, energies, points = arrays["vectors"], arrays["energies"], structure.points
    rows, columns = operators.detected_pairs(structure.spins)
    detected = (vectors.T @ arrays["detected"] @ vectors).T
    amplitude = (vectors.T @ rho @ vectors)[:, rows, columns] * detected[rows, columns]  # (edit, pair)
    turn = -1j * arrays["dwell_s"] * (energies[rows] - energies[columns])[:, None]
    digits = int(np.ceil(np.sqrt(points)))
    fine = jnp.exp(turn * jnp.arange(digits))  # (pair, digit)
    coarse = jnp.exp(turn * (jnp.arange(-(-points // digits)) * digits))
    signal = jnp.einsum("ep,pc,pf->ecf", amplitude, coarse, fine, optimize="optimal")
    return 1j * 2.0 ** (2 - structure.spins) * signal.reshape(len(rho), -1)[:, :points]
