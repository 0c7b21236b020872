"""The section `families`: pools of scanners that a basis may come from."""

from collections.abc import Mapping
from dataclasses import dataclass

from mrsgap.config.bases import Bases, known
from mrsgap.core.errors import InputError


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
