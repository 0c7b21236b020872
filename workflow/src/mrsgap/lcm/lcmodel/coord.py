"""LCModel .coord files: the curves of one fit."""

import re
from dataclasses import dataclass

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.lcm.lcmodel.table import Table, fortran_number, parse_table

WIDTH = 13  # columns per number, after one blank


@dataclass(frozen=True)
class Coord:
    """Curves over `ppm` (point,), descending. `baseline` is zero where LCModel fitted none (mega-press, NOBASE).

    `metabolites` maps a name to its curve without baseline; a metabolite estimated as zero has a zero curve.
    """

    table: Table
    ppm: np.ndarray
    data: np.ndarray
    fit: np.ndarray
    baseline: np.ndarray
    has_baseline: bool
    metabolites: dict[str, np.ndarray]


def parse_coord(text: str, where: str = "LCModel coord") -> Coord:
    """Read the text of a .coord file. Raises `InputError` if it holds no curves (a fatal error) or is cut."""
    table, lines = parse_table(text, where), text.splitlines()
    start = next((place for place, line in enumerate(lines) if "points on ppm-axis" in line), None)
    if start is None:
        fatal = ", ".join(str(d) for d in table.diagnostics if d.severity == "FATAL")
        raise InputError(
            "no curves in the file" + (f" (LCModel: {fatal})" if fatal else ""), where=where, cure="The fit failed"
        )
    count = int(lines[start].split()[0])
    ppm, place = _block(lines, start + 1, count, where)
    curves, metabolites = {}, {}
    while place < len(lines):
        title = lines[place].strip()
        named = re.match(r"(\S+)\s+Conc\. =", title)
        if named:
            metabolites[named.group(1)], place = _block(lines, place + 1, count, where)
        elif title.startswith("NY "):
            key = next((word for word in ("phased data", "fit to the data", "background") if word in title), None)
            if key is None:
                raise InputError(f"unknown block {title!r} at line {place + 1}", where=where)
            curves[key], place = _block(lines, place + 1, count, where)
        else:
            break
    missing = {"phased data", "fit to the data"} - set(curves)
    if missing:
        raise InputError(f"block `{sorted(missing)[0]}` is missing", where=where, cure="The file is cut: run LCModel again")
    baseline = curves.get("background", np.zeros(count))
    if metabolites:  # LCModel writes NEACH curves; each includes the background
        metabolites = {name: curve - baseline for name, curve in metabolites.items()}
    for row in table.rows:
        if row.concentration == 0 and row.metabolite not in metabolites and "+" not in row.metabolite:
            metabolites[row.metabolite] = np.zeros(count)
    return Coord(table, ppm, curves["phased data"], curves["fit to the data"], baseline, "background" in curves, metabolites)


def _block(lines, place, count, where):
    """`count` numbers in fixed columns from line `place`; also the line after the last."""
    found: list[float] = []
    while len(found) < count:
        line = lines[place][1:].rstrip() if place < len(lines) else ""
        try:
            numbers = [fortran_number(line[i : i + WIDTH]) for i in range(0, len(line), WIDTH)]
        except ValueError:
            numbers = []
        if not numbers:
            raise InputError(
                f"{count} numbers expected before line {place + 1}, {len(found)} found", where=where, cure="The file is cut"
            )
        found.extend(numbers)
        place += 1
    return np.array(found[:count]), place
