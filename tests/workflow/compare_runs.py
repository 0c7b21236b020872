"""Whether two runs made the same, to the last bit, and where they differ if not.

    python tests/workflow/compare_runs.py before/results/smoke after/results/smoke

Tables are compared cell by cell as text, stores array by array as bytes with their attributes, JSON entry by entry, all other
files (figures, networks, NIfTI) as bytes. What tells of the run instead of its result is left out: seconds, the record of code
and inputs, digests that hold the code's, the dates in a PDF. Trials, whose names are such digests, go by their settings.
"""

import csv
import json
import re
import sys
import warnings
from itertools import zip_longest
from pathlib import Path

import numpy as np
import xarray as xr

# The report tells how long the run took, its record from which commit; the rest is what it computed.
NOT_RESULTS = ("logs", "benchmarks", "plan", "checkpoints", "report.html", "run.json")
OF_THE_RUN = (
    "provenance",
    "lineage",
    "seconds",
    "digest",
    "identity",
)  # columns, attributes and JSON entries that tell of the run
DATES = re.compile(rb"/(CreationDate|ModDate) ?\([^)]*\)")
ABSENT = "absent"


def result_files(folder: Path) -> dict[str, Path]:
    """Every file under a scale's results that holds a result, by name; Snakemake's time stamps are hidden files."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    named = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: path for name, path in sorted(named.items()) if name.split("/")[0] not in NOT_RESULTS}


def products(folder: Path) -> dict[str, Path]:
    """Every product under a scale's results by name; a Zarr store is one product, a trial is named by its settings."""
    listed = {}
    for name, path in result_files(folder).items():
        store = re.match(r"(.*?\.zarr)/", name)
        if path.parent.name == "trials":
            name = f"{Path(name).parent}/{json.dumps(json.loads(path.read_text(encoding='utf-8'))['settings'], sort_keys=True)}"
        listed[store[1] if store else name] = folder / store[1] if store else path
    return listed


def differences(before: Path, after: Path) -> list[str]:
    """One line for each product that differs, saying where; empty where two results folders hold the same."""
    first, second = products(before), products(after)
    lines = [f"{name}: only in {before}" for name in sorted(set(first) - set(second))]
    lines += [f"{name}: only in {after}" for name in sorted(set(second) - set(first))]
    for name in sorted(set(first) & set(second)):
        lines += [f"{name}: {where}" for where in product_difference(first[name], second[name])]
    return lines


def product_difference(before: Path, after: Path) -> list[str]:
    """Where two files or stores of one name differ, in the order in which they are read."""
    if before.suffix == ".zarr":
        return store_difference(before, after)
    if before.suffix == ".csv":
        return table_difference(before, after)
    if before.suffix == ".json":
        return entry_difference(*(json.loads(path.read_text(encoding="utf-8")) for path in (before, after)))
    first, second = (DATES.sub(b"", path.read_bytes()) for path in (before, after))
    if first == second:
        return []
    place = next((i for i, (a, b) in enumerate(zip(first, second)) if a != b), min(len(first), len(second)))
    return [f"byte {place} of {len(first)} and {len(second)}"]


def table_difference(before: Path, after: Path) -> list[str]:
    """The first cell that differs, and the number of rows that do; the order of rows and columns counts."""
    first, second = (list(csv.reader(path.open(encoding="utf-8", newline=""))) for path in (before, after))
    if not first or not second or first[0] != second[0]:
        return [f"columns {first[:1]} and {second[:1]}"] if first != second else []
    kept = [place for place, name in enumerate(first[0]) if name not in OF_THE_RUN]
    rows = [
        (number, row, other)
        for number, (row, other) in enumerate(zip_longest(first, second))
        if row is None or other is None or [row[i] for i in kept if i < len(row)] != [other[i] for i in kept if i < len(other)]
    ]
    if not rows:
        return []
    number, row, other = rows[0]
    if row is None or other is None or len(row) != len(other):
        return [f"row {number}: {row or ABSENT} and {other or ABSENT}, {len(rows)} rows differ"]
    column = next(i for i in kept if row[i] != other[i])
    return [f"row {number}, `{first[0][column]}`: {row[column]!r} and {other[column]!r}, {len(rows)} rows differ"]


def entry_difference(first, second, place: str = "") -> list[str]:
    """Every entry of a JSON document, or attribute of a store, that differs."""
    if isinstance(first, dict) and isinstance(second, dict):
        names = [name for name in sorted({*first, *second}) if name not in OF_THE_RUN]
        parts = (entry_difference(first.get(name, ABSENT), second.get(name, ABSENT), f"{place}/{name}") for name in names)
        return [line for part in parts for line in part]
    same = json.dumps(first, default=repr) == json.dumps(second, default=repr)
    return [] if same else [f"{place or '/'}: {first!r} and {second!r}"]


def store_difference(before: Path, after: Path) -> list[str]:
    """Every array of a store that differs, with the first index, and every attribute."""
    first, second = open_store(before), open_store(after)
    lines = entry_difference(first.attrs, second.attrs, "attributes")
    for name in sorted({*first.variables, *second.variables}):
        if name not in first.variables or name not in second.variables:
            lines.append(f"array `{name}` is {ABSENT} in {'before' if name not in first.variables else 'after'}")
            continue
        lines += array_difference(name, first.variables[name], second.variables[name])
    return lines


def open_store(path: Path) -> xr.Dataset:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Object at .snakemake_timestamp")
        return xr.open_zarr(path, consolidated=False, chunks=None)


def array_difference(name: str, first: xr.Variable, second: xr.Variable) -> list[str]:
    """Where two arrays differ: dimensions, type, attributes, or the first element whose bits are not the same."""
    lines = entry_difference(first.attrs, second.attrs, f"`{name}` attributes")
    for what in ("dims", "shape", "dtype"):
        if getattr(first, what) != getattr(second, what):
            return [*lines, f"`{name}` {what}: {getattr(first, what)} and {getattr(second, what)}"]
    unequal = np.flatnonzero(bits(first.values) != bits(second.values))
    if unequal.size:
        index = tuple(int(i) for i in np.unravel_index(unequal[0], first.shape or (1,)))[: first.ndim]
        pair = f"{first.values[index]!r} and {second.values[index]!r}"
        lines.append(f"`{name}`[{', '.join(map(str, index))}]: {pair}, {unequal.size} of {first.size} differ")
    return lines


def bits(values: np.ndarray) -> np.ndarray:
    """Elements as opaque bytes, one for each, so that NaN equals itself and -0 does not equal 0; text as it is."""
    flat = np.ascontiguousarray(values).reshape(-1)
    return flat.view(f"V{flat.dtype.itemsize}") if flat.dtype.kind in "biufc" else flat.astype(object)


def main(before: str, after: str) -> int:
    """Print what differs; 0 where nothing does."""
    for folder in map(Path, (before, after)):
        if not products(folder):
            print(f"no products under {folder}")
            return 2
    lines = differences(Path(before), Path(after))
    print(*lines, f"{len(products(Path(before)))} products compared, {len(lines)} differences", sep="\n")
    return 1 if lines else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
