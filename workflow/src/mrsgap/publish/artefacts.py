"""What every run's results must satisfy, checked on the files themselves: schemas, ranges, sums, orderings."""

import numpy as np
import pandas as pd

from mrsgap.publish.reproduction import VERDICTS
from mrsgap.quantities.normalise import MAX
from mrsgap.stats.errors import OVERALL
from mrsgap.stats.judge import TEST_MEAN

MUST, SHOULD = "must", "should"  # a broken `must` stops the run; a broken `should` is told
COLUMNS = ["check", "weight", "passed", "detail"]
SLACK = 1e-9


def check_artefacts(quantities: pd.DataFrame, tables: dict[str, pd.DataFrame], overall: list[str]) -> pd.DataFrame:
    """Every check with its weight, whether it passed, and what is wrong.

    `quantities` has passed its own contract on reading. `tables`: errors, items, series, agreement, tests, verdicts.
    """
    errors, items = (tables[name][tables[name]["norm"] == MAX] for name in ("errors", "items"))
    tests, verdicts = tables["tests"], tables["verdicts"]
    checks = [
        ("an item belongs to one series", MUST, _one_series(quantities)),
        ("truth of an item is the same for every method", MUST, _one_truth(quantities)),
        ("max-normalised truths lie in [0, 1]", MUST, _outside(items["truth"], 0, 1)),
        (
            "max-normalised estimates do not exceed 1",
            MUST,
            _outside(items.loc[items["metabolite"] != OVERALL, "estimate"], -np.inf, 1),
        ),
        ("MAE lies within its own intervals", MUST, _inside_intervals(errors)),
        ("RMSE is at least MAE", MUST, _rows(errors[errors["rmse"] < errors["mae"] - SLACK])),
        ("Overall is the mean of its metabolites", MUST, _overall(errors, overall)),
        ("the test-mean constant has skill 0", MUST, _constant_skill(errors)),
        ("series errors average to the overall error", MUST, _series_average(tables["series"], errors)),
        ("p values lie in [0, 1], adjusted ones are not smaller", MUST, _p_values(tests)),
        ("every verdict is one of the fixed words", MUST, _rows(verdicts[~verdicts["verdict"].isin(VERDICTS)], "id")),
        ("R² lies in [0, 1]", MUST, _outside(tables["agreement"]["r2"], 0, 1)),
        ("every data set has a constant predictor", MUST, _constants(errors)),
        ("trained networks beat a constant on simulated spectra", SHOULD, _beaten(errors, "copy", "simulated")),
        ("fits beat a constant on the phantoms", SHOULD, _beaten(errors, "fit", "synthetic")),
        ("all methods of a data set are judged on the same spectra", SHOULD, _same_items(items)),
        ("no method fails on more than a tenth of the spectra", SHOULD, _failing(errors)),
    ]
    return pd.DataFrame([(name, weight, not fault, fault) for name, weight, fault in checks], columns=COLUMNS)


def _rows(wrong, key="label"):
    """Names of what is wrong, or nothing."""
    names = list(dict.fromkeys(wrong[key].astype(str))) if len(wrong) else []
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _one_series(quantities):
    counts = quantities.groupby(["dataset", "item"])["series"].nunique()
    return ", ".join(str(key) for key in counts[counts > 1].index[:5])


def _one_truth(quantities):
    known = quantities.dropna(subset=["truth"])
    spread = known.groupby(["dataset", "item", "metabolite"])["truth"].agg(["min", "max"])
    differs = spread[spread["max"] - spread["min"] > 1e-5 * spread["max"].abs()]
    return ", ".join(str(key) for key in differs.index[:5])


def _outside(values, low, high):
    wrong = values[(values < low - SLACK) | (values > high + SLACK)]
    return f"{len(wrong)} values, the farthest {wrong.iloc[wrong.abs().argmax()]:.6g}" if len(wrong) else ""


def _inside_intervals(errors):
    wrong = pd.Series(False, index=errors.index)
    for kind in ("normal", "cluster"):
        wrong |= (errors[f"{kind}_low"] > errors["mae"] + SLACK) | (errors[f"{kind}_high"] < errors["mae"] - SLACK)
    return _rows(errors[wrong])


def _overall(errors, overall):
    wide = errors.pivot_table(index=["label", "dataset"], columns="metabolite", values="mae")
    if OVERALL not in wide or not set(overall) <= set(wide):
        return ""
    failed = errors.groupby(["label", "dataset"])["n_items"].nunique() > 1  # another set of spectra behind each metabolite
    mean = wide[overall].mean(axis=1)
    wrong = wide[(wide[OVERALL] - mean).abs().gt(1e-6) & ~failed.reindex(wide.index)]
    return ", ".join(str(key) for key in wrong.index[:5])


def _constant_skill(errors):
    mine = errors[(errors["method"] == TEST_MEAN) & errors["skill"].notna()]
    return _rows(mine[mine["skill"].abs() > SLACK], "metabolite")


def _series_average(series, errors):
    """Experiment-level errors, weighted with their numbers of spectra, are the overall error."""
    mine = series[(series["norm"] == MAX) & (series["n_items"] > 0)]
    weighted = (
        mine.assign(total=mine["mae"] * mine["n_items"]).groupby(["label", "dataset", "metabolite"])[["total", "n_items"]].sum()
    )
    known = errors.set_index(["label", "dataset", "metabolite"])["mae"].reindex(weighted.index)
    wrong = (weighted["total"] / weighted["n_items"] - known).abs() > 1e-6
    return ", ".join(str(key) for key in wrong[wrong].index[:5])


def _p_values(tests):
    known = tests.dropna(subset=["p"])
    wrong = known[~known["p"].between(0, 1) | ~known["p_holm"].between(0, 1) | (known["p_holm"] < known["p"] - SLACK)]
    return _rows(wrong, "better")


def _constants(errors):
    judged = errors[errors["n_items"] > 0]
    return ", ".join(sorted(set(judged["dataset"]) - set(judged.loc[judged["method"] == TEST_MEAN, "dataset"])))


def _beaten(errors, member, origin):
    mine = errors[(errors["member"] == member) & (errors["origin"] == origin) & (errors["metabolite"] == OVERALL)]
    return _rows(mine[(mine["skill"] <= 0) & ~mine["method"].str.startswith("constant")])


def _same_items(items):
    """Methods whose spectra are not those of the method with the most, per data set; failed spectra count as judged."""
    judged = items.groupby(["dataset", "label"])["item"].agg(frozenset)
    whole = items.groupby("dataset")["item"].agg(frozenset)
    fewer = [f"{label} ({len(mine)} of {len(whole[dataset])} on {dataset})" for (dataset, label), mine in judged.items()
             if mine != whole[dataset]]  # fmt: skip
    return ", ".join(fewer[:5])


def _failing(errors):
    total = errors["n_items"] + errors["n_failed"]
    return _rows(errors[errors["n_failed"] > 0.1 * total])
