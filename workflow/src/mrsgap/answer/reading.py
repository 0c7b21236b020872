"""What a reader sees of a table of ratios with verdicts: first lines, every method in one table, footnotes, the group.

Plain lists and words for the template; nothing here knows HTML.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mrsgap.answer.verdict import DO_NOT, answered, in_reading_order, stand_ins

FEWEST = 5  # spectra of a group that can have outliers
BEYOND = 3.0  # robust standard deviations (1.4826 MAD) from the median


class Footnotes:
    """Remarks in the order in which they are first made; each has one number however often it is made."""

    def __init__(self):
        self.texts: list[str] = []

    def numbers(self, remarks: str) -> list[int]:
        """Numbers, from 1, of the single remarks of a reason (`a; b`)."""
        found = []
        for text in filter(None, (part.strip() for part in remarks.split(";"))):
            if text not in self.texts:
                self.texts.append(text)
            found.append(self.texts.index(text) + 1)
        return found


def labels(table: pd.DataFrame) -> pd.Series:
    """Method, and the training set where it has one."""
    sets = table["training_set"].astype(object).fillna("").astype(str)
    names = [f"{method} ({name})" if name else method for method, name in zip(table["method"], sets)]
    return pd.Series(names, index=table.index, dtype=object)


def spectra(table: pd.DataFrame, order: Sequence[str], references: Sequence[str]) -> list[dict]:
    """Per spectrum its lines by the method to go by: name, value, interval, verdict, because, method and why it stands in.

    One line per metabolite relative to the first of `references` that it is given to, GABA as `lead` where there is any (the
    order of `verdict.FIRST`); `more` holds the other references. A spectrum of which no named method knows anything has one
    line that says so.
    """
    chosen, why = table[table["recommended"]], stand_ins(table, order)
    parts = []
    for (series, item), part in table.groupby(["series", "item"], sort=False, dropna=False):
        own = chosen.loc[chosen.index.isin(part.index)].copy()
        own["reading"] = own["metabolite"].map({name: place for place, name in enumerate(in_reading_order(own["metabolite"]))})
        own["below"] = own["reference"].map({name: place for place, name in enumerate(references)})
        own = own.sort_values(["reading", "below"], kind="stable")
        again = own["metabolite"].duplicated()  # relative to a further reference
        lines, more = ([_line(row, why) for row in rows.itertuples()] for rows in (own[~again], own[again]))
        nothing = {"name": "no ratio", "value": "no answer", "interval": "", "verdict": DO_NOT, "method": "", "stands_in": "",
                   "because": f"none of {', '.join(order)} was run", "number": ""}  # fmt: skip
        lines = lines or [nothing]
        parts.append(
            {"series": "" if pd.isna(series) else series, "item": item, "lead": lines[0], "lines": lines[1:], "more": more}
        )
    return parts


def other_methods(table: pd.DataFrame, footnotes: Footnotes) -> dict:
    """Every method that answers for anything: `methods`, and a row per spectrum and ratio with a cell per method."""
    table = table.assign(label=labels(table))
    said = answered(table)
    methods = list(dict.fromkeys(table.loc[said, "label"]))
    rows = []
    for (series, item, metabolite, reference), part in table.groupby(
        ["series", "item", "metabolite", "reference"], sort=False, dropna=False
    ):
        cells = {row.label: _cell(row, footnotes) for row in part.itertuples() if row.label in methods}
        rows.append({"series": series, "item": item, "name": f"{metabolite}/{reference}",
                     "cells": [cells.get(method) for method in methods]})  # fmt: skip
    return {"methods": methods, "rows": rows}


def without_silent(table: pd.DataFrame) -> list[str]:
    """A sentence for the methods that answer for no item at all, with their commonest reason."""
    names = labels(table)
    answers = answered(table).groupby(names, sort=False).any()
    by_reason: dict[str, list[str]] = {}
    for method in answers.index[~answers]:
        commonest = table.loc[names == method, "reason"].astype(str).value_counts().index[0]
        by_reason.setdefault(commonest, []).append(method)
    return [f"No answer from {', '.join(methods)}: {reason}." for reason, methods in by_reason.items()]


def group_summary(table: pd.DataFrame) -> list[dict]:
    """Mean, standard deviation, coefficient of variation and outliers of each ratio over the spectra that may be used.

    An outlier lies more than `BEYOND` robust standard deviations (1.4826 MAD: Rousseeuw and Croux, J. Am. Stat. Assoc. 88
    (1993) 1273) from the median of at least `FEWEST` spectra. Empty where there is one spectrum.
    """
    usable = table[table["recommended"] & (table["verdict"] != DO_NOT)]
    rows = []
    for metabolite in in_reading_order(usable["metabolite"]):
        for reference, part in usable[usable["metabolite"] == metabolite].groupby("reference", sort=False):
            values = part["ratio"].to_numpy(float)
            if len(values) < 2:
                continue
            mean, sd, middle = values.mean(), values.std(ddof=1), np.median(values)
            spread = 1.4826 * np.median(np.abs(values - middle))
            apart = (
                np.abs(values - middle) > BEYOND * spread
                if len(values) >= FEWEST and spread > 0
                else np.zeros(len(values), bool)
            )
            rows.append({
                "name": f"{metabolite}/{reference}", "n": len(values), "mean": f"{mean:.3f}", "sd": f"{sd:.3f}",
                "cv": f"{100 * sd / mean:.0f} %" if mean > 0 else "–",
                "outliers": ", ".join(map(str, part["item"].to_numpy()[apart])),
            })  # fmt: skip
    return rows


def recommendation(table: pd.DataFrame, calibration: pd.DataFrame, order: Sequence[str]) -> str:
    """Why the first of `order` is gone by, in measured terms: coverage on held-out spectra and width beside the others."""
    method = order[0]
    checked = calibration[(calibration["method"] == method) & (calibration["n_check"] > 0)]
    if checked.empty:
        return f"{method} is the method that the config recommends; its intervals were not checked on held-out spectra."
    lead = next(name for name in in_reading_order(checked["metabolite"]))
    row = checked[checked["metabolite"] == lead].iloc[0]
    text = (f"{method} is gone by: of {row.n_check:.0f} held-out simulated spectra its interval of {lead}/{row.reference} "
            f"held the truth in {100 * row.covered:.0f} % (wanted {100 * row.wanted:.0f} %)")  # fmt: skip
    same = table[answered(table) & (table["metabolite"] == lead) & (table["reference"] == row.reference)]
    widths = (same["high"] - same["low"]).groupby(labels(same)).median().dropna().sort_values()
    if method in widths.index and len(widths) > 1:
        place = list(widths.index).index(method) + 1
        ordinal = "narrowest" if place == 1 else f"number {place} from the narrowest"
        text += (
            f"; its intervals here are the {ordinal} of {len(widths)} calibrated methods (median width {widths[method]:.3f})"
        )
    return f"{text}."


def _line(row, why: dict) -> dict:
    place = (row.series, row.item, row.metabolite, row.reference)
    value, interval = _numbers(row)
    return {"name": f"{row.metabolite}/{row.reference}", "value": value, "interval": interval, "verdict": row.verdict,
            "because": row.because, "method": row.method, "stands_in": why.get(place, ""),
            "number": f"{row.ratio:.6g}" if np.isfinite(row.ratio) else ""}  # fmt: skip


def _cell(row, footnotes: Footnotes) -> dict:
    value, interval = _numbers(row)
    return {"value": value, "interval": interval, "verdict": row.verdict, "notes": footnotes.numbers(row.because)}


def _numbers(row) -> tuple[str, str]:
    """The number and its interval (or standard deviation) in words."""
    if row.verdict == DO_NOT and not np.isfinite(row.ratio):
        return "no answer", ""
    if np.isfinite(row.low) and np.isfinite(row.high):
        return f"{row.ratio:.3f}", f"{row.low:.3f} to {row.high:.3f}"
    return f"{row.ratio:.3f}", f"± {row.sd:.3f} one SD" if np.isfinite(row.sd) else ""
