"""The manifest: a CSV table that says which files make which item, and what is known about them."""

import csv
import difflib
import math
import os
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path

from mrsgap.core.acquisition import PROTOCOL
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, OFF, ON, ORIGINS
from mrsgap.measured.header_states import FOUR_STATES
from mrsgap.measured.partner import water_partner

BOTH = "both"  # one file that holds off and on
PATHS = {"path": BOTH, "path_off": OFF, "path_on": ON, "path_diff": DIFF}
HEADER = ("dwell_s", "larmor_mhz", "carrier_ppm", *PROTOCOL)  # what a file may leave to the manifest
NUMBERS = (*HEADER, "diff_sign")
WORDS = {
    "edit_order": ("off,on", "on,off"),
    "edit_check": ("strict", "trust"),
    "origin": ORIGINS,
}
TRUTH = "_mmol_per_l"
WATER = "path_water"
FOUR_ORDERS = tuple(",".join(order) for order in permutations(FOUR_STATES))  # of HERMES and HERCULES
KNOWN = ("series", "item", "medium", *PATHS, WATER, *NUMBERS, *WORDS, "truth_doubt")


@dataclass(frozen=True)
class Row:
    """One item: its files by edit state, absolute, and what the manifest knows; absent numbers are None."""

    series: str
    item: str
    medium: str
    paths: dict[str, Path]
    numbers: dict[str, float | None] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    truth: dict[str, float] = field(default_factory=dict)
    waters: dict[str, Path] = field(default_factory=dict)  # unsuppressed water by the role of the file it belongs to
    truth_doubt: str = ""  # why concentrations are unknown or disputed; goes to the item's note


@dataclass(frozen=True)
class Failure:
    """An item that could not be used, and why."""

    series: str
    item: str
    path: str
    reason: str


def read_manifest(path) -> tuple[list[Row], list[Failure], list[str]]:
    """Items, faulty rows and metabolites with a truth column of the manifest `path`; paths are relative to its folder.

    A faulty row is a `Failure` and the others go on. `InputError` if the table itself cannot be used: not UTF-8, no `series` or
    `item` or path column, a mis-spelt column, no rows.
    """
    path = Path(path)
    table, columns = _table(path)
    metabolites = [name[: -len(TRUTH)] for name in columns if name.endswith(TRUTH)]
    lines: dict[str, list[int]] = {}
    for number, cells in table:
        lines.setdefault(cells.get("item", ""), []).append(number)
    rows, failures = [], []
    for number, cells in table:
        try:
            if len(lines[cells["item"]]) > 1:
                shared = ", ".join(map(str, lines[cells["item"]]))
                raise InputError(
                    f"item `{cells['item']}` is on lines {shared}", cure="Give every item one row and its own name"
                )
            rows.append(_row(cells, metabolites, path.parent))
        except InputError as error:
            reason = str(InputError(error.what, where=f"{path}, line {number}", cure=error.cure))
            first = next((cells[name] for name in PATHS if cells.get(name)), "")
            failures.append(Failure(cells.get("series", ""), cells.get("item", ""), first, reason))
    return rows, failures, metabolites


def relative(path, start) -> str:
    """`path` as seen from the folder `start`, with forward slashes."""
    return Path(os.path.relpath(Path(path).resolve(), Path(start).resolve())).as_posix()


def files_named(path) -> list[str]:
    """Files that a manifest names and that exist, for a rule's inputs; empty where the manifest cannot be read yet."""
    try:
        rows, _, _ = read_manifest(path)
    except InputError:
        return []
    files = [file for row in rows for file in (*row.paths.values(), *row.waters.values())]
    return list(dict.fromkeys(str(file) for file in files if file.is_file()))


def _table(path: Path) -> tuple[list[tuple[int, dict]], list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(
            f"the manifest `{path}` cannot be read: {error.strerror}", cure="Correct the path in the config"
        ) from error
    except UnicodeDecodeError as error:
        cure = "Save it as CSV in UTF-8"
        raise InputError(f"the manifest `{path}` is not UTF-8 text (byte {error.start})", cure=cure) from error
    if "\0" in text:
        raise InputError(f"the manifest `{path}` holds zero bytes", cure="Save it as CSV in UTF-8")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        reader = list(csv.reader(text.splitlines(), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(f"the manifest `{path}` is not a CSV table: {error}", cure="Save it as CSV in UTF-8") from error
    columns = [name.strip() for name in reader[0]] if reader else []
    _check_columns(columns, path)
    table = []
    for number, cells in enumerate(reader[1:], start=2):
        if any(cell.strip() for cell in cells):
            table.append((number, {name: cell.strip() for name, cell in zip(columns, cells)}))
            table[-1][1].setdefault("series", "")
            table[-1][1].setdefault("item", "")
    if not table:
        raise InputError(f"the manifest `{path}` has no rows", cure="Give one row per item")
    return table, columns


def _check_columns(columns: list[str], path: Path) -> None:
    for name in ("series", "item"):
        if name not in columns:
            raise InputError(f"the manifest `{path}` has no column `{name}`", cure=f"Columns understood are {', '.join(KNOWN)}")
    if not any(name in columns for name in PATHS):
        raise InputError(f"the manifest `{path}` names no files", cure=f"Give one of the columns {', '.join(PATHS)}")
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise InputError(f"the manifest `{path}` has the column `{min(twice)}` twice", cure="Keep one of them")
    for name in columns:
        if name not in KNOWN and not name.endswith(TRUTH):
            near = difflib.get_close_matches(name, KNOWN, n=1, cutoff=0.75)
            if near:  # other columns are the user's own and are left alone
                raise InputError(f"the manifest `{path}` has the column `{name}`", cure=f"Did you mean `{near[0]}`? Rename it")


def _row(cells: dict, metabolites: list[str], folder: Path) -> Row:
    if not cells["item"]:
        raise InputError("the item has no name", cure="Fill the column `item`")
    paths = {state: Path(os.path.normpath(folder / cells[name])) for name, state in PATHS.items() if cells.get(name)}
    if not paths:
        raise InputError(f"item `{cells['item']}` names no file", cure=f"Fill one of {', '.join(PATHS)}")
    numbers = {name: _number(cells.get(name), name) for name in NUMBERS}
    truth = {name: _number(cells.get(name + TRUTH), name + TRUTH) for name in metabolites}
    for name, value in truth.items():
        if value is not None and value < 0:
            raise InputError(f"`{name}{TRUTH}` must be >= 0, but is {value}", cure="Correct it, or leave it empty if unknown")
    words = {}
    for name, allowed in WORDS.items():
        allowed = (*allowed, *FOUR_ORDERS) if name == "edit_order" else allowed
        word = (cells.get(name) or allowed[0]).replace(" ", "").lower() if name != "origin" else cells.get(name, "")
        if word and word not in allowed:
            known = ", ".join(map(repr, WORDS[name])) + (f" or an order of {FOUR_ORDERS[0]!r}" if name == "edit_order" else "")
            raise InputError(f"`{name}` must be one of {known}, but is {cells[name]!r}")
        words[name] = word if cells.get(name) else ""
    if numbers["diff_sign"] not in (None, 1.0, -1.0):
        raise InputError(f"`diff_sign` must be 1 or -1, but is {cells['diff_sign']}")
    known = {name: math.nan if value is None else value for name, value in truth.items()}
    return Row(
        cells["series"],
        cells["item"],
        cells.get("medium", ""),
        paths,
        numbers,
        words,
        known,
        _waters(cells, paths, folder),
        cells.get("truth_doubt", ""),
    )


def _waters(cells: dict, paths: dict[str, Path], folder: Path) -> dict[str, Path]:
    """The water reference of every file: the one the manifest names, else the one beside it whose name says so."""
    if cells.get(WATER):
        given = Path(os.path.normpath(folder / cells[WATER]))
        if not given.is_file():
            raise InputError(f"no file `{given}`", cure=f"Correct `{WATER}`, or leave it empty")
        return dict.fromkeys(paths, given)
    partners = {role: water_partner(path) for role, path in paths.items()}
    return {role: partner for role, partner in partners.items() if partner is not None}


def _number(cell: str | None, name: str) -> float | None:
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"`{name}` must be a finite number or empty, but is {cell!r}", cure="Correct the manifest")
    return value
