"""What ran, on what, and how long it took: read from the logs and benchmarks of a run."""

import importlib.metadata
import re
from pathlib import Path

import pandas as pd

DONE = re.compile(r"done in ([0-9.]+) s")
DEVICE = re.compile(r"device: (.+?)(?:, jax [0-9.]+)?$", re.MULTILINE)
WARNING = re.compile(r"^\S+ \S+ WARNING (.+)$", re.MULTILINE)
COLUMNS = ["rule", "jobs", "seconds", "longest_s", "peak_memory_mb"]


def run_context(logs, benchmarks) -> dict:
    """Time and memory per rule, devices, warnings, and our own version."""
    times = time_per_rule(logs, benchmarks)
    rows = [
        {"rule": row.rule, "jobs": row.jobs, "seconds": f"{row.seconds:.1f}", "longest": f"{row.longest_s:.1f}",
         "memory": "–" if row.peak_memory_mb != row.peak_memory_mb else f"{row.peak_memory_mb:.0f}"}
        for row in times.itertuples()
    ]  # fmt: skip
    minutes, seconds = divmod(round(times["seconds"].sum()), 60)
    total = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    return {"times": rows, "jobs": int(times["jobs"].sum()), "total_time": total, "devices": devices(logs),
            "warnings": warnings(logs), "version": _version()}  # fmt: skip


def time_per_rule(logs, benchmarks) -> pd.DataFrame:
    """Jobs, total and longest seconds and peak memory of every rule, longest first.

    Seconds are what each job's own log says (without the start of its process); memory is known for rules with a benchmark.
    """
    rows = {}
    for path in sorted(Path(logs).rglob("*.log")):
        seconds = DONE.findall(path.read_text(encoding="utf-8", errors="replace"))
        if seconds:
            rows.setdefault(_rule(path, Path(logs)), []).append(float(seconds[-1]))
    memory = {}
    for path in Path(benchmarks).rglob("*.tsv"):
        table = pd.read_csv(path, sep="\t", na_values=["-", "NA"])
        if "max_rss" in table and table["max_rss"].notna().any():
            name = _rule(path, Path(benchmarks))
            memory[name] = max(memory.get(name, 0.0), float(table["max_rss"].max()))
    lines = [(name, len(times), sum(times), max(times), memory.get(name)) for name, times in rows.items()]
    table = pd.DataFrame(lines, columns=COLUMNS).astype({"peak_memory_mb": float})
    return table.sort_values("seconds", ascending=False, ignore_index=True)


def devices(logs) -> list[str]:
    """Devices that the jobs say they computed on."""
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in sorted(Path(logs).rglob("*.log")))
    return sorted({device for text in texts for device in DEVICE.findall(text)})


def warnings(logs, most: int = 40) -> list[tuple[str, str]]:
    """(rule, message) of the first `most` warnings in the logs, each once."""
    found = []
    for path in sorted(Path(logs).rglob("*.log")):
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [(_rule(path, Path(logs)), message) for message in WARNING.findall(text)]
    return list(dict.fromkeys(found))[:most]


def _rule(path, root):
    """`logs/<rule>/<wildcards>.log` or `logs/<rule>.log`."""
    inside = path.relative_to(root)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def _version():
    """The installed version; the package also runs from its source folder."""
    try:
        return importlib.metadata.version("mrsgap")
    except importlib.metadata.PackageNotFoundError:
        return "(from source)"
