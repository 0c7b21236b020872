"""Every agreement statistic of every method, and the study's paired tests, as tables."""

import numpy as np
import pandas as pd

from mrsgap.stats.agreement import bland_altman, concordance, regression
from mrsgap.stats.compare import holm, paired_test
from mrsgap.stats.distance import compare_errors
from mrsgap.stats.errors import SUMMARY_KEYS
from mrsgap.stats.methods import COPY, pick

MEANS = ("slope", "slope_se", "intercept", "intercept_se", "r2", "concordance", "bias", "bias_low", "bias_high", "lower",
         "lower_low", "lower_high", "upper", "upper_low", "upper_high", "sd")  # fmt: skip


def agreement_table(judged: pd.DataFrame, level: float) -> pd.DataFrame:
    """Regression, Bland-Altman and concordance per method, data set and metabolite.

    For a network each trained copy is judged by itself and the statistics are averaged over copies (`slope_copies_sd` is their
    spread, `p` the largest), so that copies of one spectrum never pass for independent spectra. `r2_slope` is slope x R2, the
    concise score of Rizzo et al. (Magn Reson Med 2023;89:1707).
    """
    rows = []
    for keys, part in judged.groupby(SUMMARY_KEYS, sort=False):
        copies = [_agreement(copy, level) for _, copy in part.groupby(["fold", "seed"], sort=False)]
        row = {name: float(np.mean([copy[name] for copy in copies])) for name in MEANS}
        row |= {"p": max(copy["p"] for copy in copies), "n_items": sum(copy["n"] for copy in copies) // len(copies)}
        row |= {"n_copies": len(copies), "note": "; ".join(sorted({note for copy in copies for note in copy["notes"]}))}
        row["slope_copies_sd"] = float(np.std([copy["slope"] for copy in copies], ddof=1)) if len(copies) > 1 else np.nan
        rows.append(dict(zip(SUMMARY_KEYS, keys)) | row | {"r2_slope": row["r2"] * row["slope"]})
    return pd.DataFrame(
        rows, columns=[*SUMMARY_KEYS, *MEANS, "p", "n_items", "n_copies", "note", "slope_copies_sd", "r2_slope"]
    )


def _agreement(rows, level):
    truth, estimate = rows["truth"].to_numpy(), rows["estimate"].to_numpy()
    lines, limits, lin = regression(truth, estimate), bland_altman(truth, estimate, level), concordance(truth, estimate)
    return lines | limits | lin | {"notes": {lines["note"], limits["note"], lin["note"]} - {""}, "n": lines["n"]}


TEST_COLUMNS = ["dataset", "metabolite", "better", "worse", "training_set", "p", "p_holm", "win_proportion", "wins", "n",
                "mean_difference", "note"]  # fmt: skip


def study_tests(
    series: pd.DataFrame, dataset: str, comparisons: list[dict], training_sets: list[str], basis: str
) -> pd.DataFrame:
    """One-tailed paired tests of the configured pairs on the experiment-level MAEs of `series` (`errors.series_errors`).

    Each comparison names `better`, a list `worse` and the `metabolites`; networks are compared within each training set. The
    Holm adjustment is over all tests of the table. A pair that lacks a method keeps its row, with the reason in `note`.
    """
    mine = series[series["dataset"] == dataset]
    rows = []
    for comparison in comparisons:
        for worse in comparison["worse"]:
            for training_set in _training_sets(mine, (comparison["better"], worse), training_sets):
                for metabolite in comparison["metabolites"]:
                    named = {"dataset": dataset, "metabolite": metabolite, "better": comparison["better"], "worse": worse}
                    rows.append(named | {"training_set": training_set} | _test(mine, named, training_set, basis))
    table = pd.DataFrame(rows, columns=[name for name in TEST_COLUMNS if name != "p_holm"])
    return table.assign(p_holm=holm(table["p"]))[TEST_COLUMNS]


def _training_sets(table, methods, training_sets):
    """Training sets in which a pair can be compared: none for two fits."""
    known = table[table["method"].isin(methods) & (table["member"] == COPY)]["training_set"].unique()
    return [name for name in training_sets if name in known] or [""]


def _test(table, named, training_set, basis):
    errors = {}
    for role in ("better", "worse"):
        rows = pick(table[table["metabolite"] == named["metabolite"]], named[role], training_set, basis)
        if rows.empty:
            empty = {"p": np.nan, "win_proportion": np.nan, "wins": np.nan, "n": 0, "mean_difference": np.nan}
            return empty | {"note": f"no results of {named[role]}"}
        errors[role] = rows.set_index("series")["mae"]
    both = pd.concat(errors, axis=1).dropna()
    return paired_test(both["better"], both["worse"])


DISTANCE_COLUMNS = ["method", "dataset", "series", "metabolite", "reference", "other", "distance", "mae_change", "notable", "n"]


def training_set_distances(items: pd.DataFrame, dataset: str, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """Per network, series and metabolite: how the errors move from training set `reference` to `other`."""
    networks = items[(items["dataset"] == dataset) & (items["member"] == COPY)]
    rows = []
    for reference, other in pairs:
        pair = networks[networks["training_set"].isin([reference, other])]
        for (method, series, metabolite), part in pair.groupby(["method", "series", "metabolite"], sort=False):
            wide = part.pivot_table(index="item", columns="training_set", values="abs_error")
            if {reference, other} <= set(wide.columns):
                row = {"method": method, "dataset": dataset, "series": series, "metabolite": metabolite}
                rows.append(row | {"reference": reference, "other": other} | compare_errors(wide[reference], wide[other]))
    return pd.DataFrame(rows, columns=DISTANCE_COLUMNS)


def absent_methods(quantities: pd.DataFrame, methods: dict[str, str]) -> dict[str, str]:
    """Why a method of the study is missing, by its name in the config: its commonest failure, or that nothing ran."""
    reasons = {}
    for method in methods.values():
        mine = quantities[quantities["method"] == method]
        if mine.empty:
            reasons[method] = "not run"
        elif not np.isfinite(mine["estimate"]).any():
            reasons[method] = str(mine["reason"].mode().iloc[0])
    return reasons
