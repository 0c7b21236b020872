"""Table 10: is edit-off better than the difference spectrum, and the other paired tests."""

import pandas as pd

from mrsgap.publish.evidence import dataset_notes
from mrsgap.show.printed import Table, p_value, rounded


def paired_tests_table(tests: pd.DataFrame, summary: pd.DataFrame, settings: dict, reasons: dict[str, str]) -> Table:
    """Every configured test: hypothesis, raw and Holm-adjusted p, experiments won, mean difference of experiment-level MAE."""
    names = {method: name for name, method in (settings["study_methods"] | settings["own_methods"]).items()}
    text = []
    for row in tests.itertuples():
        absent = [reasons[method] for method in (row.better, row.worse) if method in reasons]
        shown = {
            "hypothesis": f"{names.get(row.better, row.better)} < {names.get(row.worse, row.worse)}",
            "metabolite": row.metabolite,
            "training set": row.training_set or "–",
            "p": p_value(row.p),
            "p (Holm)": p_value(row.p_holm),
            "experiments won": f"{row.wins:.0f} of {row.n}" if row.n else "–",
            "mean difference": rounded(row.mean_difference, abs(row.mean_difference) / 3),
            "remark": "; ".join(dict.fromkeys(absent)) or row.note,
        }
        text.append(shown)
    columns = ["hypothesis", "metabolite", "training set", "p", "p (Holm)", "experiments won", "mean difference", "remark"]
    notes = [
        *dataset_notes(summary),
        "One-tailed Wilcoxon signed-rank tests on experiment-level MAEs, one pair per series.",
        "p (Holm) is adjusted over all tests of this table; the paper adjusts nothing.",
        "The paper's Table 10 is the rows LCModel-OFF < LCModel-DIFF.",
    ]
    return Table("Table 10. Paired tests between methods", tests, pd.DataFrame(text, columns=columns), notes)
