"""From a basis's description in the config to what the simulator needs: acquisition, sequence, positions, treatment."""

from dataclasses import dataclass

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.constants import REFERENCE_SHIFT_SCALE
from mrsgap.core.errors import InputError, require_positive
from mrsgap.spin.profile import bandwidth_hz
from mrsgap.spin.sequence import POSITIONS_AT_ONCE, HardPulse, Localisation, Sequence, Treatment, read_sequence
from mrsgap.spin.waveform import Waveform, make_waveform, read_waveform

LARGEST_GRID = 4096  # positions per axis


@dataclass(frozen=True)
class BasisPlan:
    """Everything about a basis but its metabolites."""

    acquisition: Acquisition
    edit_ppm: tuple[float, float]  # off, on
    sequence: Sequence
    treatment: Treatment
    gradient_hz_per_cm: float
    extent_cm: float
    slice_cm: float
    quadrature: str
    positions: int
    tolerance: float | None
    allow_folding: bool
    transmit_ppm: float  # where the slice-selective pulses are on resonance at the middle of the grid

    def localisation(self, positions: int) -> Localisation:
        """Places of `positions` per axis over the extent; the weights turn a sum into an integral over the slice."""
        if positions == 1:
            place_cm, length_cm = np.zeros(1), np.full(1, self.slice_cm)
        elif self.quadrature == "gauss_legendre":
            place_cm, length_cm = _gauss_legendre(positions, self.extent_cm)
        else:
            place_cm = np.linspace(-self.extent_cm / 2, self.extent_cm / 2, positions)
            length_cm = np.full(positions, self.extent_cm / (positions - 1))
        off_transmitter_hz = self.acquisition.frequency_hz(self.transmit_ppm)
        offsets_hz, weights = place_cm * self.gradient_hz_per_cm + off_transmitter_hz, length_cm / self.slice_cm
        return Localisation({"x": offsets_hz, "y": offsets_hz}, {"x": weights, "y": weights})

    def refined(self, positions: int) -> int:
        """The next finer grid: twice the uniform one, a third more nodes of the other, whose error falls exponentially."""
        return -(-positions * 4 // 3) if self.quadrature == "gauss_legendre" else 2 * positions


def make_plan(description: dict, sequences: dict, pulses: dict) -> BasisPlan:
    """Check a basis description (config: bases.<name>) against the sequences and pulses it names."""
    sequence_name = _named(description["sequence"], sequences, "sequence")
    waveforms = {role: read_pulse(name, pulses) for role, name in description["pulses"].items()}
    sequence = read_sequence(sequence_name, sequences[sequence_name], waveforms)
    grid = description["grid"]
    positions = grid["positions"]
    if not (isinstance(positions, int) and 1 <= positions <= LARGEST_GRID):
        raise InputError(
            f"the grid needs 1 to {LARGEST_GRID} positions per axis, but has {positions!r}", where="config: grid.positions"
        )
    slice_cm = require_positive("slice_cm", grid["slice_cm"])
    return BasisPlan(
        acquisition=Acquisition(
            description["larmor_mhz"], description["carrier_ppm"], description["spectral_width_hz"], description["points"]
        ),
        edit_ppm=(description["edit_off_ppm"], description["edit_on_ppm"]),
        sequence=sequence,
        treatment=Treatment(
            description["splitting"],
            description["coherence"] == "crushers",
            REFERENCE_SHIFT_SCALE if description.get("reference_shift_scale") else 1.0,
            description.get("coupling_nodes", Treatment.coupling_nodes),
        ),
        gradient_hz_per_cm=grid.get("gradient_hz_per_cm") or _gradient(sequence, description, pulses, slice_cm),
        extent_cm=require_positive("extent_cm", grid["extent_cm"]),
        slice_cm=slice_cm,
        quadrature=grid.get("quadrature", "uniform"),
        positions=positions if _is_localised(sequence) else 1,
        tolerance=grid.get("tolerance") if _is_localised(sequence) else None,
        allow_folding=bool(description.get("allow_folding")),
        transmit_ppm=description.get("transmit_ppm", description["carrier_ppm"]),
    )


def _gauss_legendre(positions: int, extent_cm: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and their lengths (position,) in cm, filled up with places of no weight to whole chunks of the simulation.

    What a pulse does is an entire function of the gradient offset, being a product of such rotations. Its edges
    look sharp on a coarse grid, but Gauss-Legendre nodes converge exponentially (Trefethen, SIAM Rev. 50 (2008) 67, theorem
    4.5), where evenly spaced positions that count both ends in full converge as one over their number.
    """
    nodes, lengths = np.polynomial.legendre.leggauss(positions)
    filled = -(-positions // POSITIONS_AT_ONCE) * POSITIONS_AT_ONCE - positions  # so that grids share one compiled program
    return np.pad(nodes, (0, filled)) * extent_cm / 2, np.pad(lengths, (0, filled)) * extent_cm / 2


def _named(name: str, known: dict, what: str) -> str:
    if name not in known:
        raise InputError(f"unknown {what} `{name}`", where="config: bases", cure=f"Known are {', '.join(sorted(known))}")
    return name


def read_pulse(name: str, pulses: dict) -> Waveform | HardPulse:
    """The pulse `name` of config/sequence.yaml, from its closed form or its file."""
    description = pulses[_named(name, pulses, "pulse")]
    if description["shape"] == "hard":
        return HardPulse(description.get("flip_deg", 180.0), description.get("half_width_ppm"))
    user = read_waveform(description["path"]) if description["shape"] == "file" else None
    return make_waveform(name, description, user)


def _is_localised(sequence: Sequence) -> bool:
    return any(pulse.axis and isinstance(sequence.waveforms[pulse.role], Waveform) for pulse in sequence.pulses())


def _gradient(sequence: Sequence, description: dict, pulses: dict, slice_cm: float) -> float:
    """Gradient in Hz/cm that makes the slice-selective pulse's inversion band as wide as the slice."""
    for pulse in sequence.pulses():
        if pulse.axis and isinstance(sequence.waveforms[pulse.role], Waveform):
            # As on a scanner, the gradient belongs to the pulse as designed, before any resampling for the simulation.
            original = {k: v for k, v in pulses[description["pulses"][pulse.role]].items() if k != "resample_to"}
            return bandwidth_hz(read_pulse("original", {"original": original})) / slice_cm
    return 0.0
