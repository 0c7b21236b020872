"""The sections `selection` and `studies`: which studies choose hyper-parameters, and in which rounds and jobs."""

from collections.abc import Mapping
from dataclasses import dataclass

from mrsgap.config.bases import known
from mrsgap.config.spectra import Datasets
from mrsgap.core.errors import InputError
from mrsgap.select.study import Study, read_study, rounds

# What proposals and choices depend on; the number of rounds is left out, so that more rounds keep the finished ones.
CHOICE_KEYS = ("architecture", "backend", "strategies", "initial", "fixed", "space")


@dataclass(frozen=True)
class Studies:
    """Every listed study, checked; `run` are carried out, `shown` is the one in the figures."""

    entries: Mapping[str, Mapping]
    checked: Mapping[str, Study]
    run: list[str]
    shown: str
    dataset: str

    @classmethod
    def of(cls, config: Mapping, datasets: Datasets) -> "Studies":
        """The studies of a config; `InputError` for unknown names, a faulty space, or a needed study that is not run."""
        chosen, entries = config["selection"], config["studies"]
        for key, names in (("run", chosen["run"]), ("shown", [chosen["shown"]])):
            for name in names:
                if name not in entries:
                    raise InputError(f"`selection.{key}` names the unknown study `{name}`", cure=known(entries))
        if chosen["run"] and chosen["shown"] not in chosen["run"]:
            raise InputError(f"`selection.shown` is `{chosen['shown']}`, which `selection.run` does not carry out")
        if chosen["dataset"] not in datasets:
            raise InputError(f"`selection.dataset` names the unknown `{chosen['dataset']}`", cure=known(datasets.names))
        checked = {name: read_study(name, entry) for name, entry in entries.items()}
        studies = cls(entries, checked, chosen["run"], chosen["shown"], chosen["dataset"])
        for name in chosen["run"]:
            for other in studies.needed(name):
                if other not in chosen["run"]:
                    raise InputError(f"study `{name}` needs `{other}`, which `selection.run` does not carry out")
        return studies

    @property
    def names(self) -> list[str]:
        return list(self.entries)

    def __getitem__(self, name: str) -> Mapping:
        return self.entries[name]

    def needed(self, name: str) -> list[str]:
        """The studies whose choices a study waits for."""
        return list(dict.fromkeys([*self.before(name), *self.built_on(name)]))

    def before(self, name: str) -> list[str]:
        """The studies that come first."""
        return self.entries[name].get("after", [])

    def built_on(self, name: str) -> list[str]:
        """The study whose autoencoder a study builds on, if any."""
        return [self.entries[name]["builds_on"]] if "builds_on" in self.entries[name] else []

    def settings(self, name: str) -> dict:
        """What proposals and choices depend on."""
        return {key: self.entries[name][key] for key in CHOICE_KEYS}

    def round_sizes(self, name: str) -> list[int]:
        """Trials of every round."""
        return rounds(self.checked[name].space, self.entries[name]["trials_per_round"], self.entries[name]["rounds"])

    def jobs(self, name: str, before: int | None = None) -> list[tuple[int, int]]:
        """Round and part of every training job, of all rounds or of those before the round `before`."""
        sizes, size = self.round_sizes(name)[:before], self.entries[name]["trials_per_job"]
        return [(index, part) for index, trials in enumerate(sizes) for part in range(-(-trials // size))]
