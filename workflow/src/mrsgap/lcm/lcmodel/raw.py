"""LCModel .RAW files: one FID as text."""

import numpy as np

from mrsgap.basis.lcmodel_file import LCMODEL_CARRIER_PPM, recentre
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError

TYPICAL = 100.0  # LCModel prints three decimals: estimates must be of order 1 to 1000


def raw_scale(fid, basis_fid) -> float:
    """Factor for `fid` (..., time) that brings estimates near `TYPICAL`, given the basis FIDs (metabolite, time).

    Every spectrum of one item must use the same factor. Raises `InputError` for empty or non-finite data.
    """
    check_fid(fid)
    return TYPICAL * float(np.median(np.abs(basis_fid).max(axis=-1)) / np.abs(fid).max())


def check_fid(fid) -> None:
    """Refuse data that would end LCModel with a Fortran fault or with nothing at all."""
    if not np.isfinite(fid).all():
        raise InputError("the data hold NaN or infinite values")
    if not np.abs(fid).max() > 0:
        raise InputError("the data are all zero")


def raw_text(fid, acquisition: Acquisition, name: str, scale: float = 1.0) -> str:
    """`fid` (time,) as .RAW text, recentred to 4.65 ppm and multiplied by `scale`.

    Raises `InputError` for NaN, infinite or all-zero data and for a length other than `acquisition.points`.
    """
    fid = np.asarray(fid, dtype=np.complex128)
    if fid.shape != (acquisition.points,):
        raise InputError(f"the FID has shape {fid.shape}, but the acquisition has {acquisition.points} points")
    check_fid(fid)
    numbers = recentre(fid, acquisition, LCMODEL_CARRIER_PPM) * scale
    head = f" $NMID\n ID='{name.replace(chr(39), ' ')[:20]}', FMTDAT='(2E15.6)'\n TRAMP=1., VOLUME=1.\n $END\n"
    return head + "".join(f"{number.real:15.6E}{number.imag:15.6E}\n" for number in numbers)
