"""A table for three readers: CSV at full precision for machines, Markdown and LaTeX rounded by uncertainty for people."""

from dataclasses import dataclass, field

import pandas as pd

from mrsgap.core.files import write_table, write_text

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
