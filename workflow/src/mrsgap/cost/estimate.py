"""Price the jobs of a run: hours on this device and gigabytes on disk, rule by rule."""

import time

import numpy as np
import pandas as pd

from mrsgap.cost.jobs import Job
from mrsgap.cost.measured import Costs
from mrsgap.cost.units import work_units

HERE, TABLE, UNKNOWN = "measured here", "config/costs.csv", "not measured"
CALIBRATION_SIZE = 1024


def estimate(jobs: list[Job], costs: Costs, seen: pd.DataFrame, settings: dict, gflop_s: float) -> pd.DataFrame:
    """One row per rule: jobs, to_do, hours and gigabytes of what is still to be done, memory_gb of one job, and source.

    Finished jobs of this run (`seen`, from `measure`) price their rule where the units agree; elsewhere `costs` does, its
    seconds multiplied by how much slower a core here (`gflop_s`) is than where the row was measured. Hours are NaN where
    nothing is known.
    """
    expressions, rows = costs.expressions, []
    for rule in dict.fromkeys(job.rule for job in jobs):
        mine = [job for job in jobs if job.rule == rule]
        waiting = [job for job in mine if job.to_do]
        prices = [_price(job, expressions.get(rule, ""), costs, seen, settings, gflop_s) for job in waiting]
        sources = sorted({source for *_, source in prices})
        memory = costs.rates.loc[costs.rates["rule"] == rule, "memory_mb"].max()
        rows.append({
            "rule": rule, "jobs": len(mine), "to_do": len(waiting),
            "hours": sum(seconds for seconds, *_ in prices) / 3600, "gigabytes": sum(size for _, size, _ in prices) / 1e3,
            "memory_gb": memory / 1e3, "source": ", ".join(sources) or "finished",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _price(job: Job, expression: str, costs: Costs, seen: pd.DataFrame, settings: dict, gflop_s: float):
    """Seconds, megabytes and where they come from, of one job."""
    units = work_units(expression, settings, job.wildcards)
    alike = seen[(seen["rule"] == job.rule) & np.isclose(seen["units"], units)]
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
