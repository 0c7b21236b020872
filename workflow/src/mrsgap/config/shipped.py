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


@dataclass(frozen=True)
class Ablation:
    """The section `ablation`: what closes the gap, by networks that learn one training set each at equal budget."""

    entry: Mapping
    shipped: Shipped

    @classmethod
    def of(cls, config: Mapping, shipped: Shipped) -> "Ablation":
        """The ablation of a config; `InputError` where it names what is not there."""
        ablation = cls(config["ablation"], shipped)
        if ablation.network not in shipped.names:
            raise InputError(f"`ablation.network` names the unknown `{ablation.network}`", cure=known(shipped.names))
        for name, chosen in ablation.entry["training_sets"].items():
            if chosen["imperfections"] not in shipped.datasets.effects:
                raise InputError(f"`ablation.training_sets.{name}` names unknown imperfections, `{chosen['imperfections']}`",
                                 cure=known(shipped.datasets.effects))  # fmt: skip
        for name, hyper in ablation.entry["architectures"].items():
            check_hyper(name, hyper, f"config: ablation.architectures.{name}")
        return ablation

    @property
    def network(self) -> str:
        """The shipped network from which everything is taken that does not differ."""
        return self.entry["network"]

    @property
    def training_sets(self) -> list[str]:
        return list(self.entry["training_sets"])

    @property
    def architectures(self) -> list[str]:
        return list(self.entry["architectures"])

    @property
    def runs(self) -> list[tuple[str, str, int]]:
        """Training set, architecture and seed of every network."""
        seeds = range(self.entry["seeds"])
        return [(one, kind, seed) for one in self.training_sets for kind in self.architectures for seed in seeds]

    def members(self, training_set: str) -> list[str]:
        """The members of the family that a training set holds; empty for all that are not held out."""
        return self.entry["training_sets"][training_set].get("members", [])

    def settings(self, training_set: str, architecture: str) -> dict:
        """What one network is made by."""
        whole, budget = self.shipped.settings(self.network), dict(self.entry["budget"])
        imperfections = self.shipped.datasets.effects[self.entry["training_sets"][training_set]["imperfections"]]
        training = {**whole["training"], "epochs": budget.pop("epochs")}
        hyper = self.entry["architectures"][architecture]
        named = {"architecture": architecture, "hyper": hyper, "imperfections": imperfections}
        own = {**training, "loss": "huber"} if traits(architecture).reconstructs else training
        return {**whole, **named, **budget, "training": own}
