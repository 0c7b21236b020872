"""Spin systems as data, checked, and cut into the smallest parts that evolve on their own."""

import itertools
from collections import Counter
from dataclasses import dataclass

import numpy as np

from mrsgap.core.constants import SPIN_QUANTUM_NUMBER
from mrsgap.core.errors import InputError

LARGEST_PART = 8  # coupled protons; a density matrix of 256 x 256
SHARED_SPINS = 5  # smaller parts are put together to this size, so that one compiled program serves them all


@dataclass(frozen=True)
class SpinPart:
    """Protons that couple among themselves and to nothing else, and how many such parts the metabolite holds.

    `shifts_ppm` (spin,); `couplings_hz` (spin, spin), symmetric with zero diagonal; `offsets_hz` (spin,) is the constant
    shift from coupled nuclei that see no pulse; `weight` multiplies the signal and `detected` (spin,) that of each proton.
    """

    shifts_ppm: tuple[float, ...]
    couplings_hz: tuple[tuple[float, ...], ...]
    offsets_hz: tuple[float, ...]
    detected: tuple[float, ...]
    weight: float

    @property
    def spins(self) -> int:
        return len(self.shifts_ppm)


def read_system(name: str, description: dict) -> list[SpinPart]:
    """Turn a metabolite's `parts` (config/metabolites.yaml) into independent spin parts.

    Connected components of the coupling graph are separated and equal components merged into one weight: both are exact.
    A part may give `detected`, a factor on the signal of each of its spins (1 where absent). Raises `InputError` for couplings
    that name an absent spin, a spin itself, or one pair twice with different values.
    """
    counted: Counter = Counter()
    for number, part in enumerate(description["parts"], start=1):
        where = f"config: metabolites.{name}.parts[{number}]"
        shifts, nuclei = part["shifts_ppm"], part.get("nuclei") or ["1H"] * len(part["shifts_ppm"])
        if len(nuclei) != len(shifts):
            raise InputError(f"{len(shifts)} shifts but {len(nuclei)} nuclei", where=where)
        for spin, (shift, nucleus) in enumerate(zip(shifts, nuclei), start=1):
            if nucleus not in SPIN_QUANTUM_NUMBER:
                known = ", ".join(SPIN_QUANTUM_NUMBER)
                raise InputError(f"spin {spin} has unknown nucleus {nucleus!r}", where=where, cure=f"Known are {known}")
            if nucleus == "1H" and not (isinstance(shift, (int, float)) and np.isfinite(shift)):
                raise InputError(f"proton {spin} needs a finite shift in ppm, but has {shift!r}", where=where)
        couplings = _coupling_matrix(part.get("couplings_hz") or {}, len(shifts), where)
        detected = part.get("detected") or [1.0] * len(shifts)
        for independent, weight in _independent_parts(shifts, nuclei, couplings, detected, where):
            counted[independent] += weight * part.get("multiplicity", 1)
    parts = [SpinPart(*independent, weight=weight) for independent, weight in counted.items()]
    expected = description.get("protons")
    if expected is not None and abs(proton_count(parts) - expected) > 1e-9:
        raise InputError(f"{name} has {proton_count(parts):g} protons in its parts but `protons: {expected}`",
                         where=f"config: metabolites.{name}", cure="Check shifts and multiplicities")  # fmt: skip
    return parts


def packed(parts: list[SpinPart]) -> list[SpinPart]:
    """The same metabolite as fewer parts, of `SHARED_SPINS` spins each where they are not larger.

    Parts that do not couple evolve side by side in one density matrix, and their signals add up; what is left of a size is
    filled up with spins that are not detected. Both are exact, and cost less than compiling a program for every size.
    """
    small = sorted((part for part in parts if part.spins <= SHARED_SPINS), key=lambda part: -part.spins)
    bins: list[list[SpinPart]] = []
    for part in small:
        room = next((held for held in bins if sum(one.spins for one in held) + part.spins <= SHARED_SPINS), None)
        if room is None:
            bins.append([part])
        else:
            room.append(part)
    return [part for part in parts if part.spins > SHARED_SPINS] + [_side_by_side(held) for held in bins]


def _side_by_side(parts: list[SpinPart]) -> SpinPart:
    missing = SHARED_SPINS - sum(part.spins for part in parts)
    idle = parts[0].shifts_ppm[:1] * missing  # an idle spin may lie anywhere
    couplings, start = np.zeros((SHARED_SPINS, SHARED_SPINS)), 0
    for part in parts:
        own = slice(start, start + part.spins)
        couplings[own, own], start = part.couplings_hz, start + part.spins
    return SpinPart(
        shifts_ppm=sum((part.shifts_ppm for part in parts), ()) + idle,
        couplings_hz=tuple(map(tuple, couplings.tolist())),
        offsets_hz=sum((part.offsets_hz for part in parts), ()) + (0.0,) * missing,
        detected=tuple(part.weight * factor for part in parts for factor in part.detected) + (0.0,) * missing,
        weight=1.0,
    )


def proton_count(parts: list[SpinPart]) -> float:
    """Number of observed protons: the first point of a 90-degree pulse-acquire FID.

    >>> acetyl = {"shifts_ppm": [2.008, 2.008, 2.008]}
    >>> lactate = {"shifts_ppm": [4.1, 1.3, 1.3, 1.3], "couplings_hz": {"1-2": 6.9, "1-3": 6.9, "1-4": 6.9}}
    >>> float(proton_count(read_system("mine", {"parts": [acetyl, lactate]})))
    7.0
    """
    return sum(part.spins * part.weight for part in parts)


def _coupling_matrix(couplings: dict, spins: int, where: str) -> np.ndarray:
    matrix = np.full((spins, spins), np.nan)
    for pair, value in couplings.items():
        try:
            first, second = (int(text) - 1 for text in str(pair).split("-"))
        except ValueError:
            raise InputError(f"coupling {pair!r} is not of the form `1-2`", where=where) from None
        if not (0 <= first < spins and 0 <= second < spins) or first == second:
            raise InputError(f"coupling `{pair}` names a spin that is not there or couples a spin to itself", where=where,
                             cure=f"Spins are numbered 1 to {spins}")  # fmt: skip
        if not (isinstance(value, (int, float)) and np.isfinite(value)):
            raise InputError(f"coupling `{pair}` must be a finite number of Hz, but is {value!r}", where=where)
        if np.isfinite(matrix[first, second]) and matrix[first, second] != value:
            raise InputError(f"coupling `{pair}` is given twice: {matrix[first, second]} and {value} Hz", where=where,
                             cure="A coupling matrix is symmetric: state each pair once")  # fmt: skip
        matrix[first, second] = matrix[second, first] = value
    return np.nan_to_num(matrix)


def _independent_parts(shifts, nuclei, couplings, detected, where):
    """Yield ((shifts, couplings, offsets, detected), weight) of each connected set of protons, by state of its heteronuclei."""
    protons = [spin for spin, nucleus in enumerate(nuclei) if nucleus == "1H"]
    for group in _connected(protons, couplings):
        if len(group) > LARGEST_PART:
            raise InputError(
                f"{len(group)} coupled protons in one part", where=where, cure=f"At most {LARGEST_PART} can be simulated"
            )
        # ASSUME: a heteronucleus is far off resonance and never flipped, so its coupling is a constant shift J m; its m
        # states are equally populated, and quadrupolar relaxation (14N) is neglected.
        partners = [spin for spin, nucleus in enumerate(nuclei) if nucleus != "1H" and couplings[spin, group].any()]
        states = [
            np.arange(-spin_number, spin_number + 1) for spin_number in (SPIN_QUANTUM_NUMBER[nuclei[s]] for s in partners)
        ]
        weight = 1.0 / np.prod([len(m) for m in states])
        inner = tuple(map(tuple, couplings[np.ix_(group, group)].tolist()))
        for state in itertools.product(*states):
            offsets = sum((m * couplings[spin, group] for m, spin in zip(state, partners)), start=np.zeros(len(group)))
            own, seen = (tuple(float(values[s]) for s in group) for values in (shifts, detected))
            yield (own, inner, tuple((offsets + 0.0).tolist()), seen), weight


def _connected(protons: list[int], couplings: np.ndarray) -> list[list[int]]:
    groups, left = [], list(protons)
    while left:
        group, waiting = [], [left[0]]
        while waiting:
            spin = waiting.pop()
            if spin in left:
                left.remove(spin)
                group.append(spin)
                waiting.extend(other for other in left if couplings[spin, other])
        groups.append(sorted(group))
    return groups
