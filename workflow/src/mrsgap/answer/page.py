"""The answer for a user's spectra: one HTML page to read, self-contained and offline, and a JSON document to keep."""

import base64
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
import pandas as pd
from markupsafe import Markup

from mrsgap.answer.lights import lights
from mrsgap.answer.reading import Footnotes, group_summary, other_methods, recommendation, spectra, without_silent
from mrsgap.core.names import REFUSED


def page(
    template: str, name: str, tables: dict[str, pd.DataFrame], pictures: dict, fits: dict, facts: dict, missing: list[str],
    *, order: Sequence[str], limits: Mapping,
) -> str:  # fmt: skip
    """The page from the text of a Jinja `template`; everything from files or users is escaped.

    `tables` holds `ratios` (with verdicts), `quality` and `calibration`; `pictures` maps captions to PNG files, `fits` items
    to SVG texts (fit_pictures.pictures); `facts` are shown as they are; `missing` are sentences on methods that gave no answer.
    `order` names the methods to go by, `limits` is the config section `quality`.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    ratios, footnotes = tables["ratios"], Footnotes()
    quality = tables["quality"].astype({"reason": object}).fillna({"reason": ""}).to_dict("records")
    seen = {(str(row["series"]), str(row["item"])): {"lights": lights(row, limits), "remark": row["reason"]} for row in quality}
    others = other_methods(ratios, footnotes)
    parts = spectra(ratios, order, list(dict.fromkeys(ratios["reference"])))
    for part in parts:
        part["quality"] = seen.pop((str(part["series"]), str(part["item"])), {"lights": [], "remark": ""})
        part["figures"] = [Markup(text) for text in fits.get(str(part["item"]), [])]  # written by fit_pictures, names escaped
    return environment.from_string(template).render(
        name=name,
        origins=sorted(set(ratios["origin"])),
        spectra=parts,
        unread=[{"series": key[0], "item": key[1], "remark": value["remark"]} for key, value in seen.items()],
        others=others,
        footnotes=footnotes.texts,
        group=group_summary(ratios),
        recommendation=recommendation(ratios, tables["calibration"], order),
        order=list(order),
        calibration=tables["calibration"].to_dict("records"),
        pictures=[{"caption": caption, **_embedded(path)} for caption, path in pictures.items()],
        facts=facts,
        missing=[*missing, *without_silent(ratios)],
    )


def document(table: pd.DataFrame, provenance: dict) -> dict:
    """One entry per item: source, method, metabolite, ratios with intervals and status; numbers that are not are null.

    `table` is the table of ratios with verdicts; `provenance` (versions, seed, checksums) is kept as it is.
    """
    items = []
    for (series, item, origin), part in table.groupby(["series", "item", "origin"], sort=False):
        results = [
            {
                "Method": row.method, "Basis": row.basis or None, "TrainingSet": row.training_set or None,
                "Metabolite": row.metabolite, "Reference": row.reference, "Ratio": _value(row.ratio),
                "StandardDeviation": _value(row.sd), "Interval": [_value(row.low), _value(row.high)],
                "Status": row.status, "Reason": _value(row.reason), "Verdict": row.verdict, "Because": row.because or None,
                "Recommended": bool(row.recommended),
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


def _embedded(path) -> dict:
    """A PNG file as text, and the width in CSS pixels at which it has its printed size (300 dots to the inch) and a half."""
    content = Path(path).read_bytes()
    return {"data": base64.b64encode(content).decode(), "width": int(int.from_bytes(content[16:20], "big") / 300 * 96 * 1.5)}


def _value(value):
    if value is None or (isinstance(value, float) and not math.isfinite(value)) or value is pd.NA:
        return None
    return value
