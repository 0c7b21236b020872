"""MEGA-PRESS the slow way: every position, every phase step, whole metabolites, matrix exponentials of nothing shared.

Shares no propagator, no factoring and no splitting into parts with the package; only the descriptions are the same.
"""

import numpy as np

from mrsgap.spin.sequence import Delay, Excitation, HardPulse


def spin_operators(quantum_numbers):
    """Ix, Iy, Iz of each spin of any quantum number, (3, spin, state, state)."""
    sizes = [int(2 * s + 1) for s in quantum_numbers]
    operators = np.zeros((3, len(sizes), np.prod(sizes), np.prod(sizes)), complex)
    for k, (s, size) in enumerate(zip(quantum_numbers, sizes)):
        m = s - np.arange(size)
        raising = np.diag(np.sqrt(s * (s + 1) - m[1:] * (m[1:] + 1)), 1)
        single = [(raising + raising.T) / 2, (raising - raising.T) / 2j, np.diag(m)]
        for axis, operator in enumerate(single):
            operators[axis, k] = np.kron(np.kron(np.eye(np.prod(sizes[:k], dtype=int)), operator),
                                         np.eye(np.prod(sizes[k + 1 :], dtype=int)))  # fmt: skip
    return operators


def exponential(hamiltonian, duration_s):
    energies, vectors = np.linalg.eigh(hamiltonian)
    return (vectors * np.exp(-1j * energies * duration_s)) @ vectors.conj().T


class BruteForce:
    """One part of a metabolite as configured, whole; positions and phases are run one by one.

    Other nuclei are spins of their own, coupled by J Iz Sz, neither pulsed nor observed.
    """

    def __init__(self, part, acquisition, edit_ppm, splitting):
        nuclei = part.get("nuclei") or ["1H"] * len(part["shifts_ppm"])
        protons = [k for k, nucleus in enumerate(nuclei) if nucleus == "1H"]
        x, y, z = spin_operators([{"1H": 0.5, "31P": 0.5, "14N": 1.0}[nucleus] for nucleus in nuclei])
        self.x, self.y, self.z = x[protons], y[protons], z[protons]
        self.shifts_ppm = np.array([part["shifts_ppm"][k] for k in protons], float)
        self.shifts_hz = (self.shifts_ppm - acquisition.carrier_ppm) * acquisition.larmor_mhz
        self.acquisition, self.edit_ppm, self.splitting = acquisition, edit_ppm, splitting
        size = len(x[0])
        self.scale = part.get("multiplicity", 1) * 4.0 / size
        self.coupling = np.zeros((size, size), complex)
        for pair, value in (part.get("couplings_hz") or {}).items():
            j, k = (int(text) - 1 for text in pair.split("-"))
            axes = (x, y, z) if nuclei[j] == nuclei[k] == "1H" else (z,)
            self.coupling += 2 * np.pi * value * sum(axis[j] @ axis[k] for axis in axes)
        self.free = self.coupling - 2 * np.pi * np.tensordot(self.shifts_hz, self.z, 1)
        self._pulses, self._evolutions = {}, {}

    def evolution(self, duration_s):
        if duration_s not in self._evolutions:
            self._evolutions[duration_s] = exponential(self.free, duration_s)
        return self._evolutions[duration_s]

    def pulse(self, role, waveform, gradient_hz, phase_rad, centre_ppm):
        """Propagator of one pulse at one place, phase and frequency; remembered, never combined."""
        key = (role, gradient_hz, phase_rad, centre_ppm)
        if key not in self._pulses:
            self._pulses[key] = self._pulse(waveform, gradient_hz, phase_rad, centre_ppm)
        return self._pulses[key]

    def _pulse(self, waveform, gradient_hz, phase_rad, centre_ppm):
        if isinstance(waveform, HardPulse):
            flips = np.deg2rad(waveform.flip_deg) * np.ones(len(self.shifts_ppm))
            if waveform.half_width_ppm is not None:
                flips *= np.abs(self.shifts_ppm - centre_ppm) <= waveform.half_width_ppm
            across = np.cos(phase_rad) * self.x + np.sin(phase_rad) * self.y
            return exponential(np.tensordot(flips, across, 1), 1.0)
        step_s = waveform.duration_s / waveform.steps
        shift_hz = (self.acquisition.carrier_ppm - centre_ppm) * self.acquisition.larmor_mhz
        evolve, half = exponential(self.coupling, step_s), exponential(self.coupling, step_s / 2)
        total = np.eye(len(self.coupling), dtype=complex)
        for n, (amplitude, phase) in enumerate(zip(waveform.amplitude * waveform.peak_b1_hz, waveform.phase_rad)):
            angle = phase + phase_rad + 2 * np.pi * shift_hz * n * step_s
            across = np.cos(angle) * self.x.sum(0) + np.sin(angle) * self.y.sum(0)
            rotation = 2 * np.pi * (amplitude * across - np.tensordot(gradient_hz + self.shifts_hz, self.z, 1))
            if self.splitting == "exact":
                total = exponential(rotation + self.coupling, step_s) @ total
            elif self.splitting == "symmetric":
                total = half @ exponential(rotation, step_s) @ half @ total
            else:
                total = evolve @ exponential(rotation, step_s) @ total
        return total

    def fid(self, sequence, localisation, edit):
        """Mean over the cycle's steps, sum over positions times weight per axis, (time,); every branch runs to its end."""
        steps = np.prod([len(pulse.cycle.steps_deg) for pulse in sequence.pulses()])
        return self._run(None, sequence.events, sequence, localisation, edit) / steps

    def _run(self, rho, events, sequence, localisation, edit):
        if not events:
            return self._readout(rho)
        event, rest = events[0], events[1:]
        if isinstance(event, Excitation):
            flip, phase = np.deg2rad([event.flip_deg, event.phase_deg])
            u = exponential(flip * (np.cos(phase) * self.x.sum(0) + np.sin(phase) * self.y.sum(0)), 1.0)
            return self._run(u @ self.z.sum(0) @ u.conj().T, rest, sequence, localisation, edit)
        if isinstance(event, Delay):
            u = self.evolution(event.duration_s)
            return self._run(u @ rho @ u.conj().T, rest, sequence, localisation, edit)
        places, weights = localisation.along(event.axis)
        centre = self.edit_ppm[edit] if event.edited else self.acquisition.carrier_ppm
        total = 0
        for step_deg, sign in zip(event.cycle.steps_deg, event.cycle.signs):
            for place, weight in zip(places, weights):
                phase = np.deg2rad(event.cycle.phase_deg + step_deg)
                u = self.pulse(event.role, sequence.waveforms[event.role], place, phase, centre)
                total = total + weight * sign * self._run(u @ rho @ u.conj().T, rest, sequence, localisation, edit)
        return total

    def _readout(self, rho):
        step, detect = self.evolution(self.acquisition.dwell_s), self.x.sum(0) + 1j * self.y.sum(0)
        signal = []
        for _ in range(self.acquisition.points):
            signal.append(np.sum(rho * detect.T))
            rho = step @ rho @ step.conj().T
        return 1j * self.scale * np.array(signal)
