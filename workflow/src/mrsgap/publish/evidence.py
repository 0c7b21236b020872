"""The statistics of a run, cut to one data set, and the rows of methods that every figure and table of errors shows.

Which methods stand in a table, in which order, under which name, and why one is missing is settled here and nowhere else.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mrsgap.core.names import SYNTHETIC
from mrsgap.quantities.table import ENSEMBLE, pick, read_table
from mrsgap.show.printed import SYNTHETIC_NOTE

STUDY_METHODS = ["YAE", "CNN", "FCNN", "LCModel-OFF"]
STUDY_NETWORKS = ["EncDec", "FCNN", "CNN", "YAE", "QMRS", "QNetBasis", "QNet-default"]


@dataclass(frozen=True)
class MethodRow:
    """One row: its name, its group (study, own, ensemble, constant), and its statistics, or why there are none."""

    name: str
    group: str
    rows: pd.DataFrame
    why_absent: str = ""

    @property
    def label(self) -> str:
        """The method's label in every table of statistics; empty without results."""
        return self.rows["label"].iloc[0] if len(self.rows) else ""

    def of(self, metabolite: str) -> pd.DataFrame:
        """The one row of statistics on a metabolite, or none."""
        return self.rows[self.rows["metabolite"] == metabolite]


@dataclass(frozen=True)
class Evidence:
    """Summary, errors per spectrum and agreement lines of one data set in one normalisation; any of them may be empty."""

    summary: pd.DataFrame
    items: pd.DataFrame
    agreement: pd.DataFrame

    @property
    def synthetic(self) -> bool:
        """Whether the spectra are stand-ins for measurements."""
        return bool((self.summary["origin"] == SYNTHETIC).any())

    def methods(self, settings: dict, training_set: str, study: list[str]) -> list[MethodRow]:
        """The methods that have results, in the order of the tables."""
        return [row for row in method_rows(self.summary, settings, training_set, study) if not row.why_absent]


def read_evidence(errors, items, agreement, dataset: str, norm: str = "max") -> Evidence:
    """Read the three tables (any path may be None) and keep one data set."""
    tables = [read_table(path) if path else None for path in (errors, items, agreement)]
    return Evidence(
        *(table if table is None else table[(table["dataset"] == dataset) & (table["norm"] == norm)] for table in tables)
    )


def constant_mae(summary: pd.DataFrame, metabolite: str) -> float:
    """MAE of the constant predictor that a table's skill refers to; NaN without one."""
    values = summary.loc[summary["metabolite"] == metabolite, "mae_constant"]
    return float(values.iloc[0]) if len(values) else float("nan")


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


def reasons_for_absence(quantities: pd.DataFrame, settings: dict) -> dict[str, str]:
    """Why each of the study's methods is missing, in words for a table cell."""
    reasons = _absent_methods(quantities, settings["study_methods"])
    return {method: _explain(method, reason) for method, reason in reasons.items()}


def _absent_methods(quantities: pd.DataFrame, methods: dict[str, str]) -> dict[str, str]:
    """Why a method of the study is missing, by its name in the config: its commonest failure, or that nothing ran."""
    reasons = {}
    for method in methods.values():
        mine = quantities[quantities["method"] == method]
        if mine.empty:
            reasons[method] = "not run"
        elif not np.isfinite(mine["estimate"]).any():
            reasons[method] = str(mine["reason"].mode().iloc[0])
    return reasons


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


def in_order(names):
    """E1, E2, E4a, E10 in this order."""
    return sorted(names, key=lambda name: ("".join(c for c in name if not c.isdigit())[:1], _digits(name), name))


def _digits(name):
    digits = "".join(letter for letter in name if letter.isdigit())
    return int(digits) if digits else 0
