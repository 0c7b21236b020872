"""Tables 11 to 13: errors per experiment, and overall with their intervals."""

import numpy as np
import pandas as pd

from mrsgap.publish.method_rows import dataset_notes, method_rows
from mrsgap.show.printed import Table, interval, rounded, with_uncertainty

STUDY_METHODS = ["YAE", "CNN", "FCNN", "LCModel-OFF"]
NUMBERS = [
    "mae", "sem", "normal_low", "normal_high", "cluster_low", "cluster_high", "copies_sd", "n_items", "n_failed", "n_series",
    "n_zero_truth", "mae_zero_truth", "mae_nonzero_truth", "bias", "precision_sd", "rmse", "rmse_over_crlb",
    "rmse_over_fit_crlb", "skill",
]  # fmt: skip


def overall_table(summary: pd.DataFrame, settings: dict, training_set: str, number: int, role: str) -> Table:
    """Table 12 or 13: MAE of max-normalised concentrations per method and metabolite, networks trained on `training_set`."""
    metabolites = [*settings["overall"], "Overall"]
    numbers, text = [], []
    for row in method_rows(summary, settings, training_set, STUDY_METHODS):
        shown = {"method": row.name}
        for metabolite in metabolites:
            cell = row.rows[row.rows["metabolite"] == metabolite]
            numbers.append({"method": row.name, "group": row.group, "metabolite": metabolite, "training_set": training_set,
                            **(cell.iloc[0][NUMBERS].to_dict() if len(cell) else dict.fromkeys(NUMBERS, np.nan)),
                            "why_absent": row.why_absent})  # fmt: skip
            shown[metabolite] = _cell(cell) if not row.why_absent else row.why_absent
        last = row.rows[row.rows["metabolite"] == "Overall"]
        gaba = row.rows[row.rows["metabolite"] == "GABA"]
        shown["skill GABA"], shown["skill"] = (
            rounded(part["skill"].iloc[0], 0.01) if len(part) else "–" for part in (gaba, last)
        )
        text.append(shown)
    columns = ["method", *metabolites, "skill GABA", "skill"]
    notes = [
        *dataset_notes(summary),
        "MAE of max-normalised concentrations ± SEM over spectra [interval from a bootstrap over whole series].",
        "skill = 1 − MAE / MAE(constant), the constant being the mean composition of these very spectra: 0 or less is no "
        "better than not looking at the spectrum.",
        "Networks: mean error of single trained copies; (ensemble): the error of their mean answer. Zero truths count.",
    ]
    title = f"Table {number}. Overall errors, networks trained on the {role} linewidth set ({training_set})"
    return Table(title, pd.DataFrame(numbers), pd.DataFrame(text, columns=columns), notes)


def _cell(cell):
    if cell.empty or not np.isfinite(cell["mae"].iloc[0]):
        return "–"
    one = cell.iloc[0]
    sem = one["sem"]
    return " ".join(filter(None, [with_uncertainty(one["mae"], sem), interval(one["cluster_low"], one["cluster_high"], sem)]))


def experiment_table(series: pd.DataFrame, summary: pd.DataFrame, settings: dict, training_set: str) -> Table:
    """Table 11: experiment-level MAE per series, metabolite and method."""
    rows = method_rows(summary, settings, training_set, STUDY_METHODS)
    numbers = []
    for metabolite in settings["overall"]:
        for name in in_order(series["series"].unique()):
            row = {"metabolite": metabolite, "series": name}
            here = series[(series["series"] == name) & (series["metabolite"] == metabolite)].set_index("label")
            row["n"] = here["n_items"].max() if len(here) else 0
            for method in rows:
                label = method.rows["label"].iloc[0] if len(method.rows) else ""
                row[method.name] = here["mae"].get(label, np.nan)
            numbers.append(row)
    numbers = pd.DataFrame(numbers, columns=["metabolite", "series", "n", *(row.name for row in rows)])
    text = numbers.copy().astype(object)
    for row in rows:
        text[row.name] = [row.why_absent or rounded(value) for value in numbers[row.name]]
    notes = [*dataset_notes(summary), "Mean absolute error of max-normalised concentrations over the n spectra of each series."]
    return Table(f"Table 11. Experiment-level errors, networks trained on {training_set}", numbers, text, notes)


def in_order(names):
    """E1, E2, E4a, E10 in this order."""
    return sorted(names, key=lambda name: ("".join(c for c in name if not c.isdigit())[:1], _number(name), name))


def _number(name):
    digits = "".join(letter for letter in name if letter.isdigit())
    return int(digits) if digits else 0
