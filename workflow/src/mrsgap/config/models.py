"""The sections `selection`, `studies`, `models` and `training`.

Which studies choose hyper-parameters in which rounds, and which networks are trained on what, each in which jobs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mrsgap.config.bases import known
from mrsgap.config.spectra import Datasets
from mrsgap.core.errors import InputError
from mrsgap.networks.traits import check_hyper, traits
from mrsgap.select.study import HALVING, Study, read_study, round_sizes

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
        shown = entries[studies.shown]
        if HALVING in shown["strategies"] and shown["initial"] < checked[studies.shown].space.size:
            cure = "Searches are replayed on a whole space: show another study, or raise its `initial`"
            raise InputError(f"`selection.shown`: the first round of `{studies.shown}` leaves out some of its space", cure=cure)
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
        entry = self.entries[name]
        rungs = {key: entry[key] for key in ("rounds", "keep")} if HALVING in entry["strategies"] else {}
        return {key: entry[key] for key in CHOICE_KEYS} | rungs

    def round_sizes(self, name: str) -> list[int]:
        """Trials of every round."""
        return round_sizes(self.entries[name], self.checked[name].space)

    def jobs(self, name: str, before: int | None = None) -> list[tuple[int, int]]:
        """Round and part of every training job, of all rounds or of those before the round `before`."""
        sizes, size = self.round_sizes(name)[:before], self.entries[name]["trials_per_job"]
        return [(index, part) for index, trials in enumerate(sizes) for part in range(-(-trials // size))]


# Keys of `training` that say how jobs are cut and which data they get, not how one network is trained.
OF_JOBS = ("run", "threads", "runs_per_job", "folds_set", "on_the_fly", "held_out_fraction")
DATA_KEYS = ("channels", "normalisation")
PRINTED = ("cnn", "yae", "fcnn")  # architectures whose layers (Tables 2 and 3) or number of layers the paper prints


@dataclass(frozen=True)
class Models:
    """Every network by name, with the training settings and the window that all share; `training.run` names those trained."""

    entries: Mapping[str, Mapping]
    training: Mapping
    window: Mapping
    folds: int
    datasets: Datasets

    @classmethod
    def of(cls, config: Mapping, datasets: Datasets, studies: Studies) -> "Models":
        """The models of a config; `InputError` for unknown training sets, studies or encoders, and for missing settings."""
        models = cls(config["models"], config["training"], config["window"], config["folds"]["count"], datasets)
        for name, entry in models.entries.items():
            for chosen in entry["training_sets"]:
                if chosen not in datasets:
                    raise InputError(f"`models.{name}.training_sets` names the unknown `{chosen}`", cure=known(datasets.names))
            _check_architecture(name, entry, list(models.entries))
        for name in models.names:
            if name not in models.entries:
                raise InputError(f"`training.run` names the unknown model `{name}`", cure=known(list(models.entries)))
            if models.encoder_of(name) not in (None, *models.names):
                raise InputError(f"model `{name}` needs `{models.encoder_of(name)}`, which `training.run` does not train")
            _check_choice(name, models.entries[name], studies)
        return models

    @property
    def names(self) -> list[str]:
        """The models that this run trains."""
        return list(self.entries) if self.training["run"] is None else self.training["run"]

    @property
    def quantifying(self) -> list[str]:
        """The models that give concentrations."""
        return [name for name in self.names if traits(self.entries[name]["architecture"]).quantifies]

    @property
    def printed(self) -> list[str]:
        """The models whose layers the paper prints, trained here or not: the first of each architecture."""
        first = {entry["architecture"]: name for name, entry in reversed(self.entries.items())}
        return [name for name in self.entries if name in (first.get(architecture) for architecture in PRINTED)]

    def settings(self, name: str, encoder: str | None) -> dict:
        """What training one model depends on and nothing else; `encoder` is the folder of the autoencoder it starts from."""
        entry = self.entries[name]
        common = {key: value for key, value in self.training.items() if key not in OF_JOBS}
        stated = self.stated(name)
        settings = {"architecture": entry["architecture"], "hyper": stated["hyper"], "window": self.window}
        settings |= {key: entry[key] for key in DATA_KEYS if key in entry}
        settings |= {"training": {**common, **stated["training"]}}
        if "selected_by" in entry:
            settings["own"] = stated
        return settings | {"encoder_from": encoder}

    def stated(self, name: str) -> dict[str, Mapping]:
        """What a model says itself; it goes above what its study chooses."""
        return {key: self.entries[name].get(key, {}) for key in ("hyper", "training")}

    def size(self, name: str) -> dict:
        """What the number of a model's parameters depends on."""
        keys = ("architecture", "channels", "hyper")
        described = {key: self.entries[name][key] for key in keys if key in self.entries[name]}
        return described | {"own": {"hyper": described.get("hyper", {}), "training": {}}, "training": {}}

    def study(self, name: str) -> str | None:
        """The study that chooses a model's settings."""
        return self.entries[name].get("selected_by")

    def encoder_of(self, name: str) -> str | None:
        """The autoencoder whose encoder a model takes over."""
        return self.entries[name].get("encoder_from")

    def training_sets(self, name: str) -> list[str]:
        return self.entries[name]["training_sets"]

    def by_worth(self) -> list[tuple[str, str]]:
        """Model and training set of the final networks in the order in which they are worth most.

        The set that a model names first leads, for all models in the order in which they are trained: with
        `[train-augmented, train]` the networks of the augmented set.
        """
        sets = list(dict.fromkeys(chosen for name in self.names for chosen in self.training_sets(name)))
        return [(name, chosen) for chosen in sets for name in self.names if chosen in self.training_sets(name)]

    def fold_batches(self, name: str) -> list[str]:
        """Folds of every job that cross-validates a model; none where it is not cross-validated."""
        return self._batches(self.folds) if self.entries[name].get("cross_validated", False) else []

    def seed_batches(self, name: str) -> list[str]:
        """Seeds of every job that trains final networks of a model on one training set."""
        return self._batches(self.entries[name].get("seeds", 1))

    def _batches(self, count: int) -> list[str]:
        """Members, as many to a job as `training.runs_per_job` says: `0-4`, or `3` for a single one."""
        size = self.training["runs_per_job"]
        ends = [(start, min(start + size, count) - 1) for start in range(0, count, size)]
        return ["-".join(map(str, dict.fromkeys(pair))) for pair in ends]


def members_of(batch: str) -> list[int]:
    """Folds or seeds of a batch by its name."""
    first, *last = batch.split("-")
    return list(range(int(first), int((last or [first])[0]) + 1))


def _check_architecture(name: str, entry: Mapping, models: list[str]) -> None:
    """A model's architecture exists, has the hyper-parameters it is given, and gets the encoder it needs."""
    kind = traits(entry["architecture"], f"config: models.{name}.architecture")
    check_hyper(entry["architecture"], entry.get("hyper", {}), f"config: models.{name}.hyper")
    if kind.borrows_encoder and "encoder_from" not in entry:
        raise InputError(f"`models.{name}` lacks `encoder_from`: `{entry['architecture']}` needs a trained encoder")
    if entry.get("encoder_from", name) not in models:
        raise InputError(f"`models.{name}.encoder_from` names the unknown model `{entry['encoder_from']}`", cure=known(models))


def _check_choice(name: str, entry: Mapping, studies: Studies) -> None:
    """A model has its own channels and normalisation, or those that a study of its architecture chooses."""
    study = entry.get("selected_by")
    if study is None:
        missing = [key for key in DATA_KEYS if key not in entry]
        if missing:
            raise InputError(f"`models.{name}` lacks `{missing[0]}`", cure="Give it, or name a study in `selected_by`")
    elif study not in studies.run:
        raise InputError(f"`models.{name}.selected_by` is `{study}`, which `selection.run` does not carry out")
    elif studies[study]["architecture"] != entry["architecture"]:
        other = f"a study of `{studies[study]['architecture']}`, not `{entry['architecture']}`"
        raise InputError(f"`models.{name}.selected_by` is `{study}`, {other}")
