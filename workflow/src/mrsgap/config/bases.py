"""The section `bases` with what it names: spin systems, sequences and pulses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mrsgap.core.errors import InputError

# What of a basis does not bear on the simulation of one metabolite.
CONTENTS = ("metabolites", "systems")


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
        return self.systems[system]

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


def known(names: Iterable[str]) -> str:
    """The cure for a name that nothing has."""
    return f"Known are {', '.join(names)}"
