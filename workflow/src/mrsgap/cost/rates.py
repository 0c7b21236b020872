"""The jobs of a run, and what a job takes: its work, what finished jobs took, and rates from both.

Snakemake is asked what it would make, in a process that runs nothing, and its summary is read; its benchmark files and the
bytes on disk say what was taken.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import yaml
from scipy.optimize import nnls

from mrsgap.core.errors import InputError
from mrsgap.select.study import HALVING, rung_epochs, rung_sizes

HEADER = "output_file\tdate\trule\tlog-file(s)\tstatus\tplan"


@dataclass(frozen=True)
class RuleShape:
    """What the files of a rule look like: a pattern with named groups per output, and the template of its benchmark file."""

    outputs: tuple[str, ...]
    benchmark: str | None


@dataclass
class Job:
    """One job: its wildcards, the files it makes, its benchmark file and whether it is still to be done."""

    rule: str
    wildcards: dict[str, str]
    benchmark: Path | None
    to_do: bool
    outputs: list[Path] = field(default_factory=list)


def summarise_run(snakefile, settings: dict) -> str:
    """Text of `snakemake --summary` for the whole workflow under `settings`; `InputError` with its words where it stops."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "settings.yaml"
        config.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--configfile", str(config),
                   "--cores", "1", "--nolock", "--summary", "--", "all"]  # fmt: skip
        # The profile that a user named is about where work runs; this process runs none.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SNAKEMAKE_")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InputError(f"Snakemake cannot plan the run: {done.stderr.strip()[-1500:]}")
    return done.stdout


def read_jobs(summary: str, shapes: dict[str, RuleShape]) -> list[Job]:
    """Jobs behind the files of `summary` (text of `snakemake --summary`), in its order.

    `InputError` where the text is no summary or names a file that fits no rule.
    """
    lines = summary.splitlines()
    if HEADER not in lines:
        raise InputError(f"Snakemake did not say what it would do: {summary[-600:] or 'no output'}")
    jobs: dict[tuple, Job] = {}
    for line in lines[lines.index(HEADER) + 1 :]:
        columns = line.split("\t")
        if len(columns) != HEADER.count("\t") + 1:
            continue
        path, _, rule, _, _, plan = columns
        shape = shapes.get(rule)
        wildcards = _wildcards(path, shape.outputs if shape else ())
        if wildcards is None:
            raise InputError(f"`{path}` fits no output of rule `{rule}`")
        benchmark = Path(shape.benchmark.format(**wildcards)) if shape.benchmark else None
        job = jobs.setdefault((rule, *sorted(wildcards.items())), Job(rule, wildcards, benchmark, plan != "no update"))
        job.outputs.append(Path(path))
    return list(jobs.values())


def _wildcards(path: str, patterns: Iterable[str]) -> dict[str, str] | None:
    matches = (re.fullmatch(pattern, path) for pattern in patterns)
    return next((match.groupdict() for match in matches if match), None)


COLUMNS = [
    "rule",
    "when",
    "unit",
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


class Work(NamedTuple):
    """How much there is to do in a job of a rule: the `unit` in words, and their number from settings and wildcards."""

    unit: str
    amount: Callable[[Mapping, Mapping[str, str]], float]


def _items(settings: Mapping, name: str) -> int:
    """Spectra of a simulated data set."""
    return settings["datasets"][name]["items"]


def _training(settings: Mapping, wildcards: Mapping[str, str], dataset: str) -> float:
    """Items that the networks of a training job see: data set, epochs, and members `2-5` or `3`."""
    model = settings["models"].get(wildcards["model"], {})
    epochs = (model.get("training") or {}).get("epochs", settings["training"]["epochs"])
    first, _, last = wildcards["members"].partition("-")
    return _items(settings, dataset) * epochs * (int(last or first) - int(first) + 1)


def _trials(settings: Mapping, study: str, number: int) -> float:
    """Items that the networks of a job of a selection study see in the round `number`."""
    known = settings["studies"][study]
    epochs, trials = known["fixed"]["training"]["epochs"], known["trials_per_job"]
    if HALVING in known["strategies"]:
        epochs = rung_epochs(epochs, known["keep"], len(rung_sizes(known["initial"], known["keep"], known["rounds"])))[number]
    return _items(settings, settings["selection"]["dataset"]) * epochs * trials * settings["folds"]["count"]


def _fitted(settings: Mapping, name: str) -> float:
    """Spectra times kinds of fit; a recorded set counts as the test set does."""
    known = name if name in settings["datasets"] else "test"
    return _items(settings, known) * len(settings["fit"]["kinds"])


# A job of any other rule is like every other of its rule.
WORK = {
    "fit_lcm": Work("fits", lambda settings, of: _fitted(settings, of["fitted"])),
    "quantify_simulated": Work("spectra x models", lambda settings, of: len(settings["models"]) * _items(settings, "test")),
    "simulate_basis": Work("positions", lambda settings, of: settings["bases"][of["basis"]]["grid"]["positions"] ** 2),
    "simulate_spectra": Work("spectra", lambda settings, of: _items(settings, of["dataset"])),
    "split_folds": Work("spectra", lambda settings, of: _items(settings, of["dataset"])),
    "train_final": Work("items seen", lambda settings, of: _training(settings, of, of["training_set"])),
    "train_fold": Work("items seen", lambda settings, of: _training(settings, of, settings["training"]["folds_set"])),
    "train_trials": Work("items seen", lambda settings, of: _trials(settings, of["study"], int(of["round"]))),
}


def work_units(rule: str, settings: Mapping, wildcards: Mapping[str, str]) -> float:
    """Units of work in the job of `rule` with `wildcards`; 1 where every job of the rule is alike."""
    return float(WORK[rule].amount(settings, wildcards)) if rule in WORK else 1.0


@dataclass(frozen=True)
class Costs:
    """Rates, one row of COLUMNS each: `machine` is where they were measured, `gflop_s` what one of its cores reaches."""

    rates: pd.DataFrame

    @property
    def machines(self) -> str:
        """Where the rates come from, in words."""
        return " and ".join(self.rates["machine"].drop_duplicates())

    def row(self, rule: str, facts: dict[str, str]) -> pd.Series | None:
        """The rates of a job: of the rows of its rule whose `when` (`model=yae scale=paper`) holds, the one that says most."""
        rows = self.rates[self.rates["rule"] == rule]
        conditions = [dict(pair.split("=", 1) for pair in text.split()) for text in rows["when"]]
        fitting = [(len(one), place) for place, one in enumerate(conditions) if one.items() <= facts.items()]
        return rows.iloc[max(fitting, key=lambda pair: pair[0])[1]] if fitting else None


def read_costs(path) -> Costs:
    """Read a table of rates (config/costs.csv); `InputError` where it lacks a column."""
    table = pd.read_csv(path, dtype={"when": str, "unit": str}).fillna({"when": "", "unit": ""})
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise InputError(f"the table of costs lacks `{missing[0]}`", where=str(path),
                         cure="Restore the file or write it anew with scripts/record_costs.py")  # fmt: skip
    return Costs(table)


def measure(jobs: list[Job], settings: dict) -> pd.DataFrame:
    """One row per finished job with a benchmark: rule, units, seconds, megabytes on disk, memory_mb (largest resident set)."""
    rows = []
    for job in jobs:
        if job.benchmark is None or not job.benchmark.is_file() or not all(path.exists() for path in job.outputs):
            continue
        recorded = pd.read_csv(job.benchmark, sep="\t")
        rows.append({
            "rule": job.rule,
            "units": work_units(job.rule, settings, job.wildcards),
            "seconds": float(recorded["s"].mean()),
            "megabytes": sum(map(size_bytes, job.outputs)) / MEGABYTE,
            "memory_mb": float(pd.to_numeric(recorded["max_rss"], errors="coerce").max()),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=MEASURED)


def fit_rates(measurements: pd.DataFrame, gflop_s: float, machine: str) -> pd.DataFrame:
    """Per rule `fixed + rate * units` for seconds and megabytes, both parts at least zero (non-negative least squares).

    Errors count relative to the value, so that small and large jobs weigh alike. A rule whose jobs are all
    alike (not in `WORK`) has a fixed part only.
    """
    rows = []
    for rule, group in measurements.groupby("rule", sort=True):
        row = {
            "rule": rule,
            "when": "",
            "unit": WORK[rule].unit if rule in WORK else "",
            "memory_mb": group["memory_mb"].max(),
            "jobs": len(group),
        }
        for what in ("seconds", "megabytes"):
            row[what], row[f"{what}_per_unit"] = _line(group["units"].to_numpy(), group[what].to_numpy(), rule in WORK)
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
