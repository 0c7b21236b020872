"""LCModel .csv files: the safest numbers LCModel writes (no glued flags), one row per voxel."""

import math

from mrsgap.core.errors import InputError
from mrsgap.lcm.lcmodel.table import Row, fortran_number


def parse_csv(text: str, where: str = "LCModel csv") -> tuple[Row, ...]:
    """Rows of the first voxel. Names are cut to 13 characters by LCModel; `prior_flag` is always ''.

    Ratios are NaN where LCModel printed all of them as zero (the reference is not in the basis). Raises `InputError` for an
    empty file (LCModel ended with a fatal error) and for a row whose columns do not match the header.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        raise InputError("no data row", where=where, cure="LCModel ended with a fatal error: see its table or output")
    header, values = ([cell.strip() for cell in line.split(",")] for line in lines[:2])
    triples = range(2, len(header), 3)
    fits = header[:2] == ["Row", "Col"] and len(header) == len(values) and len(header) % 3 == 2
    if not fits or any(header[i + 1] != f"{header[i]} %SD" or not header[i + 2].startswith(f"{header[i]}/") for i in triples):
        raise InputError(f"columns do not match: {len(header)} names, {len(values)} values", where=where)
    try:
        rows = [Row(header[i], *(fortran_number(cell) for cell in values[i : i + 3]), "") for i in triples]
    except ValueError as error:
        raise InputError(f"a value is no number ({error})", where=where) from error
    if rows and all(row.ratio == 0 for row in rows) and any(row.concentration > 0 for row in rows):
        rows = [Row(row.metabolite, row.concentration, row.percent_sd, math.nan, "") for row in rows]
    return tuple(rows)
