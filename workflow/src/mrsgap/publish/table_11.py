"""Table 11: errors per experiment."""

import numpy as np
import pandas as pd

from mrsgap.publish.evidence import STUDY_METHODS, dataset_notes, in_order, method_rows
from mrsgap.show.printed import Table, rounded


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
