"""Tables 12 and 13: overall errors with their intervals, networks trained with one linewidth or with many."""

import numpy as np
import pandas as pd

from mrsgap.publish.evidence import STUDY_METHODS, dataset_notes, method_rows
from mrsgap.show.printed import Table, interval, rounded, with_uncertainty

NUMBERS = [
    "mae", "sem", "normal_low", "normal_high", "cluster_low", "cluster_high", "copies_sd", "n_items", "n_failed", "n_series",
    "n_zero_truth", "mae_zero_truth", "mae_nonzero_truth", "bias", "precision_sd", "rmse", "rmse_over_crlb",
    "rmse_over_fit_crlb", "skill",
]  # fmt: skip  # fmt: skip


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
        "MAE of max-normalised concentrations ± SEM over spectra [interval from a bootstrap over batches of phantoms].",
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
