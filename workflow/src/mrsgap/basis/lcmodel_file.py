"""LCModel .BASIS files: made of a basis store, written so that LCModel 6.3 accepts them, read from any writer.

Layout (LCModel manual, section 8; tried with 6.3-1N): namelists SEQPAR and BASIS1, then per metabolite NMUSED, BASIS and
NDATAB complex numbers: the forward DFT of the FID, zero-filled to twice its length, over sqrt(NDATAB), in natural order.
The first number is 4.65 ppm and ppm falls with the index, which is our own sense with the carrier at 4.65 ppm.
"""

import re
from dataclasses import dataclass

import numpy as np
import xarray as xr

from mrsgap.basis.compare import broadened_states
from mrsgap.core.acquisition import Acquisition, recentre
from mrsgap.core.constants import CONVENTIONAL_CARRIER_PPM
from mrsgap.core.errors import InputError
from mrsgap.core.files import write_text
from mrsgap.core.names import DIFF, METABOLITE, OFF
from mrsgap.core.signal import inverse_transform, transform

NAME_LENGTH = 6  # longer METABO names are cut by LCModel
COLUMNS, WIDTH = 6, 13
EDITED_SHARE = 0.02  # a metabolite whose difference is below this share of its edit-off signal is not edited


@dataclass(frozen=True)
class BasisFile:
    """What a .BASIS file holds: `fid` complex128 (metabolite, time) with the carrier at 4.65 ppm, and its header."""

    metabolites: tuple[str, ...]
    fid: np.ndarray  # (metabolite, time)
    acquisition: Acquisition
    linewidth_hz: float  # Lorentzian FWHM already in the FIDs (FWHMBA)
    echo_time_ms: float
    title: str


def write_basis_file(path, basis: BasisFile) -> None:
    """Write `basis` to `path`; FIDs whose carrier is not 4.65 ppm are recentred.

    Raises `InputError` for a name LCModel would cut, doubled names, a shape that does not match, or numbers that are not
    finite. The FIDs must already carry `linewidth_hz` of Lorentzian broadening: LCModel needs FWHMBA > 0.

    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=4.65, spectral_width_hz=2000.0, points=1024)
    >>> singlet = np.exp(2j * np.pi * scan.frequency_hz(3.027) * scan.time_s - 2 * np.pi * scan.time_s)
    >>> write_basis_file("cr.basis", BasisFile(("Cr",), singlet[None], scan, 2.0, 68.0, "one line"))
    >>> again = read_basis_file("cr.basis")
    >>> again.metabolites, bool(abs(again.fid[:, :1024] - singlet).max() < 1e-4)
    (('Cr',), True)
    """
    fid = np.asarray(basis.fid, dtype=np.complex128)
    if fid.shape != (len(basis.metabolites), basis.acquisition.points):
        raise InputError(
            f"basis FIDs have shape {fid.shape}, but {len(basis.metabolites)} names and {basis.acquisition.points} points",
            where=str(path),
        )
    if not np.isfinite(fid).all():
        raise InputError("basis FIDs hold NaN or infinite values", where=str(path), cure="Simulate the basis again")
    if len(set(basis.metabolites)) != len(basis.metabolites):
        raise InputError(f"metabolite names are not unique: {', '.join(basis.metabolites)}", where=str(path))
    long = [name for name in basis.metabolites if not 0 < len(name) <= NAME_LENGTH or "'" in name]
    if long:
        raise InputError(f"LCModel cuts metabolite names at {NAME_LENGTH} characters, but one is `{long[0]}`", cure="Rename it")
    larmor_mhz, points = basis.acquisition.larmor_mhz, 2 * basis.acquisition.points
    fid = recentre(fid, basis.acquisition, CONVENTIONAL_CARRIER_PPM)
    spectrum = transform(fid, points=points) / np.sqrt(points)  # (metabolite, bin)
    parts = [
        f" $SEQPAR\n FWHMBA = {basis.linewidth_hz / larmor_mhz:.6f},\n HZPPPM = {larmor_mhz:.6f},\n"
        f" ECHOT = {basis.echo_time_ms:.2f},\n SEQ = 'MEGA' $END\n"
        f" $BASIS1\n IDBASI = '{basis.title.replace(chr(39), '')[:70]}',\n FMTBAS = '({COLUMNS}E{WIDTH}.5)',\n"
        f" BADELT = {basis.acquisition.dwell_s:.6E},\n NDATAB = {points} $END\n"
    ]
    for name, values in zip(basis.metabolites, spectrum):
        parts.append(" $NMUSED\n XTRASH = 0. $END\n")
        parts.append(
            f" $BASIS\n ID = '{name}',\n METABO = '{name}',\n CONC = 1.,\n TRAMP = 1.,\n VOLUME = 1.,\n ISHIFT = 0 $END\n"
        )
        numbers = values.view(np.float64)
        numbers = np.where(np.abs(numbers) < 1e-30, 0.0, numbers)  # three-digit exponents do not fit Fortran's E13.5
        for start in range(0, numbers.size, COLUMNS):
            parts.append("".join(f"{number:{WIDTH}.5E}" for number in numbers[start : start + COLUMNS]) + "\n")
    write_text(path, "".join(parts))


def read_basis_file(path) -> BasisFile:
    """Read a .BASIS file; the FIDs keep the broadening they were stored with (`linewidth_hz`).

    Raises `InputError` for an encrypted official set (BADELT < 0), a missing header item and a cut file.
    """
    with open(path, encoding="latin-1") as file:
        lines = file.read().splitlines()
    where, header, place, blocks, names = str(path), {}, 0, [], []
    while place < len(lines):
        group, items, place = _namelist(lines, place)
        if group in ("SEQPAR", "BASIS1"):
            header.update(items)
        elif group == "BASIS":
            names.append(items.get("METABO") or _need(items, "ID", where))
            count = int(_number(header, "NDATAB", where))
            values, place = _numbers(lines, place, 2 * count, _width(header.get("FMTBAS", ""), where), where)
            blocks.append(values.view(np.complex128))
    if not blocks:
        raise InputError("no $BASIS block found", where=where, cure="Give a text .BASIS file as LCModel's makebasis writes it")
    dwell_s, points = _number(header, "BADELT", where), int(_number(header, "NDATAB", where))
    if dwell_s <= 0:
        raise InputError(
            f"BADELT is {dwell_s:g}: this is an encrypted official basis set",
            where=where,
            cure="Only LCModel itself can read it",
        )
    larmor_mhz = _number(header, "HZPPPM", where)
    fid = inverse_transform(np.array(blocks)) * np.sqrt(points)
    acquisition = Acquisition(larmor_mhz, CONVENTIONAL_CARRIER_PPM, 1.0 / dwell_s, points // 2)
    return BasisFile(
        tuple(names),
        fid[:, : points // 2],  # the second half is the zero filling
        acquisition,
        _number(header, "FWHMBA", where) * larmor_mhz,
        float(header.get("ECHOT", "nan")),
        header.get("IDBASI", ""),
    )


def _namelist(lines, place):
    """Next Fortran namelist at or after `place`: its name, its items in upper case, and the line after it."""
    while place < len(lines) and not re.match(r"\s*[$&][A-Za-z]", lines[place]):
        place += 1
    if place == len(lines):
        return None, {}, place
    group, text = re.match(r"\s*[$&](\w+)(.*)", lines[place]).groups()
    while not re.search(r"[$&]END|(^|\s)/\s*$", text, re.IGNORECASE):
        place += 1
        if place == len(lines):
            break
        text += "\n" + lines[place]
    items = re.findall(r"([A-Za-z]\w*)\s*(?:\(\d+\))?\s*=\s*(?:'([^']*)'|([^\s,$&/]+))", text)
    return group.upper(), {key.upper(): (quoted.strip() if quoted else bare) for key, quoted, bare in items}, place + 1


def _numbers(lines, place, count, width, where):
    """`count` numbers in fixed columns of `width` (neighbours may touch); also the line after the last."""
    values: list[float] = []
    while len(values) < count:
        line = lines[place].rstrip() if place < len(lines) else "$"
        try:
            values.extend(float(line[i : i + width].replace("D", "E")) for i in range(0, len(line), width))
        except ValueError as error:
            raise InputError(
                f"only {len(values)} of {count} numbers before line {place + 1}", where=where, cure="The file is cut or damaged"
            ) from error
        place += 1
    return np.array(values[:count]), place


def _width(pattern: str, where: str) -> int:
    match = re.search(r"[EFG](\d+)\.\d+", pattern, re.IGNORECASE)
    if not match:
        raise InputError(f"FMTBAS is {pattern!r}, which names no column width", where=where)
    return int(match.group(1))


def _need(items: dict, key: str, where: str) -> str:
    if key not in items:
        raise InputError(f"{key} is missing", where=where, cure="Give a text .BASIS file as LCModel's makebasis writes it")
    return items[key]


def _number(items: dict, key: str, where: str) -> float:
    text = _need(items, key, where)
    try:
        return float(text.upper().replace("D", "E"))
    except ValueError as error:
        raise InputError(f"{key} is {text!r}, which is no number", where=where) from error


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
