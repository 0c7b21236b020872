"""The plan of a run on a terminal."""

import math
import os
import shutil
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table


def show_plan(table: pd.DataFrame, scale: str, machines: str, folder: Path, console: Console | None = None) -> None:
    """Print the rows of `estimate`, their sums, and whether the disk that holds `folder` has room."""
    console = console or Console(width=None if os.isatty(1) else 110)
    shown = Table(title=f"mrsgap at the scale {scale}: what is still to be done", title_justify="left")
    for name in ("rule", "jobs", "to do", "hours", "disk GB", "memory GB", "rate"):
        shown.add_column(name, justify="left" if name in ("rule", "rate") else "right")
    for row in table.itertuples():
        numbers = (_number(value) for value in (row.hours, row.gigabytes, row.memory_gb))
        shown.add_row(row.rule, str(row.jobs), str(row.to_do), *numbers, row.source)
    hours, disk = table["hours"].sum(), table["gigabytes"].sum()
    shown.add_section()
    shown.add_row("together", str(table["jobs"].sum()), str(table["to_do"].sum()), _number(hours), _number(disk), "", "")
    console.print(shown)
    console.print(
        "Hours are of one job after another, with every epoch that the config allows; early stopping ends sooner. "
        f"Rates were measured on {machines}."
    )
    unknown = table[table["hours"].isna()]
    if len(unknown):
        console.print(f"[yellow]Not counted, because never measured: {', '.join(unknown['rule'])}.[/yellow]")
    free = _free_gigabytes(folder)
    if disk > free:
        console.print(f"[red]The disk has {free:.1f} GB free, {disk - free:.1f} GB too little.[/red]")
    else:
        console.print(f"The disk has {free:.1f} GB free.")


def _number(value: float) -> str:
    if math.isnan(value):
        return "?"
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _free_gigabytes(folder: Path) -> float:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free / 1e9
