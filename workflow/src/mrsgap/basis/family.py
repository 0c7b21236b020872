"""A family of bases as an object and as a store: FIDs (member, metabolite, edit, time) and what each member was made with."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import EDIT, EDIT_STATES, METABOLITE, TIME
from mrsgap.core.signal import chirp_z, lorentzian
from mrsgap.core.store import read_dataset

MEMBER = "member"
NUMBER, WORD = "number", "word"  # columns of the table that are numbers, and those that are words
BAND_PPM, BINS = (4.3, 0.5), 1024  # where members are compared
PROTOCOL = ("larmor_mhz", "edit_off_ppm", "edit_on_ppm", "echo_time_s")


@dataclass(frozen=True)
class Family:
    """Bases of scanners that may be, of the same metabolites and sampling.

    `fids` complex64 (member, metabolite, edit, time), edit off and on, unbroadened, each member scaled by its `scale` so that
    all have the same NAA in edit-off. `table` has one row per member (its index) and a column for everything drawn, NaN or
    empty where it is not drawn for that member; always larmor_mhz, edit_off_ppm, edit_on_ppm, echo_time_s, scale and distance
    (from the middle of the family). `held_out` members are for tests only. `removed` says which members were left out and why.
    """

    name: str
    fids: np.ndarray
    members: tuple[str, ...]
    metabolites: tuple[str, ...]
    acquisition: Acquisition
    table: pd.DataFrame
    held_out: tuple[str, ...]
    removed: dict[str, str]

    @property
    def training(self) -> "Family":
        """The members that may be learnt from: all but those held out."""
        return self.subset(name for name in self.members if name not in self.held_out)

    @property
    def held(self) -> "Family":
        """The members held out of all training and calibration."""
        return self.subset(self.held_out)

    @property
    def named(self) -> tuple[str, ...]:
        """The fixed members: bases of the config, as they are or with stated changes."""
        return tuple(name for name, group in zip(self.members, self.table["group"]) if not group)

    def subset(self, members: Iterable[str]) -> "Family":
        """The family with `members` only, in that order; `InputError` for an unknown one."""
        chosen = tuple(members)
        unknown = [name for name in chosen if name not in self.members]
        if unknown:
            why = self.removed.get(unknown[0])
            raise InputError(f"family `{self.name}` has no member `{unknown[0]}`" + (f": {why}" if why else ""),
                             cure=f"Members are {', '.join(self.members[:6])}, ...")  # fmt: skip
        rows = [self.members.index(name) for name in chosen]
        kept = tuple(name for name in self.held_out if name in chosen)
        return replace(self, fids=self.fids[rows], members=chosen, table=self.table.loc[list(chosen)], held_out=kept)

    def acquisition_of(self, member: str) -> Acquisition:
        """Sampling of one member: the family's, at the member's own Larmor frequency."""
        return replace(self.acquisition, larmor_mhz=float(self.table.loc[member, "larmor_mhz"]))

    def spectra(self, linewidth_hz: float) -> tuple[np.ndarray, np.ndarray]:
        """Chemical shift (bin,), descending, and complex spectra (member, metabolite, edit, bin) with a Lorentzian width."""
        acquisitions = [self.acquisition_of(name) for name in self.members]
        return np.linspace(*BAND_PPM, BINS), band_spectra(self.fids, acquisitions, linewidth_hz)

    def basis(self, member: str) -> xr.Dataset:
        """One member in the form of a basis store: `fid` (metabolite, edit, time) with its acquisition and protocol."""
        (row,), acquisition = self.subset([member]).fids, self.acquisition_of(member)
        protocol = {name: float(self.table.loc[member, name]) for name in PROTOCOL}
        return xr.Dataset(
            {"fid": ((METABOLITE, EDIT, TIME), row)},
            coords={METABOLITE: list(self.metabolites), EDIT: list(EDIT_STATES), TIME: (TIME, acquisition.time_s)},
            attrs={**acquisition.as_attributes(), **protocol, "basis": f"{self.name}/{member}"},
        )


def band_spectra(fids: np.ndarray, acquisitions: list[Acquisition], linewidth_hz: float) -> np.ndarray:
    """Complex spectra (member, ..., bin) of `fids` (member, ..., time) on one grid of ppm, whatever each member's field."""
    step_ppm, spectra = (BAND_PPM[0] - BAND_PPM[1]) / (BINS - 1), []
    for fid, acquisition in zip(fids, acquisitions):
        per_ppm = acquisition.larmor_mhz * acquisition.dwell_s  # cycles per sample
        damped = fid * lorentzian(acquisition.time_s, linewidth_hz)
        spectra.append(chirp_z(damped, (acquisition.carrier_ppm - BAND_PPM[0]) * per_ppm, step_ppm * per_ppm, BINS))
    return np.stack(spectra)


def as_dataset(family: Family) -> xr.Dataset:
    """The family as the data set that `write_dataset` stores."""
    words = [name for name in family.table if family.table[name].dtype.kind not in "fib"]
    numbers = [name for name in family.table if name not in words]
    return xr.Dataset(
        {
            "fid": ((MEMBER, METABOLITE, EDIT, TIME), family.fids),
            "drawn": ((MEMBER, NUMBER), family.table[numbers].to_numpy(float)),
            "chosen": ((MEMBER, WORD), family.table[words].fillna("").to_numpy(str)),
            "held_out": ((MEMBER,), [name in family.held_out for name in family.members]),
        },
        coords={MEMBER: list(family.members), METABOLITE: list(family.metabolites), EDIT: list(EDIT_STATES),
                TIME: (TIME, family.acquisition.time_s, {"units": "s"}), NUMBER: numbers, WORD: words},
        attrs={**family.acquisition.as_attributes(), "family": family.name, "removed": dict(family.removed)},
    )  # fmt: skip


def read_family(path) -> Family:
    """The family in the store `path`, in memory; `InputError` where it is absent or broken.

    >>> read_family("nowhere.zarr")
    Traceback (most recent call last):
    mrsgap.core.errors.InputError: no Zarr store at `nowhere.zarr`. Run the rule that makes it, or check the path.
    """
    dataset = read_dataset(path, "fid", "drawn", "chosen", "held_out")
    members = tuple(str(name) for name in dataset[MEMBER].values)
    table = pd.DataFrame(dataset["drawn"].values, index=list(members), columns=[str(name) for name in dataset[NUMBER].values])
    words = pd.DataFrame(
        dataset["chosen"].values.astype(object), index=table.index, columns=[str(n) for n in dataset[WORD].values]
    )
    held_out = tuple(name for name, out in zip(members, dataset["held_out"].values) if out)
    return Family(
        name=dataset.attrs["family"], fids=dataset["fid"].values, members=members,
        metabolites=tuple(str(name) for name in dataset[METABOLITE].values),
        acquisition=Acquisition.from_attributes(dataset.attrs), table=pd.concat([table, words], axis=1),
        held_out=held_out, removed=dict(dataset.attrs["removed"]),
    )  # fmt: skip
