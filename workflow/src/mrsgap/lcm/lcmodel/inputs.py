"""What LCModel reads: its control file, with presets for MEGA-PRESS and every parameter open to the user, and .RAW files.

What it refuses, and what it swallows without a word, is in docs/lcmodel.md, sections 1 and 3.
"""

import re
from collections.abc import Mapping

import numpy as np

from mrsgap.core.acquisition import Acquisition, recentre
from mrsgap.core.constants import CONVENTIONAL_CARRIER_PPM
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, OFF

# File names are relative to the folder LCModel runs in: it cuts names at 255 characters without a word.
FILES = {"raw": "data.raw", "basis": "set.basis", "table": "out.table", "coord": "out.coord", "csv": "out.csv"}

# ASSUME: phantoms hold no lipids or macromolecules and no brain-like ratios, so nothing is simulated and no ratio prior is
# set (NSIMUL, NRATIO = 0); in vivo keeps LCModel's own defaults for both.
# ASSUME: in the difference spectrum only edited and co-edited metabolites are fitted; with all of them LCModel reports
# creatine that is not there and loses a third of GABA.
PRESETS = {
    ("phantom", OFF): {"PPMST": 4.0, "PPMEND": 1.0, "NAMREL": "NAA", "NSIMUL": 0, "NRATIO": 0},
    ("phantom", DIFF): {"SPTYPE": "mega-press-3", "PPMST": 4.2, "PPMEND": 1.95, "NAMREL": "NAA", "NSIMUL": 0, "NRATIO": 0},
    ("in-vivo", OFF): {"PPMST": 4.0, "PPMEND": 0.2, "NAMREL": "NAA"},
    ("in-vivo", DIFF): {"SPTYPE": "mega-press-3", "PPMST": 4.2, "PPMEND": 1.95, "NAMREL": "NAA+NAAG"},
}
FEWEST_POINTS = 64
TYPICAL = 100.0  # LCModel prints three decimals: estimates must be of order 1 to 1000


def control_parameters(preset, spectrum, acquisition: Acquisition, *, echo_time_ms, title="", omit=(), overrides=None) -> dict:
    """LCModel parameters for one fit of `spectrum` (off or diff) with `preset` (phantom or in-vivo).

    `omit` lists basis metabolites to leave out (CHOMIT); `overrides` are parameters that win over all others; a null
    override removes a parameter. Raises `InputError` for combinations LCModel would refuse, most of them silently.
    """
    if (preset, spectrum) not in PRESETS:
        known = ", ".join(f"{a}/{b}" for a, b in PRESETS)
        raise InputError(f"no LCModel preset `{preset}/{spectrum}`", cure=f"Use one of {known}")
    parameters = {
        "TITLE": re.sub(r"[^\x20-\x7e]|'", " ", title)[:100],
        **PRESETS[preset, spectrum],
        "NUNFIL": int(acquisition.points),
        "DELTAT": float(acquisition.dwell_s),
        "HZPPPM": float(acquisition.larmor_mhz),
        "ECHOT": float(echo_time_ms),
        "DOWS": False,
        "DOECC": False,
        "LPS": 0,
        "NEACH": 99,
        **{"FILRAW": FILES["raw"], "FILBAS": FILES["basis"]},
        **{"LTABLE": 7, "FILTAB": FILES["table"], "LCOORD": 9, "FILCOO": FILES["coord"], "LCSV": 11, "FILCSV": FILES["csv"]},
    }
    if omit:
        parameters |= {"NOMIT": len(omit), "CHOMIT": list(omit)}
    parameters |= {str(key).upper(): value for key, value in (overrides or {}).items()}
    parameters = {key: value for key, value in parameters.items() if value is not None}
    _refuse_what_lcmodel_would_swallow(parameters)
    return parameters


def control_text(parameters: Mapping) -> str:
    """`parameters` as the Fortran namelist LCModel reads on standard input; lists become indexed items."""
    lines = [" $LCMODL"]
    for key, value in parameters.items():
        if isinstance(value, (list, tuple)):
            lines += [f" {key}({place})={_literal(key, one)}" for place, one in enumerate(value, 1)]
        else:
            lines.append(f" {key}={_literal(key, value)}")
    return "\n".join([*lines, " $END", ""])


def _refuse_what_lcmodel_would_swallow(parameters: Mapping) -> None:
    where = "LCModel control parameters"
    for key in parameters:
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*(\(\d+\))?", key):
            raise InputError(f"`{key}` is no Fortran name", where=where)
    if parameters["NUNFIL"] < FEWEST_POINTS:
        raise InputError(f"NUNFIL is {parameters['NUNFIL']}, but LCModel needs at least {FEWEST_POINTS} points", where=where)
    if str(parameters.get("SPTYPE", "")).lower() == "mega-press":
        raise InputError("SPTYPE 'mega-press' is fatal without a number", where=where, cure="Use 'mega-press-3'")
    if parameters.get("DOWS") and not parameters.get("FILH2O"):
        raise InputError("DOWS is true but FILH2O is not set", where=where, cure="Name the water reference or set DOWS: false")


def _literal(key: str, value) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.10g}" if value == 0 or 1e-3 <= abs(value) < 1e6 else f"{value:.9E}"
    if isinstance(value, str) and "\n" not in value and len(value) <= 255:
        return "'" + value.replace("'", "''") + "'"
    raise InputError(
        f"LCModel parameter {key} cannot be {value!r}", cure="Use a number, a text of at most 255 characters or a list"
    )


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
    numbers = recentre(fid, acquisition, CONVENTIONAL_CARRIER_PPM) * scale
    head = f" $NMID\n ID='{name.replace(chr(39), ' ')[:20]}', FMTDAT='(2E15.6)'\n TRAMP=1., VOLUME=1.\n $END\n"
    return head + "".join(f"{number.real:15.6E}{number.imag:15.6E}\n" for number in numbers)
