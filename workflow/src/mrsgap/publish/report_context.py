"""What the report's template needs beside figures and tables: the answer, and the record of the run."""

import importlib.metadata

from mrsgap.publish.answer import ranking, sentences
from mrsgap.publish.error_tables import STUDY_METHODS
from mrsgap.publish.evidence import Evidence
from mrsgap.publish.run_record import devices, time_per_rule, warnings
from mrsgap.show.printed import interval, rounded, with_uncertainty


def answer_context(evidence: Evidence, settings: dict) -> dict:
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
        "sentences": sentences(rows, order, evidence.synthetic), "ranked": ranked, "absent": absent, "spectra": spectra,
        "synthetic": evidence.synthetic, "level": f"{100 * settings['level']:g} %",
    }  # fmt: skip


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


def _version():
    """The installed version; the package also runs from its source folder."""
    try:
        return importlib.metadata.version("mrsgap")
    except importlib.metadata.PackageNotFoundError:
        return "(from source)"
