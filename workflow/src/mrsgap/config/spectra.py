"""Sets of spectra by name: simulated ones (`datasets`), recorded ones (`measured`), and which are fitted with which basis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mrsgap.config.bases import Bases, Families, known
from mrsgap.core.errors import InputError
from mrsgap.measured.fetch import is_archive
from mrsgap.measured.manifest import files_named

STAND_INS = "phantoms"  # the synthetic stand-ins for the study's phantoms, a measured set like any other
TESTED_ROLES = ("fixed", "augmented")  # training sets of the study's own tables; others are compared with the first only


@dataclass(frozen=True)
class Datasets:
    """The section `datasets`: every simulated set of spectra, and the imperfections that sets name."""

    entries: Mapping[str, Mapping]
    effects: Mapping[str, Mapping]

    @classmethod
    def of(cls, config: Mapping, bases: Bases) -> "Datasets":
        """The data sets of a config; `InputError` where one names an unknown basis, unknown imperfections or unknown noise."""
        datasets = cls(config["datasets"], config["imperfections"])
        recorded = MeasuredSets.of(config).names
        for name, entry in datasets.effects.items():
            _check_noise(entry.get("noise"), recorded, f"config: imperfections.{name}.noise")
        for name, entry in datasets.entries.items():
            named = {"bases": (entry["bases"], bases.names), "imperfections": ([entry["imperfections"]], datasets.effects)}
            for kind, (words, allowed) in named.items():
                for word in words:
                    if word not in allowed:
                        raise InputError(f"`datasets.{name}.{kind}` names the unknown `{word}`", cure=known(allowed))
        return datasets

    @property
    def names(self) -> list[str]:
        return list(self.entries)

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def __getitem__(self, name: str) -> Mapping:
        return self.entries[name]

    @property
    def pictured(self) -> list[str]:
        """The sets that figure 1d shows: those that networks are trained on."""
        return [name for name in self.names if name.startswith("train")] or self.names[:1]

    def bases(self, name: str) -> list[str]:
        """Names of the bases that a set draws from; the first is the one its alignment follows."""
        return self.entries[name]["bases"]

    def noise_source(self, name: str) -> str | None:
        """The measured set whose recorded noise a set's noise is drawn from, if there is one."""
        return self.imperfections(name).get("noise", {}).get("estimated_from")

    @property
    def noise_sources(self) -> list[str]:
        """Every measured set whose recorded noise a simulated set asks for."""
        return list(dict.fromkeys(source for name in self.names if (source := self.noise_source(name))))

    def imperfections(self, name: str) -> Mapping:
        """What spoils the spectra of a set."""
        return self.effects[self.entries[name]["imperfections"]]


@dataclass(frozen=True)
class MeasuredSets:
    """The section `measured`: every recorded set by name; one path alone is the set `own`."""

    entries: Mapping[str, Mapping]

    @classmethod
    def of(cls, config: Mapping) -> "MeasuredSets":
        """The recorded sets of a config; `InputError` where a file or folder is absent."""
        given = config["measured"]
        entries = {"own": given} if isinstance(given, str) else given
        entries = {name: {"path": value} if isinstance(value, str) else value for name, value in entries.items()}
        whole = {
            name: {**value, "path": _existing(value["path"], name)} if "path" in value else value
            for name, value in entries.items()
        }
        return cls(whole)

    @property
    def recorded(self) -> list[str]:
        return list(self.entries)

    @property
    def names(self) -> list[str]:
        """Every set of measured spectra, the synthetic stand-ins first."""
        return [STAND_INS, *self.entries]

    def __getitem__(self, name: str) -> Mapping:
        return self.entries[name]

    def is_manifest(self, name: str) -> bool:
        """Whether a set is given by a table of its files."""
        return self.entries.get(name, {}).get("path", "").lower().endswith(".csv")

    def is_fetched(self, name: str) -> bool:
        """Whether a set has to be unpacked or cloned first."""
        return "url" in self.entries[name] or is_archive(self.entries[name]["path"])

    def files_named(self, name: str) -> list[str]:
        """The files that a set's manifest names; none where the set is a folder."""
        return _tracked(files_named(self.entries[name]["path"])) if self.is_manifest(name) else []

    def files(self, name: str) -> list[str]:
        """Every file of a local folder, so that a changed or added one is read again."""
        if self.is_fetched(name):
            return []
        return sorted(_tracked(str(path) for path in Path(self.entries[name]["path"]).rglob("*") if path.is_file()))


def _existing(path: str, name: str) -> str:
    """`path` if it is there; `--config` takes a `#` after a space for a comment, so the rest of a name may be cut off."""
    given, where = Path(path), f"config: measured.{name}"
    if not given.exists() and given.name:
        longer = [other for other in given.parent.glob("*") if other.name.startswith(f"{given.name} #")]
        given = longer[0] if len(longer) == 1 else given
    if not given.exists():
        cure = "Correct the path; one with a `#` after a space goes into a file of its own, given with --configfile"
        raise InputError(f"no file or folder `{path}`", where=where, cure=cure)
    if not _tracked([str(given)]):
        raise InputError(f"`{given}` has braces in its name, which Snakemake cannot take", where=where, cure="Rename it")
    return str(given)


def _tracked(paths: Iterable[str]) -> list[str]:
    """Paths that Snakemake can watch for changes: one with braces in it would name wildcards, and is read but not watched."""
    return [path for path in paths if "{" not in path and "}" not in path]


@dataclass(frozen=True)
class Fits:
    """The section `fit`: what is said of the fit of each set. Every recorded set is fitted, named there or not."""

    entries: Mapping[str, Mapping]
    settings: Mapping
    recorded: list[str]
    default_basis: str
    calibration: Mapping
    presets: Mapping

    @classmethod
    def of(cls, config: Mapping, families: Families, datasets: Datasets, measured: MeasuredSets) -> "Fits":
        """The fits of a config; `InputError` where `fit.sets` names a set that is neither simulated nor measured.

        Also where the family whose bases are calibrated does not exist.
        """
        calibrated = config["fit"]["calibrated"]
        if calibrated["family"] not in families:
            named = f"`fit.calibrated.family` names the unknown `{calibrated['family']}`"
            raise InputError(named, cure=known(families.names))
        for name in config["fit"]["sets"]:
            if name not in datasets and name not in measured.names:
                raise InputError(f"`fit.sets` names `{name}`, which is neither in `datasets` nor in `measured`")
        return cls(config["fit"]["sets"], config["fit"]["settings"], measured.recorded, config["answer"]["basis"], calibrated,
                   config["fit"]["media"])  # fmt: skip

    @property
    def names(self) -> list[str]:
        """The fitted sets."""
        return list(dict.fromkeys([*self.entries, *self.recorded]))

    def of_set(self, name: str) -> dict:
        """Settings of the fit of one set."""
        return {**self.settings, **self.entries.get(name, {}).get("settings", {})}

    def of_calibrated(self, name: str) -> dict:
        """Settings of the fit that calibrates its basis."""
        return {**self.settings, **self.calibration["settings"], **self.entries.get(name, {}).get("settings", {})}

    @property
    def family(self) -> str:
        """The family whose bases are calibrated."""
        return self.calibration["family"]

    def components(self, name: str) -> Mapping:
        """What is fitted besides the metabolites of the basis."""
        return self.entries.get(name, {}).get("components", {})

    def media(self, name: str) -> Mapping:
        """How recordings of other media are fitted; nothing for a set whose fit the config states."""
        return {} if name in self.entries else self.presets

    def basis(self, name: str) -> str | None:
        """Name of the basis that a set is fitted with; None for the configured one moved to the field of a recording."""
        named = self.entries.get(name, {}).get("basis")
        return None if named is None and name in self.recorded else named or self.default_basis


def _check_noise(noise: Mapping | None, recorded: list[str], where: str) -> None:
    """Noise has laws of its own, or is estimated from a measured set that the config knows."""
    if noise is None:
        return
    source = noise.get("estimated_from")
    if source is None:
        if "sigma" not in noise:
            raise InputError("the noise has no `sigma`", where=where, cure="Give its law, or `estimated_from`")
    elif source not in recorded:
        raise InputError(f"`estimated_from` names the unknown measured set `{source}`", where=where, cure=known(recorded))
    elif noise["kind"] != "generalised_gaussian" or {"sigma", "shape"} & set(noise):
        cure = "Leave out `sigma` and `shape`, which the estimate gives; its kind is generalised_gaussian"
        raise InputError(f"noise estimated from `{source}` has no laws of its own", where=where, cure=cure)


def generating_bases(config: Mapping) -> dict[str, str]:
    """Basis that made each simulated or synthetic data set, where it was a single one."""
    pools = {name: dataset["bases"] for name, dataset in config["datasets"].items()} | {STAND_INS: config["phantoms"]["bases"]}
    return {name: bases[0] for name, bases in pools.items() if len(bases) == 1}


def compared_training_sets(config: Mapping) -> list[str]:
    """The training sets that the statistics name and the config knows."""
    named = config["statistics"]["training_sets"].values()
    return [name for name in dict.fromkeys(named) if name in config["datasets"]]


def study_training_sets(config: Mapping) -> list[str]:
    """The training sets of the study's own tables."""
    roles = config["statistics"]["training_sets"]
    return [roles[role] for role in TESTED_ROLES if role in roles]
