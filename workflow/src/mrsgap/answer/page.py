"""One HTML page with the answer for a user's spectra: self-contained, opens offline."""

import base64
from pathlib import Path

import jinja2
import numpy as np
import pandas as pd

from mrsgap.core.names import FAILED

QUALITY = ("snr_naa", "snr_cr", "fwhm_naa_hz", "fwhm_cr_hz", "offset_ppm", "residual_water")


def page(template: str, name: str, tables: dict[str, pd.DataFrame], pictures: dict, facts: dict, missing: list[str]) -> str:
    """The page from the text of a Jinja `template`; everything from files or users is escaped.

    `tables` holds `ratios` (answer.ratios with intervals and flags), `quality` and `calibration`; `pictures` maps captions to
    PNG files; `facts` are shown as they are; `missing` are sentences on methods that gave no answer.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    ratios, silent = _without_silent(tables["ratios"])
    quality = tables["quality"].astype({"reason": object}).fillna({"reason": ""}).to_dict("records")
    return environment.from_string(template).render(
        name=name,
        origins=sorted(set(tables["ratios"]["origin"])),
        groups=_groups(ratios),
        quality=[row | {key: _number(row[key]) for key in QUALITY} for row in quality],
        calibration=tables["calibration"].to_dict("records"),
        pictures=[{"caption": caption, **_embedded(path)} for caption, path in pictures.items()],
        facts=facts,
        missing=[*missing, *silent],
    )


def _without_silent(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """`table` without the methods that answer for no item, and a sentence for each of those with its commonest reason."""
    labels = pd.Series(_labels(table), index=table.index, dtype=object)
    answers = (table["status"] != FAILED).groupby(labels, sort=False).any()
    silent = [method for method, any_answer in answers.items() if not any_answer]
    by_reason: dict[str, list[str]] = {}
    for method in silent:
        commonest = table.loc[labels == method, "reason"].astype(str).value_counts().index[0]
        by_reason.setdefault(commonest, []).append(method)
    told = [f"No answer from {', '.join(methods)}: {reason}." for reason, methods in by_reason.items()]
    return table[~labels.isin(silent)], told


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
    if row.status == FAILED or not np.isfinite(row.ratio):
        return {"value": "none", "range": "", "reason": reason or "no estimate", "status": FAILED}
    if np.isfinite(row.low) and np.isfinite(row.high):
        told = f"{row.low:.3f} to {row.high:.3f}"
    else:
        told = f"± {row.sd:.3f} (one SD)" if np.isfinite(row.sd) else ""
    return {"value": f"{row.ratio:.3f}", "range": told, "reason": reason, "status": row.status}


def _number(value) -> str:
    return f"{value:.3g}" if isinstance(value, (int, float)) and np.isfinite(value) else "–"


def _embedded(path) -> dict:
    """A PNG file as text, and the width in CSS pixels at which it has its printed size (300 dots to the inch) and a half."""
    content = Path(path).read_bytes()
    return {"data": base64.b64encode(content).decode(), "width": int(int.from_bytes(content[16:20], "big") / 300 * 96 * 1.5)}
