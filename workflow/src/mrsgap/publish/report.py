"""One self-contained page: the answer first, then what it rests on."""

import base64
import re
from pathlib import Path

import jinja2
import pandas as pd

from mrsgap.core.captions import caption_file
from mrsgap.show.printed import parse_table

LONG = 16  # tables with more rows are folded


def render_report(template, context: dict) -> str:
    """The page as HTML; `template` is the Jinja template's path, every value is escaped unless it is our own HTML."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(Path(template).read_text(encoding="utf-8")).render(context)


def figures_for_page(paths, captions_folder) -> list[dict]:
    """Name, caption and picture (a data URI) of every PNG; the caption is workflow/report/<name>.rst if there is one."""
    entries = []
    for path in map(Path, paths):
        picture = base64.b64encode(path.read_bytes()).decode("ascii")
        entries.append(
            {"name": path.stem, "caption": caption(path.stem, captions_folder), "picture": f"data:image/png;base64,{picture}"}
        )
    return sorted(entries, key=lambda entry: entry["name"])


def caption(name: str, folder) -> str:
    """Text of a figure's caption: its own .rst, or that of the longest name it begins with, or its name in words."""
    source = caption_file(name, folder)
    if source is None:
        return name.replace("-", " ").capitalize()
    return re.sub(r"[`*]+", "", " ".join(source.read_text(encoding="utf-8").split()))


def tables_for_page(paths) -> list[dict]:
    """Name, title, HTML and notes of every Markdown table; long ones are marked to be folded."""
    entries = []
    for path in sorted(map(Path, paths), key=lambda path: path.stem):
        parsed = parse_table(path.read_text(encoding="utf-8"))
        entries.append({"name": path.stem, "title": parsed.title or path.stem, "html": parsed.html, "notes": parsed.notes,
                        "folded": parsed.rows > LONG})  # fmt: skip
    return entries


def quality_for_page(paths) -> list[dict]:
    """Per measured set: its name, how many items are ok, flagged and failed, and the remarks on the latter two."""
    entries = []
    for path in map(Path, paths):
        table = pd.read_csv(path, dtype={"status": str, "reason": str, "item": str}, keep_default_na=True)
        remarks = table[table["status"] != "ok"]
        rows = [(row.item, row.status, "" if pd.isna(row.reason) else row.reason) for row in remarks.itertuples()]
        entries.append(
            {"name": path.stem.removesuffix("-qc"), "counts": table["status"].value_counts().to_dict(), "remarks": rows}
        )
    return entries
