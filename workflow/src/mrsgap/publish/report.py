"""One self-contained page: the answer in words first, then what it rests on, and the record of the run.

The record (what ran, on what, and how long it took) is read from the logs and benchmarks of the run.
"""

import base64
import importlib.metadata
import math
import re
from pathlib import Path

import jinja2
import pandas as pd

from mrsgap.core.files import caption_file
from mrsgap.publish.evidence import STUDY_METHODS, Evidence, MethodRow
from mrsgap.quantities.table import read_table
from mrsgap.show.printed import interval, parse_table, rounded, with_uncertainty
from mrsgap.stats.differences import difference_between
from mrsgap.stats.judge import TEST_MEAN

LONG = 16  # tables with more rows are folded


def render_report(template, context: dict) -> str:
    """The page as HTML; `template` is the Jinja template's path, every value is escaped unless it is our own HTML."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(Path(template).read_text(encoding="utf-8")).render(context)


def figures_for_page(paths, captions_folder) -> list[dict]:
    """Name, caption and picture (a data URI) of every PNG; the caption is workflow/report/<name>.rst if there is one."""
    entries = []
    for path in map(Path, paths):
        picture = base64.b64encode(path.read_bytes()).decode("ascii")
        entries.append(
            {"name": path.stem, "caption": caption(path.stem, captions_folder), "picture": f"data:image/png;base64,{picture}"}
        )
    return sorted(entries, key=lambda entry: entry["name"])


def caption(name: str, folder) -> str:
    """Text of a figure's caption: its own .rst, or that of the longest name it begins with, or its name in words."""
    source = caption_file(name, folder)
    if source is None:
        return name.replace("-", " ").capitalize()
    return re.sub(r"[`*]+", "", " ".join(source.read_text(encoding="utf-8").split()))


def tables_for_page(paths) -> list[dict]:
    """Name, title, HTML and notes of every Markdown table; long ones are marked to be folded."""
    entries = []
    for path in sorted(map(Path, paths), key=lambda path: path.stem):
        parsed = parse_table(path.read_text(encoding="utf-8"))
        entries.append({"name": path.stem, "title": parsed.title or path.stem, "html": parsed.html, "notes": parsed.notes,
                        "folded": parsed.rows > LONG})  # fmt: skip
    return entries


def quality_for_page(paths) -> list[dict]:
    """Per measured set: its name, how many items are ok, flagged and failed, and the remarks on the latter two."""
    entries = []
    for path in map(Path, paths):
        table = read_table(path)
        remarks = table[table["status"] != "ok"]
        rows = list(remarks[["item", "status", "reason"]].itertuples(index=False, name=None))
        entries.append(
            {"name": path.stem.removesuffix("-qc"), "counts": table["status"].value_counts().to_dict(), "remarks": rows}
        )
    return entries


def answer_context(evidence: Evidence, settings: dict, differences: pd.DataFrame) -> dict:
    """Sentences, the overall ranking as text, what is missing, and how many spectra it rests on."""
    training_set = settings["training_sets"]["fixed"]
    rows = evidence.methods(settings, training_set, STUDY_METHODS)
    ranked = [
        {"name": row.name, "mae": with_uncertainty(row.mae, row.sem), "interval": interval(row.low, row.high, row.sem),
         "skill": rounded(row.skill, 0.01)}
        for row in ranking(rows, "Overall").itertuples()
    ]  # fmt: skip
    ours = {method: name for name, method in settings["study_methods"].items()}
    absent = [f"{ours[method]} ({reason})" for method, reason in settings.get("absent", {}).items() if method in ours]
    known = evidence.summary[evidence.summary["n_items"] > 0]
    series = f" in {known['n_series'].max():.0f} series" if len(known) and known["n_series"].max() > 1 else ""
    spectra = f"{known['n_items'].max():.0f} phantom spectra{series}" if len(known) else "no phantom spectra judged"
    order = ["Overall", "GABA", *(name for name in settings["overall"] if name != "GABA")]
    return {
        "sentences": sentences(rows, order, evidence.synthetic, differences), "ranked": ranked, "absent": absent,
        "spectra": spectra, "synthetic": evidence.synthetic, "level": f"{100 * settings['level']:g} %",
    }  # fmt: skip


def ranking(rows: list[MethodRow], metabolite: str) -> pd.DataFrame:
    """Methods by MAE on `metabolite`, best first: with interval and skill; without an error they are left out."""
    entries = []
    for row in rows:
        cell = row.of(metabolite)
        if len(cell) and math.isfinite(cell["mae"].iloc[0]):
            one = cell.iloc[0]
            ends = ("cluster_low", "cluster_high") if math.isfinite(one["cluster_low"]) else ("normal_low", "normal_high")
            entries.append({"name": row.name, "label": one["label"], "group": row.group, "mae": one["mae"], "sem": one["sem"],
                          "low": one[ends[0]], "high": one[ends[1]], "skill": one["skill"]})  # fmt: skip
    columns = ["name", "label", "group", "mae", "sem", "low", "high", "skill"]
    return pd.DataFrame(entries, columns=columns).sort_values("mae", kind="stable", ignore_index=True)


def sentences(rows: list[MethodRow], metabolites: list[str], synthetic: bool, differences: pd.DataFrame) -> list[str]:
    """One sentence per metabolite and one overall: the method with the smallest error, the next, and the constant.

    One method is called better than another only where the interval of their paired difference on the same spectra excludes 0
    (`stats.differences`).
    """
    where = "On the synthetic stand-ins (not measurements)" if synthetic else "On the measured phantoms"
    lines = []
    for metabolite in metabolites:
        ranked = ranking(rows, metabolite)
        methods = ranked[ranked["group"].isin(["study", "own"])]
        if methods.empty:
            continue
        best = methods.iloc[0]
        lead = f"{where if not lines else 'There'}, {_called(metabolite)}"
        text = f"{lead}: {best['name']} has the smallest error, MAE {_number(best)}"
        if len(methods) > 1:
            second = methods.iloc[1]
            text += f"; next {second['name']}, {_number(second)}. {_apart(differences, metabolite, best, second)}"
        constant = ranked[ranked["label"] == TEST_MEAN]
        if len(constant):
            beaten = [_is_less(differences, metabolite, label, TEST_MEAN) for label in methods["label"]]
            rest = [name for name, less in zip(methods["name"], beaten) if not less]
            text += f". Not looking at the spectrum costs {_number(constant.iloc[0])}"
            text += f"; not shown to be better than that: {', '.join(rest)}" if rest else "; every method is better"
        lines.append(text + ".")
    return lines


def _apart(differences, metabolite, best, second):
    """What the paired difference of two methods says, in words."""
    pair = difference_between(differences, metabolite, best["label"], second["label"])
    if pair is None or not math.isfinite(pair["low"]):
        return "Whether they differ is unknown: fewer than three batches of phantoms"
    sd = (pair["high"] - pair["low"]) / 4
    size = f"{rounded(pair['difference'], sd)} {interval(pair['low'], pair['high'], sd)} on the same spectra"
    size += f" ({pair['note']}: their spread is not in it)" if pair["note"] else ""
    if pair["high"] < 0:
        return f"{best['name']} is better: the difference is {size}"
    return f"They are not told apart: the difference is {size}"


def _is_less(differences, metabolite, label, other):
    pair = difference_between(differences, metabolite, label, other)
    return pair is not None and pair["high"] < 0


def _called(metabolite):
    return "all metabolites together" if metabolite == "Overall" else metabolite


def _number(row):
    return f"{with_uncertainty(row['mae'], row['sem']).split(' ')[0]} {interval(row['low'], row['high'], row['sem'])}".strip()


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
    remarks = []
    for path in sorted(Path(logs).rglob("*.log")):
        text = path.read_text(encoding="utf-8", errors="replace")
        remarks += [(_rule(path, Path(logs)), message) for message in WARNING.findall(text)]
    return list(dict.fromkeys(remarks))[:most]


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
