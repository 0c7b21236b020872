"""Files and folders written whole or not at all, and the small text files of the workflow.

What is written lies beside its place and is renamed into it at the end, so a killed run leaves nothing that looks whole.
"""

import contextlib
import glob
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from mrsgap.core.errors import InputError

PATIENCE, PAUSE_S = 100, 0.02  # looks at an unfinished folder before it is left to the next write, and time between two


@contextlib.contextmanager
def written_whole(path) -> Iterator[Path]:
    """Yield the place to write the file or folder `path` at; it becomes `path` when the block ends well, else it goes.

    The folder around `path` is made. What was at `path` is replaced; what killed runs left beside it is removed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    for stale in path.parent.glob(f"{glob.escape(path.name)}.partial-*"):
        _remove(stale)
    partial = path.with_name(f"{path.name}.partial-{os.getpid()}")
    try:
        yield partial
        if partial.is_dir():
            shutil.rmtree(path, ignore_errors=True)  # a folder cannot replace a folder that holds something
        os.replace(partial, path)
    except BaseException:
        remove_unfinished(partial)
        raise


def remove_unfinished(partial: Path) -> None:
    """Remove an unfinished file or folder. After a failure Zarr's threads may still add files for a moment, so look again."""
    for _ in range(PATIENCE):
        _remove(partial)
        if not partial.exists():
            time.sleep(PAUSE_S)
            if not partial.exists():
                return
        time.sleep(PAUSE_S)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(IsADirectoryError):  # a late writer has just made one: the next look finds it
            path.unlink(missing_ok=True)


def write_text(path, text: str) -> None:
    """Write `text` to `path` (UTF-8), whole or not at all."""
    with written_whole(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_json(path, value) -> None:
    """Write `value` as indented JSON with sorted keys; NaN is refused because JSON has none."""
    write_text(path, json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n")


def read_json(path):
    """What the JSON file `path` holds; `InputError` if it cannot be read."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"`{path}` cannot be read: {error}", cure="Delete it and run again") from error


def write_table(path, table) -> None:
    """Write a pandas table as CSV at full precision (shortest text that reads back to the same number)."""
    write_text(path, table.to_csv(index=False, lineterminator="\n"))


def caption_file(name: str, folder) -> Path | None:
    """The .rst in `folder` with the longest name that the picture's `name` begins with, or None."""
    known = [path for path in Path(folder).glob("*.rst") if name.startswith(path.stem)]
    return max(known, key=lambda path: len(path.stem), default=None)
