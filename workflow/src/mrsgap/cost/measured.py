"""What finished jobs took: seconds and memory from Snakemake's benchmark files, bytes on disk; and the rates behind them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from mrsgap.core.errors import InputError
from mrsgap.cost.jobs import Job
from mrsgap.cost.units import work_units

COLUMNS = [
    "rule",
    "when",
    "units",
    "seconds",
    "seconds_per_unit",
    "megabytes",
    "megabytes_per_unit",
    "memory_mb",
    "jobs",
    "note",
    "gflop_s",
    "machine",
]
MEASURED = ["rule", "units", "seconds", "megabytes", "memory_mb"]
MEGABYTE = 1e6


@dataclass(frozen=True)
class Costs:
    """Rates, one row of COLUMNS each: `machine` is where they were measured, `gflop_s` what one of its cores reaches."""

    rates: pd.DataFrame

    @property
    def machines(self) -> str:
        """Where the rates come from, in words."""
        return " and ".join(self.rates["machine"].drop_duplicates())

    @property
    def expressions(self) -> dict[str, str]:
        """Work expression of each rule (cost/units.py); empty where every job is alike."""
        return self.rates.drop_duplicates("rule").set_index("rule")["units"].to_dict()

    def row(self, rule: str, facts: dict[str, str]) -> pd.Series | None:
        """The rates of a job: of the rows of its rule whose `when` (`model=yae scale=paper`) holds, the one that says most."""
        rows = self.rates[self.rates["rule"] == rule]
        conditions = [dict(pair.split("=", 1) for pair in text.split()) for text in rows["when"]]
        held = [(len(one), place) for place, one in enumerate(conditions) if one.items() <= facts.items()]
        return rows.iloc[max(held, key=lambda pair: pair[0])[1]] if held else None


def read_costs(path) -> Costs:
    """Read a table of rates (config/costs.csv); `InputError` where it lacks a column."""
    table = pd.read_csv(path, dtype={"when": str, "units": str}).fillna({"when": "", "units": ""})
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise InputError(f"the table of costs lacks `{missing[0]}`", where=str(path),
                         cure="Restore the file or write it anew with scripts/record_costs.py")  # fmt: skip
    return Costs(table)


def measure(jobs: list[Job], settings: dict, expressions: dict[str, str]) -> pd.DataFrame:
    """One row per finished job with a benchmark: rule, units, seconds, megabytes on disk, memory_mb (largest resident set)."""
    rows = []
    for job in jobs:
        if job.benchmark is None or not job.benchmark.is_file() or not all(path.exists() for path in job.outputs):
            continue
        recorded = pd.read_csv(job.benchmark, sep="\t")
        rows.append({
            "rule": job.rule,
            "units": work_units(expressions.get(job.rule, ""), settings, job.wildcards),
            "seconds": float(recorded["s"].mean()),
            "megabytes": sum(map(size_bytes, job.outputs)) / MEGABYTE,
            "memory_mb": float(pd.to_numeric(recorded["max_rss"], errors="coerce").max()),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=MEASURED)


def fit_rates(measurements: pd.DataFrame, expressions: dict[str, str], gflop_s: float, machine: str) -> pd.DataFrame:
    """Per rule `fixed + rate * units` for seconds and megabytes, both parts at least zero (non-negative least squares).

    Errors count relative to the value, so that small and large jobs weigh alike. A rule without an expression has a fixed
    part only.
    """
    rows = []
    for rule, group in measurements.groupby("rule", sort=True):
        row = {
            "rule": rule,
            "when": "",
            "units": expressions.get(rule, ""),
            "memory_mb": group["memory_mb"].max(),
            "jobs": len(group),
        }
        for what in ("seconds", "megabytes"):
            row[what], row[f"{what}_per_unit"] = _line(group["units"].to_numpy(), group[what].to_numpy(), bool(row["units"]))
        rows.append(row | {"note": "", "gflop_s": gflop_s, "machine": machine})
    return pd.DataFrame(rows, columns=COLUMNS)


def size_bytes(path) -> int:
    """Bytes of a file, or of all files in a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(inner.stat().st_size for inner in path.rglob("*") if inner.is_file())


def _line(units: np.ndarray, values: np.ndarray, has_slope: bool) -> tuple[float, float]:
    if not has_slope:
        return float(values.mean()), 0.0
    weight = 1 / np.maximum(values, 1e-9)
    design = np.column_stack([np.ones_like(units), units]) * weight[:, None]
    scale = np.linalg.norm(design, axis=0)
    (fixed, rate), _ = nnls(design / scale, values * weight)
    return float(fixed / scale[0]), float(rate / scale[1])
