"""Bases side by side, one drawn per item: several spin-system models or several simulations."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import EDIT, EDIT_STATES, METABOLITE, TIME


@dataclass(frozen=True, eq=False)
class Pool:
    """Unbroadened FIDs, complex64 (basis, metabolite, edit, time), the largest |FID| of each basis 1."""

    fid: np.ndarray
    names: tuple[str, ...]
    metabolites: tuple[str, ...]
    acquisition: Acquisition


def make_pool(bases: dict[str, xr.Dataset]) -> Pool:
    """Pool of the named bases, metabolites in the order of the first.

    Each basis is divided by its own largest |FID|, since simulations differ in the number of positions they sum over.
    Raises `InputError` when bases differ in metabolites or acquisition.
    """
    (first, reference), *_ = bases.items()
    metabolites = tuple(str(name) for name in reference[METABOLITE].values)
    acquisition = Acquisition.from_attributes(reference.attrs)
    fids = []
    for name, basis in bases.items():
        if set(map(str, basis[METABOLITE].values)) != set(metabolites):
            raise InputError(f"bases `{first}` and `{name}` have different metabolites", where="config: datasets.bases")
        if Acquisition.from_attributes(basis.attrs) != acquisition:
            raise InputError(f"bases `{first}` and `{name}` have different acquisitions", where="config: datasets.bases",
                             cure="Give them the same larmor_mhz, carrier_ppm, spectral_width_hz and points")  # fmt: skip
        ordered = basis.fid.sel({METABOLITE: list(metabolites), EDIT: list(EDIT_STATES)})
        fid = np.asarray(ordered.transpose(METABOLITE, EDIT, TIME))
        fids.append((fid / np.max(np.abs(fid))).astype(np.complex64))
    return Pool(np.stack(fids), tuple(bases), metabolites, acquisition)
