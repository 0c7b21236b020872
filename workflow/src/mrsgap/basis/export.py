"""A basis store as LCModel's two basis files, edit-off and difference."""

import numpy as np
import xarray as xr

from mrsgap.basis.compare import broadened_states
from mrsgap.basis.lcmodel_file import BasisFile
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import DIFF, METABOLITE, OFF

EDITED_SHARE = 0.02  # a metabolite whose difference is below this share of its edit-off signal is not edited


def lcmodel_basis_files(basis: xr.Dataset, linewidth_hz: float) -> tuple[BasisFile, BasisFile]:
    """Edit-off and difference basis, broadened to `linewidth_hz` (Lorentzian FWHM) and scaled to the largest edit-off FID.

    The difference holds edited metabolites only: fitting one that is not there (creatine) makes LCModel report nonsense.
    """
    states = broadened_states(basis, linewidth_hz)
    scale = np.abs(states[OFF]).max()
    names = [str(name) for name in basis[METABOLITE].values]
    edited = np.linalg.norm(states[DIFF], axis=-1) > EDITED_SHARE * np.linalg.norm(states[OFF], axis=-1)

    def as_file(state: str, keep) -> BasisFile:
        return BasisFile(
            metabolites=tuple(name for name, kept in zip(names, keep) if kept), fid=states[state][keep] / scale,
            acquisition=Acquisition.from_attributes(basis.attrs), linewidth_hz=linewidth_hz,
            echo_time_ms=basis.attrs["echo_time_s"] * 1e3, title=f"mrsgap {basis.attrs.get('basis', '')} {state}",
        )  # fmt: skip

    return as_file(OFF, np.ones(len(names), bool)), as_file(DIFF, edited)
