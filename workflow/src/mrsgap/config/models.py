"""The sections `models` and `training`: which networks are trained on what, and in which jobs."""

from collections.abc import Mapping
from dataclasses import dataclass

from mrsgap.config.bases import known
from mrsgap.config.spectra import Datasets
from mrsgap.config.studies import Studies
from mrsgap.core.errors import InputError
from mrsgap.networks.traits import check_hyper, traits

# Keys of `training` that say how jobs are cut and which data they get, not how one network is trained.
OF_JOBS = ("threads", "runs_per_job", "folds_set", "on_the_fly", "held_out_fraction")
DATA_KEYS = ("channels", "normalisation")
PRINTED = ("cnn", "yae")  # architectures whose layers the paper prints (Tables 2 and 3)


@dataclass(frozen=True)
class Models:
    """Every network to train by name, with the training settings and the window that all share."""

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
            _check_architecture(name, entry, models.names)
            _check_choice(name, entry, studies)
        return models

    @property
    def names(self) -> list[str]:
        return list(self.entries)

    @property
    def quantifying(self) -> list[str]:
        """The models that give concentrations."""
        return [name for name, entry in self.entries.items() if traits(entry["architecture"]).quantifies]

    @property
    def printed(self) -> list[str]:
        """The models whose layers the paper prints: the first of each architecture."""
        first = {entry["architecture"]: name for name, entry in reversed(self.entries.items())}
        return [name for name in self.names if name in (first.get(architecture) for architecture in PRINTED)]

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

    def fresh(self, training_set: str) -> dict:
        """How to draw training spectra on the fly, or nothing when stored ones are used."""
        if not self.training["on_the_fly"]:
            return {}
        concentrations = self.datasets[training_set]["concentrations"]
        return {"imperfections": self.datasets.imperfections(training_set), "concentrations": concentrations}


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
