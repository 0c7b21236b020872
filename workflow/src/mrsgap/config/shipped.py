"""The section `shipped`: networks that come trained with the repository, each made from a family of scanners."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from mrsgap.config.bases import Families, known
from mrsgap.config.spectra import Datasets
from mrsgap.core.errors import InputError
from mrsgap.networks.traits import check_hyper, traits


@dataclass(frozen=True)
class Shipped:
    """Every network that ships by name; the name is the method in every table."""

    entries: Mapping[str, Mapping]
    compact: Mapping
    families: Families
    datasets: Datasets

    @classmethod
    def of(cls, config: Mapping, families: Families, datasets: Datasets) -> "Shipped":
        """The shipped networks of a config; `InputError` where one names what is not there or cannot do what it must."""
        shipped = cls(config["shipped"], config["compact"], families, datasets)
        for name, entry in shipped.entries.items():
            if entry["family"] not in families:
                raise InputError(f"`shipped.{name}.family` names the unknown `{entry['family']}`", cure=known(families.names))
            for chosen in (entry["imperfections"], *entry["held_out"]["imperfections"]):
                if chosen not in datasets.effects:
                    raise InputError(f"`shipped.{name}` names unknown imperfections, `{chosen}`", cure=known(datasets.effects))
            check_hyper(entry["architecture"], entry["hyper"], f"config: shipped.{name}.hyper")
            if not traits(entry["architecture"]).has_scales:
                raise InputError(f"`shipped.{name}`: `{entry['architecture']}` does not say how large its errors are",
                                 cure="Ship one that does: residual_mlp")  # fmt: skip
            if not families.entries[entry["family"]].get("held_out"):
                raise InputError(f"family `{entry['family']}` holds no member out", where=f"config: shipped.{name}.family",
                                 cure="Name some in its `held_out`: intervals are calibrated on them")  # fmt: skip
        return shipped

    @property
    def names(self) -> list[str]:
        return list(self.entries)

    def family(self, name: str) -> str:
        """The family of scanners that a network learns."""
        return self.entries[name]["family"]

    def settings(self, name: str) -> dict:
        """What making a network depends on besides the family's store, with what it names written out."""
        entry, effects = self.entries[name], self.datasets.effects
        held_out = entry["held_out"] | {"imperfections": {one: effects[one] for one in entry["held_out"]["imperfections"]}}
        named = {"imperfections": effects[entry["imperfections"]], "held_out": held_out, "compact": self.compact}
        return {**entry, **named}

    def digest(self, name: str, seed: int) -> str:
        """Twelve hexadecimal digits over everything in the config that makes a network: which config made one."""
        whole = [self.settings(name), self.families.simulation(self.family(name)), seed]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:12]
