"""Small text files, written whole or not at all."""

import glob
import json
import os
from pathlib import Path


def write_text(path, text: str) -> None:
    """Write `text` to `path` atomically (UTF-8): a killed run leaves the old file or none, and its leavings go."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    for stale in path.parent.glob(f"{glob.escape(path.name)}.partial-*"):
        stale.unlink(missing_ok=True)
    partial = path.with_name(f"{path.name}.partial-{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_json(path, value) -> None:
    """Write `value` as indented JSON with sorted keys; NaN is refused because JSON has none."""
    write_text(path, json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n")


def write_table(path, table) -> None:
    """Write a pandas table as CSV at full precision (shortest text that reads back to the same number)."""
    write_text(path, table.to_csv(index=False, lineterminator="\n"))
