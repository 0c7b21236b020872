"""The plan of a run: hours on this device and gigabytes on disk, rule by rule, worked out and shown on a terminal."""

import math
import os
import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from mrsgap.cost.rates import Costs, Job, work_units

HERE, TABLE, UNKNOWN = "measured here", "config/costs.csv", "not measured"
CALIBRATION_SIZE = 1024


def estimate(jobs: list[Job], costs: Costs, finished: pd.DataFrame, settings: dict, gflop_s: float) -> pd.DataFrame:
    """One row per rule: jobs, to_do, hours and gigabytes of what is still to be done, memory_gb of one job, and source.

    Finished jobs of this run (`finished`, from `measure`) price their rule where the units agree; elsewhere `costs` does, its
    seconds multiplied by how much slower a core here (`gflop_s`) is than where the row was measured. Hours are NaN where
    nothing is known.
    """
    rows = []
    for rule in dict.fromkeys(job.rule for job in jobs):
        mine = [job for job in jobs if job.rule == rule]
        waiting = [job for job in mine if job.to_do]
        prices = [_price(job, costs, finished, settings, gflop_s) for job in waiting]
        sources = sorted({source for *_, source in prices})
        memory = costs.rates.loc[costs.rates["rule"] == rule, "memory_mb"].max()
        rows.append({
            "rule": rule, "jobs": len(mine), "to_do": len(waiting),
            "hours": sum(seconds for seconds, *_ in prices) / 3600, "gigabytes": sum(size for _, size, _ in prices) / 1e3,
            "memory_gb": memory / 1e3, "source": ", ".join(sources) or "finished",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _price(job: Job, costs: Costs, finished: pd.DataFrame, settings: dict, gflop_s: float):
    """Seconds, megabytes and where they come from, of one job."""
    units = work_units(job.rule, settings, job.wildcards)
    alike = finished[(finished["rule"] == job.rule) & np.isclose(finished["units"], units)]
    if len(alike):
        return alike["seconds"].mean(), alike["megabytes"].mean(), HERE
    row = costs.row(job.rule, {**job.wildcards, "scale": str(settings.get("scale"))})
    if row is None:
        return np.nan, np.nan, UNKNOWN
    seconds = row["seconds"] + row["seconds_per_unit"] * units
    return seconds * row["gflop_s"] / gflop_s, row["megabytes"] + row["megabytes_per_unit"] * units, TABLE


def matrix_product_gflop_s(repeats: int = 5) -> float:
    """What the cores of this process reach in a single-precision matrix product: the best of `repeats`, in Gflop/s."""
    matrix = np.random.default_rng(0).normal(size=(CALIBRATION_SIZE, CALIBRATION_SIZE)).astype(np.float32)
    best = np.inf
    for _ in range(repeats + 1):
        start = time.perf_counter()
        matrix @ matrix
        best = min(best, time.perf_counter() - start)
    return 2 * CALIBRATION_SIZE**3 / best / 1e9


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
