"""Tables 9 to 13: errors of every method, on simulated spectra (9), on those it learnt from (9b), and on the phantoms.

There: paired tests (10), errors per experiment (11) with the ranking by them (11b), and overall errors with intervals (12, 13).
"""

import numpy as np
import pandas as pd

from mrsgap.publish.evidence import STUDY_METHODS, STUDY_NETWORKS, dataset_notes, in_order, method_rows
from mrsgap.show.printed import Table, interval, p_value, rounded, with_uncertainty
from mrsgap.stats.errors import OVERALL

LINE = ["slope", "slope_se", "intercept", "intercept_se", "r2", "concordance"]
ERROR = ["mae", "sem", "skill", "n_items"]


def simulation_table(summary: pd.DataFrame, agreement: pd.DataFrame, settings: dict, training_set: str) -> Table:
    """Slope and its standard error, MAE and SD, R2, concordance and skill, in four parts: one per metabolite."""
    lines = agreement.set_index(["label", "metabolite"])
    numbers, text = [], []
    for metabolite in settings["overall"]:
        for row in method_rows(summary, settings, training_set, STUDY_NETWORKS):
            error = row.of(metabolite)
            key = (row.label, metabolite)
            values = dict.fromkeys([*LINE, *ERROR], np.nan)
            if len(error):
                values |= error.iloc[0][ERROR].to_dict()
            if key in lines.index:
                values |= lines.loc[key, LINE].to_dict()
            values["sd"] = values["sem"] * np.sqrt(values["n_items"])
            numbers.append(
                {"metabolite": metabolite, "method": row.name, "group": row.group, **values, "why_absent": row.why_absent}
            )
            text.append({"metabolite": metabolite, "method": row.name} | _shown_line(values, row.why_absent))
    notes = [
        *dataset_notes(summary),
        "MAE of max-normalised concentrations ± SD over spectra; slope ± SE and R² of estimate on truth.",
        "The paper leaves NAA out as one by construction; that holds only where NAA is the largest concentration.",
    ]
    columns = ["metabolite", "method", "slope ± SE", "MAE ± SD", "R²", "concordance", "skill"]
    title = f"Table 9. Errors on simulated spectra, networks trained on {training_set}"
    return Table(title, pd.DataFrame(numbers), pd.DataFrame(text, columns=columns), notes)


def _shown_line(values, why_absent):
    if why_absent:
        return dict.fromkeys(["slope ± SE", "MAE ± SD", "R²", "concordance", "skill"], why_absent)
    return {
        "slope ± SE": with_uncertainty(values["slope"], values["slope_se"]),
        "MAE ± SD": with_uncertainty(values["mae"], values["sd"]),
        "R²": rounded(values["r2"], 0.001),
        "concordance": rounded(values["concordance"], 0.001),
        "skill": rounded(values["skill"], 0.01),
    }


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
            "p over batches": f"{p_value(row.p_batches)} ({row.n_batches})" if row.n_batches else "–",
            "experiments won": f"{row.wins:.0f} of {row.n}" if row.n else "–",
            "mean difference": rounded(row.mean_difference, abs(row.mean_difference) / 3),
            "remark": "; ".join(dict.fromkeys(absent)) or row.note,
        }
        text.append(shown)
    columns = [
        "hypothesis", "metabolite", "training set", "p", "p (Holm)", "p over batches", "experiments won", "mean difference",
        "remark",
    ]  # fmt: skip
    notes = [
        *dataset_notes(summary),
        "One-tailed Wilcoxon signed-rank tests on experiment-level MAEs, one pair per series.",
        "p (Holm) is adjusted over all tests of this table; the paper adjusts nothing.",
        "p over batches: the same test with one pair for each batch of phantoms, of which there are so many; series that "
        "differ in their last letter are one batch, which the paper counts as independent.",
        "The paper's Table 10 is the rows LCModel-OFF < LCModel-DIFF.",
    ]
    if any(reasons.get(settings["study_methods"].get(name)) for name in ("LCModel-OFF", "LCModel-DIFF")):
        notes.append(
            "LCModel is missing here. Its rows would be of runs with the presets of lcmodel.md 1, which stand in for the "
            "study's unpublished control files; rows OFF fit < DIFF fit ask the same of this package's own fit."
        )
    return Table("Table 10. Paired tests between methods", tests, pd.DataFrame(text, columns=columns), notes)


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
                row[method.name] = here["mae"].get(method.label, np.nan)
            numbers.append(row)
    numbers = pd.DataFrame(numbers, columns=["metabolite", "series", "n", *(row.name for row in rows)])
    text = numbers.copy().astype(object)
    for row in rows:
        text[row.name] = [row.why_absent or rounded(value) for value in numbers[row.name]]
    notes = [*dataset_notes(summary), "Mean absolute error of max-normalised concentrations over the n spectra of each series."]
    return Table(f"Table 11. Experiment-level errors, networks trained on {training_set}", numbers, text, notes)


def experiment_ranking(series: pd.DataFrame, summary: pd.DataFrame, settings: dict, training_set: str) -> Table:
    """Beside Table 11: series in which each of the study's methods errs least, and the ranking by the median series error."""
    rows = [row for row in method_rows(summary, settings, training_set, STUDY_METHODS) if row.group == "study"]
    here = [row for row in rows if not row.why_absent]
    numbers = []
    for metabolite in [*settings["overall"], OVERALL]:
        wide = series[series["metabolite"] == metabolite].pivot_table(index="series", columns="label", values="mae")
        wide = wide.reindex(columns=[row.label for row in here]).dropna()
        won = wide.idxmin(axis=1).value_counts() if len(wide) else pd.Series(dtype=int)
        medians = wide.median()
        ranks = medians.rank(method="min")
        for row in here:
            numbers.append({"metabolite": metabolite, "method": row.name, "series_won": int(won.get(row.label, 0)),
                            "series": len(wide), "median_mae": medians.get(row.label, np.nan),
                            "rank": ranks.get(row.label, np.nan)})  # fmt: skip
    columns = ["metabolite", "method", "series_won", "series", "median_mae", "rank"]
    numbers = pd.DataFrame(numbers, columns=columns)
    text = pd.DataFrame({
        "metabolite": numbers["metabolite"], "method": numbers["method"],
        "series won": [f"{row.series_won} of {row.series}" for row in numbers.itertuples()],
        "median of series errors": [rounded(value) for value in numbers["median_mae"]],
        "rank by it": ["–" if np.isnan(value) else f"{value:.0f}" for value in numbers["rank"]],
    })  # fmt: skip
    absent = [f"{row.name} is left out: {row.why_absent}." for row in rows if row.why_absent]
    notes = [*dataset_notes(summary), "Among the study's methods, on the series that all of them quantify.", *absent]
    return Table(f"Table 11b. Experiments won and ranking, networks trained on {training_set}", numbers, text, notes)


def overfitting_table(errors: pd.DataFrame, settings: dict, training_set: str) -> Table:
    """Beside Table 9: each network's error on spectra it learnt from and on those that only stopped it.

    `errors` has a row per trained network: method, training_set, run, training_mae, held_out_mae (`learn.task.split_errors`).
    """
    numbers = []
    for name in STUDY_NETWORKS:
        rows = errors[
            (errors["method"] == settings["study_methods"].get(name, name)) & (errors["training_set"] == training_set)
        ]
        numbers.append({"method": name, "n": len(rows), "training_mae": rows["training_mae"].mean(),
                        "held_out_mae": rows["held_out_mae"].mean()})  # fmt: skip
    numbers = pd.DataFrame(numbers)
    numbers["excess"] = numbers["held_out_mae"] / numbers["training_mae"] - 1
    text = pd.DataFrame({
        "method": numbers["method"], "trainings": numbers["n"],
        "MAE on training spectra": [rounded(value) for value in numbers["training_mae"]],
        "MAE on held-out spectra": [rounded(value) for value in numbers["held_out_mae"]],
        "held-out above training": ["–" if np.isnan(value) else f"{100 * value:.0f} %" for value in numbers["excess"]],
    })  # fmt: skip
    notes = [
        "MAE of max-normalised concentrations, all metabolites, means over trainings; both sets of spectra are equally many.",
        "Held-out spectra chose the epoch, so that their error is a little too small.",
    ]
    return Table(f"Table 9b. Overfitting of networks trained on {training_set}", numbers, text, notes)


ERRORS = [
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
            cell = row.of(metabolite)
            numbers.append({"method": row.name, "group": row.group, "metabolite": metabolite, "training_set": training_set,
                            **(cell.iloc[0][ERRORS].to_dict() if len(cell) else dict.fromkeys(ERRORS, np.nan)),
                            "why_absent": row.why_absent})  # fmt: skip
            shown[metabolite] = _with_interval(cell) if not row.why_absent else row.why_absent
        last, gaba = row.of("Overall"), row.of("GABA")
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


def _with_interval(cell):
    if cell.empty or not np.isfinite(cell["mae"].iloc[0]):
        return "–"
    one = cell.iloc[0]
    sem = one["sem"]
    return " ".join(filter(None, [with_uncertainty(one["mae"], sem), interval(one["cluster_low"], one["cluster_high"], sem)]))
