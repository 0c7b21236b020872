"""The Markdown of our own tables as HTML: a bold title, a pipe table, a list of notes; nothing else is understood."""

import re
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Parsed:
    """Title, HTML of the table, notes, and the number of rows."""

    title: str
    html: str
    notes: list[str]
    rows: int


def parse_table(markdown: str) -> Parsed:
    """Parse what `show.tables.as_markdown` writes; text outside title, table and notes is kept as notes."""
    title, notes, grid = "", [], []
    for line in map(str.strip, markdown.splitlines()):
        if line.startswith("|"):
            grid.append([cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif bold := re.fullmatch(r"\*\*(.+)\*\*", line):
            title = bold[1]
        elif heading := re.fullmatch(r"#+ (.+)", line):
            title = title or heading[1]
        elif line:
            notes.append(line.removeprefix("- "))
    grid = [row for row in grid if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    return Parsed(title, _html(grid), notes, max(len(grid) - 1, 0))


def _html(grid):
    if not grid:
        return ""
    head = "".join(f"<th scope='col'>{escape(cell)}</th>" for cell in grid[0])
    body = "".join(f"<tr>{''.join(_cell(cell, first=not place) for place, cell in enumerate(row))}</tr>" for row in grid[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(cell, first):
    numeric = re.match(r"^[−<]?\s?[0-9]", cell) is not None
    kind = " class='number'" if numeric and not first else ""
    return f"<th scope='row'>{escape(cell)}</th>" if first else f"<td{kind}>{escape(cell)}</td>"
