"""Table 9: how well each network does on simulated spectra it has not seen."""

import numpy as np
import pandas as pd

from mrsgap.publish.evidence import STUDY_NETWORKS, dataset_notes, method_rows
from mrsgap.show.printed import Table, rounded, with_uncertainty

LINE = ["slope", "slope_se", "intercept", "intercept_se", "r2", "concordance"]
ERROR = ["mae", "sem", "skill", "n_items"]


def simulation_table(summary: pd.DataFrame, agreement: pd.DataFrame, settings: dict, training_set: str) -> Table:
    """Slope and its standard error, MAE and SD, R2, concordance and skill, in four parts: one per metabolite."""
    lines = agreement.set_index(["label", "metabolite"])
    numbers, text = [], []
    for metabolite in settings["overall"]:
        for row in method_rows(summary, settings, training_set, STUDY_NETWORKS):
            error = row.rows[row.rows["metabolite"] == metabolite]
            key = (row.rows["label"].iloc[0] if len(row.rows) else "", metabolite)
            values = dict.fromkeys([*LINE, *ERROR], np.nan)
            if len(error):
                values |= error.iloc[0][ERROR].to_dict()
            if key in lines.index:
                values |= lines.loc[key, LINE].to_dict()
            values["sd"] = values["sem"] * np.sqrt(values["n_items"])
            numbers.append(
                {"metabolite": metabolite, "method": row.name, "group": row.group, **values, "why_absent": row.why_absent}
            )
            text.append({"metabolite": metabolite, "method": row.name} | _shown(values, row.why_absent))
    notes = [
        *dataset_notes(summary),
        "MAE of max-normalised concentrations ± SD over spectra; slope ± SE and R² of estimate on truth.",
        "The paper leaves NAA out as one by construction; that holds only where NAA is the largest concentration.",
    ]
    columns = ["metabolite", "method", "slope ± SE", "MAE ± SD", "R²", "concordance", "skill"]
    title = f"Table 9. Errors on simulated spectra, networks trained on {training_set}"
    return Table(title, pd.DataFrame(numbers), pd.DataFrame(text, columns=columns), notes)


def _shown(values, why_absent):
    if why_absent:
        return dict.fromkeys(["slope ± SE", "MAE ± SD", "R²", "concordance", "skill"], why_absent)
    return {
        "slope ± SE": with_uncertainty(values["slope"], values["slope_se"]),
        "MAE ± SD": with_uncertainty(values["mae"], values["sd"]),
        "R²": rounded(values["r2"], 0.001),
        "concordance": rounded(values["concordance"], 0.001),
        "skill": rounded(values["skill"], 0.01),
    }
