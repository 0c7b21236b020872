"""The sections `bases`, with what they name (spin systems, sequences and pulses), and `families`.

A family is a pool of scanners that a basis may come from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mrsgap.core.errors import InputError

# What of a basis does not bear on the simulation of one metabolite.
CONTENTS = ("metabolites", "systems", "variation")


@dataclass(frozen=True)
class Bases:
    """Every basis by name, with the definitions that bases point to and how many metabolites one job simulates."""

    entries: Mapping[str, Mapping]
    systems: Mapping[str, Mapping]
    sequences: Mapping[str, Mapping]
    pulses: Mapping[str, Mapping]
    metabolites_per_job: int

    @classmethod
    def of(cls, config: Mapping) -> "Bases":
        """The bases of a config; `InputError` where one names a metabolite without a spin system."""
        size = config["basis_simulation"]["metabolites_per_job"]
        bases = cls(config["bases"], config["metabolites"], config["sequences"], config["pulses"], size)
        for name in bases.names:
            bases.spin_systems(name, bases.metabolites(name))
        return bases

    @property
    def names(self) -> list[str]:
        return list(self.entries)

    @property
    def first(self) -> str:
        """The basis whose metabolites and picture stand for the study."""
        return self.names[0]

    @property
    def scanners(self) -> list[str]:
        """Bases with the spin systems as tabulated: they differ in what the scanner does."""
        return [name for name, entry in self.entries.items() if not {"systems", "variation"} & set(entry)]

    def metabolites(self, name: str) -> list[str]:
        """Metabolites of the basis `name` in the order of its store."""
        return self.entries[name]["metabolites"]

    def groups(self, name: str) -> list[list[str]]:
        """The metabolites that one job simulates together, group by group."""
        whole, size = self.metabolites(name), self.metabolites_per_job
        return [whole[start : start + size] for start in range(0, len(whole), size)]

    def spin_systems(self, name: str, metabolites: Iterable[str]) -> dict[str, Mapping]:
        """The spin system that stands for each of `metabolites` in the basis `name`."""
        return {metabolite: self._spin_system(name, metabolite) for metabolite in metabolites}

    def _spin_system(self, name: str, metabolite: str) -> Mapping:
        system = self.entries[name].get("systems", {}).get(metabolite, metabolite)
        if system not in self.systems:
            raise InputError(f"basis `{name}` names the unknown metabolite `{system}`", cure=known(sorted(self.systems)))
        variation = self.entries[name].get("variation")
        return self.systems[system] if variation is None else varied(self.systems[system], **variation)

    def protons(self, name: str) -> dict[str, float]:
        """Number of protons of every metabolite."""
        systems = self.spin_systems(name, self.metabolites(name))
        return {metabolite: system["protons"] for metabolite, system in systems.items()}

    def treatment(self, name: str) -> dict:
        """A basis less its metabolites: sequence, pulses, grid and acquisition."""
        return {key: value for key, value in self.entries[name].items() if key not in CONTENTS}

    def simulation(self, name: str, metabolites: Iterable[str]) -> dict[str, Mapping]:
        """What one simulation depends on and nothing else, so that editing GABA re-runs the job that simulates GABA."""
        basis = self.entries[name]
        return {
            "basis": self.treatment(name),
            "systems": self.spin_systems(name, metabolites),
            "sequences": {key: value for key, value in self.sequences.items() if key == basis["sequence"]},
            "pulses": {key: value for key, value in self.pulses.items() if key in basis["pulses"].values()},
        }

    def waveform_files(self, name: str) -> list[str]:
        """The user's own waveforms that a basis plays, so that a changed file re-runs its simulations."""
        played = (self.pulses.get(pulse, {}) for pulse in self.entries[name]["pulses"].values())
        return [pulse["path"] for pulse in played if pulse.get("shape") == "file"]


def varied(system: Mapping, shift_ppm: float, coupling_factor: float) -> dict:
    """A spin system with its resonances moved by +- `shift_ppm` in turn, part by part, and its couplings times a factor.

    Protons of one shift stay equivalent, and other nuclei (shift null) stay where they are.

    >>> creatine = {"parts": [{"shifts_ppm": [3.9, 3.9, 3.0], "couplings_hz": {"1-3": 2.0}}]}
    >>> varied(creatine, 0.25, 1.5)["parts"]
    [{'shifts_ppm': [4.15, 4.15, 2.75], 'couplings_hz': {'1-3': 3.0}}]
    """
    parts = []
    for part in system["parts"]:
        own = [shift for shift in dict.fromkeys(part["shifts_ppm"]) if shift is not None]
        moved = {shift: shift + (shift_ppm, -shift_ppm)[place % 2] for place, shift in enumerate(own)} | {None: None}
        couplings = {pair: coupling * coupling_factor for pair, coupling in part.get("couplings_hz", {}).items()}
        parts.append({**part, "shifts_ppm": [moved[shift] for shift in part["shifts_ppm"]], "couplings_hz": couplings})
    return {**system, "parts": parts}


def known(names: Iterable[str]) -> str:
    """The cure for a name that nothing has."""
    return f"Known are {', '.join(names)}"


@dataclass(frozen=True)
class Families:
    """Every family of bases by name, and the bases whose descriptions its members vary."""

    entries: Mapping[str, Mapping]
    bases: Bases

    @classmethod
    def of(cls, config: Mapping, bases: Bases) -> "Families":
        """The families of a config; `InputError` where one names what is not there, or a member twice."""
        families = cls(config["families"], bases)
        for name in families.names:
            families._check(name)
        return families

    @property
    def names(self) -> list[str]:
        return list(self.entries)

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def metabolites(self, name: str) -> list[str]:
        """Metabolites of the family `name` in the order of its store."""
        return self.entries[name]["metabolites"]

    def simulation(self, name: str) -> dict[str, Mapping]:
        """What the simulation of one family depends on and nothing else."""
        parts = self._parts(name)
        bases = {part["basis"]: self.bases.entries[part["basis"]] for part in parts}
        described = [{**bases[part["basis"]], **part.get("changes", {})} for part in parts]
        sequences = {one["sequence"] for one in described}
        pulses = {pulse for one in described for pulse in one["pulses"].values()}
        systems = {system for part, one in zip(parts, described) for system in self._systems(name, part, one)}
        return {
            "family": self.entries[name],
            "bases": bases,
            "systems": {key: self._named("metabolite", key, self.bases.systems, name) for key in sorted(systems)},
            "sequences": {key: self._named("sequence", key, self.bases.sequences, name) for key in sorted(sequences)},
            "pulses": {key: self._named("pulse", key, self.bases.pulses, name) for key in sorted(pulses)},
        }

    def waveform_files(self, name: str) -> list[str]:
        """The user's own waveforms that a family plays, so that a changed file re-runs its simulation."""
        pulses = self.simulation(name)["pulses"].values()
        return [pulse["path"] for pulse in pulses if pulse["shape"] == "file"]

    def _parts(self, name: str) -> list[Mapping]:
        """Every entry of a family that names a basis: its fixed members, then its groups."""
        entry = self.entries[name]
        return [*entry.get("fixed", {}).values(), *entry.get("random", {}).values()]

    def _systems(self, name: str, part: Mapping, described: Mapping) -> set[str]:
        """Every spin system that members of `part` may have."""
        chosen, choices = described.get("systems", {}), part.get("systems", {})
        standard = {chosen.get(metabolite, metabolite) for metabolite in self.metabolites(name)}
        return standard.union(*choices.values())

    @staticmethod
    def _named(kind: str, key: str, allowed: Mapping, family: str) -> Mapping:
        if key not in allowed:
            raise InputError(f"family `{family}` names the unknown {kind} `{key}`", cure=known(sorted(allowed)))
        return allowed[key]

    def _check(self, name: str) -> None:
        entry = self.entries[name]
        for part in self._parts(name):
            self._named("basis", part["basis"], self.bases.entries, name)
            for metabolite in part.get("systems", {}):
                if metabolite not in self.metabolites(name):
                    raise InputError(f"`families.{name}` chooses among systems of `{metabolite}`, which it does not hold")
        self.simulation(name)
        groups = entry.get("random", {})
        drawn = [f"{group}-{number:03d}" for group, settings in groups.items() for number in range(settings["members"])]
        fixed = list(entry.get("fixed", {}))
        if not fixed and not drawn:
            raise InputError(f"`families.{name}` has no members", cure="Give `fixed` or `random`")
        twice = set(fixed) & set(drawn)
        if twice:
            raise InputError(f"`families.{name}` has two members `{min(twice)}`", cure="Rename the fixed one")
        for member in entry.get("held_out", ()):
            if member not in fixed + drawn:
                raise InputError(
                    f"`families.{name}.held_out` names `{member}`, which is no member",
                    cure="A random one is named by its group and its number from 000, `localised-003`",
                )
