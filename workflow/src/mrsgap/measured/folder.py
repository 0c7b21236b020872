"""A folder of spectra without a manifest, to one: which files belong together is read off their names."""

import os
import re
from pathlib import Path

import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, OFF, ON
from mrsgap.measured.formats import ending

# `edit_off`, `EDIT-ON`, `_off.`: the state as a word of its own in the file name
STATE = re.compile(r"(?i)(?:^|[_\-. ])(?:edit[_\-. ]?)?(off|on|diff)(?=[_\-. ]|$)")


def index_folder(folder, manifest) -> pd.DataFrame:
    """Manifest of every readable file under `folder`, with paths relative to where the table `manifest` will lie.

    Files of one folder whose names differ only in the word off, on or diff make one item; any other file is an item of its own.
    The name of the folder is the series. `InputError` if nothing is found.
    """
    folder, manifest = Path(folder), Path(manifest)
    if not folder.is_dir():
        raise InputError(f"no folder `{folder}`", cure="Correct the path in the config's `measured`")
    items: dict[tuple[str, str], dict] = {}
    for path in sorted(folder.rglob("*")):
        end = ending(path) if path.is_file() and not path.name.startswith(".") else None
        if end is None or end == ".spar":
            continue
        stem = path.name[: -len(end)]
        match = STATE.search(stem)
        column = f"path_{match.group(1).lower()}" if match else "path"
        name = (stem[: match.start()] + stem[match.end() :]).strip("_-. ") if match else stem
        place = path.parent.relative_to(folder)
        item = "-".join((*place.parts, name)).strip("-") or folder.resolve().name
        key = (item, end)
        entry = items.setdefault(key, {"series": place.parts[0] if place.parts else folder.resolve().name, "item": item})
        if column in entry:
            raise InputError(
                f"`{path}` and `{entry[column]}` look like the same state of one item", cure="Write a manifest.csv"
            )
        entry[column] = relative(path, manifest.parent)
    if not items:
        raise InputError(
            f"the folder `{folder}` holds no file of a known format", cure="Correct the path, or write a manifest.csv"
        )
    shared = [name for name, _ in items]
    for (name, end), entry in items.items():
        if shared.count(name) > 1:  # the same scan exported twice: the ending tells them apart
            entry["item"] = f"{name}-{end.strip('.')}"
    columns = ["series", "item", "path", *(f"path_{state}" for state in (OFF, ON, DIFF))]
    return pd.DataFrame([{name: entry.get(name, "") for name in columns} for entry in items.values()], columns=columns)


def rebase(table: pd.DataFrame, source, manifest) -> pd.DataFrame:
    """The manifest `table`, whose paths are relative to the folder `source`, with paths relative to that of `manifest`."""
    moved = table.copy()
    for column in (name for name in moved if name == "path" or name.startswith("path_")):
        moved[column] = [relative(Path(source) / cell, Path(manifest).parent) if cell else "" for cell in moved[column]]
    return moved


def relative(path, start) -> str:
    """`path` as seen from the folder `start`, with forward slashes."""
    return Path(os.path.relpath(Path(path).resolve(), Path(start).resolve())).as_posix()
