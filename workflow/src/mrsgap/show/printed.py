"""A table for three readers: CSV at full precision for machines, Markdown and LaTeX rounded by uncertainty for people.

Two significant digits of the uncertainty decide how many of a value are shown. Our own Markdown is read back as HTML.
"""

import math
import re
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from mrsgap.core.files import write_table, write_text

MISSING = "–"
LATEX = {
    "&": r"\&",
    "%": r"\%",
    "_": r"\_",
    "#": r"\#",
    "$": r"\$",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "±": r"$\pm$",
    "−": r"$-$",
    "–": "--",
    "<": "$<$",
    ">": "$>$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "²": "$^2$",
    "→": r"$\rightarrow$",
}
SYNTHETIC_NOTE = "SYNTHETIC: the spectra are simulated stand-ins, not measurements; nothing here is a result on phantoms."


@dataclass(frozen=True)
class Table:
    """`numbers` as computed and `text` as shown (both with one column per heading), a caption, and what a reader must know."""

    title: str
    numbers: pd.DataFrame
    text: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def write_all(table: Table, csv, markdown, latex) -> None:
    """Write the three forms, each whole or not at all."""
    write_table(csv, table.numbers)
    write_text(markdown, as_markdown(table))
    write_text(latex, as_latex(table))


def as_markdown(table: Table) -> str:
    """Title, table, notes; pipes in cells are escaped."""
    head = [str(name) for name in table.text.columns]
    rows = [[str(cell).replace("|", r"\|").replace("\n", " ") for cell in row] for row in table.text.itertuples(index=False)]
    lines = [f"**{table.title}**", "", *(["(no rows)"] if not rows else _grid(head, rows)), ""]
    return "\n".join([*lines, *(f"- {note}" for note in table.notes), ""])


def _grid(head, rows):
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    pad = lambda row: "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"  # noqa: E731
    return [pad(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(pad, rows)]


def as_latex(table: Table) -> str:
    """A booktabs table with its caption; the notes stand below it."""
    head = " & ".join(map(_latex, table.text.columns)) + r" \\"
    rows = [" & ".join(map(_latex, row)) + r" \\" for row in table.text.itertuples(index=False)]
    columns = "l" * min(1, table.text.shape[1]) + "r" * (table.text.shape[1] - 1)
    notes = [rf"\par\footnotesize {_latex(note)}" for note in table.notes]
    body = [
        r"\begin{table}",
        rf"\caption{{{_latex(table.title)}}}",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        head,
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
        *notes,
        r"\end{table}",
        "",
    ]
    return "\n".join(body)


def _latex(cell):
    return "".join(LATEX.get(letter, letter) for letter in str(cell))


@dataclass(frozen=True)
class Parsed:
    """Title, HTML of the table, notes, and the number of rows."""

    title: str
    html: str
    notes: list[str]
    rows: int


def parse_table(markdown: str) -> Parsed:
    """Parse what `as_markdown` writes; text outside title, table and notes is kept as notes."""
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
    return Parsed(title, _as_html(grid), notes, max(len(grid) - 1, 0))


def _as_html(grid):
    if not grid:
        return ""
    head = "".join(f"<th scope='col'>{escape(cell)}</th>" for cell in grid[0])
    rows = ("".join(_html_cell(cell, first=not place) for place, cell in enumerate(row)) for row in grid[1:])
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _html_cell(cell, first):
    numeric = re.match(r"^[−<]?\s?[0-9]", cell) is not None
    kind = " class='number'" if numeric and not first else ""
    return f"<th scope='row'>{escape(cell)}</th>" if first else f"<td{kind}>{escape(cell)}</td>"


def decimals_for(uncertainty: float, most: int = 6) -> int:
    """Decimals that show two significant digits of `uncertainty`; three where it is unknown or zero."""
    if not (math.isfinite(uncertainty) and uncertainty > 0):
        return 3
    decimals = 1 - math.floor(math.log10(uncertainty))
    if round(uncertainty, decimals) >= 10 ** (2 - decimals):  # 0.0996 rounds up to 0.10: one decimal less
        decimals -= 1
    return min(max(decimals, 0), most)


def rounded(value: float, uncertainty: float = math.nan) -> str:
    """`value` with as many decimals as its uncertainty allows; a dash where it is unknown."""
    if not math.isfinite(value):
        return MISSING
    text = f"{value:.{decimals_for(uncertainty)}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def with_uncertainty(value: float, uncertainty: float) -> str:
    """`0.056 ± 0.0047` style; the value alone where the uncertainty is unknown."""
    if not math.isfinite(value) or not math.isfinite(uncertainty):
        return rounded(value, uncertainty)
    return f"{rounded(value, uncertainty)} ± {rounded(uncertainty, uncertainty)}"


def interval(low: float, high: float, uncertainty: float) -> str:
    """`[0.042, 0.070]`, rounded like the value; empty where unknown."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"[{rounded(low, uncertainty)}, {rounded(high, uncertainty)}]"


def p_value(p: float) -> str:
    """A p value with two significant digits; below 1e-4 only that it is."""
    if not math.isfinite(p):
        return MISSING
    if p < 1e-4:
        return "< 0.0001"
    return f"{p:.{decimals_for(p, 4)}f}"
