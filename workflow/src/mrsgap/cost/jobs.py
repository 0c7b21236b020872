"""The jobs of a run: Snakemake is asked what it would make, in a process that runs nothing, and its summary is read."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from mrsgap.core.errors import InputError

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
