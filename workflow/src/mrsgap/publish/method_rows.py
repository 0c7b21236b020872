"""Which methods stand in a table of errors, in which order, under which name, and why one is missing."""

from dataclasses import dataclass

import pandas as pd

from mrsgap.core.names import MEASURED
from mrsgap.show.printed import SYNTHETIC_NOTE
from mrsgap.stats.methods import ENSEMBLE, pick
from mrsgap.stats.summarise import absent_methods


@dataclass(frozen=True)
class MethodRow:
    """One row: its name, its group (study, own, ensemble, constant), and its statistics, or why there are none."""

    name: str
    group: str
    rows: pd.DataFrame
    why_absent: str = ""


def method_rows(summary: pd.DataFrame, settings: dict, training_set: str, study: list[str]) -> list[MethodRow]:
    """The study's methods `study` (its own names), our fits, the oracles, the ensembles and the constants, in this order.

    `summary` holds one data set and one normalisation; networks are taken from `training_set`. A method of the study that has
    no result keeps its row with the reason; an own method without results has none.
    """
    named = {name: settings["study_methods"][name] for name in study if name in settings["study_methods"]}
    reasons = settings.get("absent", {})
    result = [_row(summary, name, method, "study", training_set, settings, reasons) for name, method in named.items()]
    own = [_row(summary, name, method, "own", training_set, settings, {}) for name, method in settings["own_methods"].items()]
    result += [row for row in own if not row.why_absent]
    oracles = summary[summary["oracle"] & ~summary["label"].isin(_labels(result))]
    ensembles = summary[(summary["member"] == ENSEMBLE) & (summary["training_set"] == training_set)]
    ensembles = ensembles[ensembles["method"].isin(named.values())]
    constants = summary[summary["method"].str.startswith("constant")]
    for group, part in (("oracle", oracles), ("ensemble", ensembles), ("constant", constants)):
        result += [
            MethodRow(_shown(label, group, rows, named), group, rows) for label, rows in part.groupby("label", sort=False)
        ]
    return result


def dataset_notes(summary: pd.DataFrame) -> list[str]:
    """What a reader must know about the data behind a table: synthetic or not, how many spectra and series."""
    if summary.empty:
        return ["No results at this scale."]
    rows = summary[summary["n_items"] > 0]
    items = f"n = {rows['n_items'].max():.0f} spectra" if len(rows) else "no spectrum could be judged"
    series = f" in {rows['n_series'].max():.0f} series" if len(rows) and rows["n_series"].max() > 1 else ""
    marks = [SYNTHETIC_NOTE] if (summary["origin"] == "synthetic").any() else []
    simulated = ["Simulated spectra."] if (summary["origin"] == "simulated").all() else []
    return [*marks, *simulated, f"{items}{series}."]


def is_measured(summary: pd.DataFrame) -> bool:
    """Whether every row rests on measured spectra."""
    return bool(len(summary)) and bool((summary["origin"] == MEASURED).all())


def reasons_for_absence(quantities: pd.DataFrame, settings: dict) -> dict[str, str]:
    """Why each of the study's methods is missing, in words for a table cell."""
    reasons = absent_methods(quantities, settings["study_methods"])
    return {method: _explain(method, reason) for method, reason in reasons.items()}


def _explain(method, reason):
    if method.startswith("lcmodel") and reason == "not run":
        return "LCModel not available (lcmodel.executable)"
    return "not trained in this run" if reason == "not run" else reason


def _row(summary, name, method, group, training_set, settings, reasons):
    rows = pick(summary, method, training_set, settings["basis"])
    if len(rows):
        return MethodRow(name, group, rows)
    elsewhere = (summary["method"] == method).any()
    why = f"not trained on {training_set}" if elsewhere else reasons.get(method, "no result for this data set")
    return MethodRow(name, group, rows, why)


def _labels(rows):
    return {label for row in rows for label in row.rows["label"].unique()}


def _shown(label, group, rows, named):
    if group != "ensemble":
        return label
    ours = {method: name for name, method in named.items()}
    return f"{ours[rows['method'].iloc[0]]} (ensemble)"
