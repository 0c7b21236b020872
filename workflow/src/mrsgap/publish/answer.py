"""The answer in words: which method is how far from the truth, and whether that is better than not looking."""

import math

import pandas as pd

from mrsgap.publish.method_rows import MethodRow
from mrsgap.show.printed import interval, with_uncertainty


def ranking(rows: list[MethodRow], metabolite: str) -> pd.DataFrame:
    """Methods by MAE on `metabolite`, best first: with interval and skill; without an error they are left out."""
    found = []
    for row in rows:
        cell = row.rows[row.rows["metabolite"] == metabolite]
        if len(cell) and math.isfinite(cell["mae"].iloc[0]):
            one = cell.iloc[0]
            ends = ("cluster_low", "cluster_high") if math.isfinite(one["cluster_low"]) else ("normal_low", "normal_high")
            found.append({"name": row.name, "group": row.group, "mae": one["mae"], "sem": one["sem"], "low": one[ends[0]],
                          "high": one[ends[1]], "skill": one["skill"]})  # fmt: skip
    columns = ["name", "group", "mae", "sem", "low", "high", "skill"]
    return pd.DataFrame(found, columns=columns).sort_values("mae", kind="stable", ignore_index=True)


def sentences(rows: list[MethodRow], metabolites: list[str], synthetic: bool) -> list[str]:
    """One sentence per metabolite and one overall; each names the best method, its interval, the runner-up and the constant."""
    where = "On the synthetic stand-ins (not measurements)" if synthetic else "On the measured phantoms"
    told = []
    for metabolite in metabolites:
        ranked = ranking(rows, metabolite)
        methods = ranked[ranked["group"].isin(["study", "own"])]
        if methods.empty:
            continue
        best = methods.iloc[0]
        lead = f"{where if not told else 'There'}, {_name(metabolite)}"
        text = f"{lead}: {best['name']} is closest to the truth, MAE {_number(best)}"
        if len(methods) > 1:
            second = methods.iloc[1]
            apart = "its interval lies above" if second["low"] > best["high"] else "the intervals overlap"
            text += f"; next {second['name']}, {_number(second)} ({apart})"
        constant = ranked[ranked["name"] == "constant (test mean)"]
        if len(constant):
            worse = methods.loc[methods["skill"] <= 0, "name"]
            text += f". Not looking at the spectrum costs {_number(constant.iloc[0])}"
            text += f"; no better than that: {', '.join(worse)}" if len(worse) else "; every method beats it"
        told.append(text + ".")
    return told


def _name(metabolite):
    return "all metabolites together" if metabolite == "Overall" else metabolite


def _number(row):
    return f"{with_uncertainty(row['mae'], row['sem']).split(' ')[0]} {interval(row['low'], row['high'], row['sem'])}".strip()
