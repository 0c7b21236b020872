"""The answer for a user's spectra: one HTML page to read, self-contained and offline, and a JSON document to keep."""

import base64
import math
from pathlib import Path

import jinja2
import numpy as np
import pandas as pd

from mrsgap.core.names import FAILED, REFUSED, UNANSWERED
from mrsgap.quality.measures import SHOWN


def page(template: str, name: str, tables: dict[str, pd.DataFrame], pictures: dict, facts: dict, missing: list[str]) -> str:
    """The page from the text of a Jinja `template`; everything from files or users is escaped.

    `tables` holds `ratios` (with intervals and flags), `quality` and `calibration`; `pictures` maps captions to PNG files;
    `facts` are shown as they are; `missing` are sentences on methods that gave no answer.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    ratios, silent = _without_silent(tables["ratios"])
    quality = tables["quality"].astype({"reason": object}).fillna({"reason": ""}).to_dict("records")
    return environment.from_string(template).render(
        name=name,
        origins=sorted(set(tables["ratios"]["origin"])),
        groups=_groups(ratios),
        quality=[row | {key: _number(row[key]) for key in SHOWN} for row in quality],
        calibration=tables["calibration"].to_dict("records"),
        pictures=[{"caption": caption, **_embedded(path)} for caption, path in pictures.items()],
        facts=facts,
        missing=[*missing, *silent],
    )


def document(table: pd.DataFrame, provenance: dict) -> dict:
    """One entry per item: source, method, metabolite, ratios with intervals and status; numbers that are not are null.

    `table` is the table of ratios with intervals; `provenance` (versions, seed, checksums) is kept as it is.
    """
    items = []
    for (series, item, origin), part in table.groupby(["series", "item", "origin"], sort=False):
        results = [
            {
                "Method": row.method, "Basis": row.basis or None, "TrainingSet": row.training_set or None,
                "Metabolite": row.metabolite, "Reference": row.reference, "Ratio": _value(row.ratio),
                "StandardDeviation": _value(row.sd), "Interval": [_value(row.low), _value(row.high)],
                "Status": row.status, "Reason": _value(row.reason),
            }
            for row in part.itertuples()
        ]  # fmt: skip
        items.append({"Series": series or None, "Item": item, "Origin": origin, "Results": results})
    return {"ProcessingApplied": {"Method": "mrsgap quantify", "Details": provenance}, "Items": items}


def advice(table: pd.DataFrame, command: str) -> list[str]:
    """Sentences that go with `table` (the table of ratios): the command that trains networks for spectra that networks refused.

    Empty where no network refused; a method that failed, for want of an edit state for instance, cannot be helped by training.
    """
    refused = table[table["status"] == REFUSED]
    if refused.empty:
        return []
    reasons = " / ".join(dict.fromkeys(refused["reason"].astype(str)))
    return [f"Networks refuse some of these spectra ({reasons}). To train networks that match field and editing: {command}"]


def _without_silent(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """`table` without the methods that answer for no item, and a sentence for each of those with its commonest reason."""
    labels = pd.Series(_labels(table), index=table.index, dtype=object)
    answers = (~table["status"].isin(UNANSWERED)).groupby(labels, sort=False).any()
    silent = [method for method, any_answer in answers.items() if not any_answer]
    by_reason: dict[str, list[str]] = {}
    for method in silent:
        commonest = table.loc[labels == method, "reason"].astype(str).value_counts().index[0]
        by_reason.setdefault(commonest, []).append(method)
    sentences = [f"No answer from {', '.join(methods)}: {reason}." for reason, methods in by_reason.items()]
    return table[~labels.isin(silent)], sentences


def _labels(table: pd.DataFrame) -> list[str]:
    """Method, and the training set where it has one."""
    sets = table["training_set"].astype(object).fillna("")
    return [f"{method} ({name})" if name else method for method, name in zip(table["method"], sets)]


def _groups(table: pd.DataFrame) -> list[dict]:
    """Per item: a row per metabolite and reference, a cell per method."""
    table = table.assign(label=_labels(table))
    methods = list(dict.fromkeys(table["label"]))
    groups = []
    for (series, item), part in table.groupby(["series", "item"], sort=False, dropna=False):
        rows = []
        for (metabolite, reference), cells in part.groupby(["metabolite", "reference"], sort=False):
            by_method = {row.label: _cell(row) for row in cells.itertuples()}
            rows.append({"name": f"{metabolite}/{reference}", "cells": [by_method.get(method) for method in methods]})
        groups.append({"series": series, "item": item, "methods": methods, "rows": rows})
    return groups


def _cell(row) -> dict:
    """What a cell says: the ratio with its interval (or standard deviation), and the reason where it is not a plain answer."""
    reason = row.reason if isinstance(row.reason, str) else ""
    if row.status in UNANSWERED or not np.isfinite(row.ratio):
        status = row.status if row.status in UNANSWERED else FAILED
        return {"value": "none", "range": "", "reason": reason or "no estimate", "status": status}
    if np.isfinite(row.low) and np.isfinite(row.high):
        interval = f"{row.low:.3f} to {row.high:.3f}"
    else:
        interval = f"± {row.sd:.3f} (one SD)" if np.isfinite(row.sd) else ""
    return {"value": f"{row.ratio:.3f}", "range": interval, "reason": reason, "status": row.status}


def _number(value) -> str:
    return f"{value:.3g}" if isinstance(value, (int, float)) and np.isfinite(value) else "–"


def _embedded(path) -> dict:
    """A PNG file as text, and the width in CSS pixels at which it has its printed size (300 dots to the inch) and a half."""
    content = Path(path).read_bytes()
    return {"data": base64.b64encode(content).decode(), "width": int(int.from_bytes(content[16:20], "big") / 300 * 96 * 1.5)}


def _value(value):
    if value is None or (isinstance(value, float) and not math.isfinite(value)) or value is pd.NA:
        return None
    return value
