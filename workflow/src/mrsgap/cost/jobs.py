"""The jobs of a run, read from what `snakemake --summary` says about its files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

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
