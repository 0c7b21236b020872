"""The answer as a JSON document in the words of NIfTI-MRS: derived values beside the file they were derived from."""

import math

import pandas as pd


def document(table: pd.DataFrame, provenance: dict) -> dict:
    """One entry per item: source, method, metabolite, ratios with intervals and status; numbers that are not are null.

    `table` is answer.ratios with intervals; `provenance` (versions, seed, checksums) is kept as it is.
    """
    items = []
    for (series, item, origin), part in table.groupby(["series", "item", "origin"], sort=False):
        results = [
            {
                "Method": row.method, "Basis": _value(row.basis), "TrainingSet": _value(row.training_set),
                "Metabolite": row.metabolite, "Reference": row.reference, "Ratio": _value(row.ratio),
                "StandardDeviation": _value(row.sd), "Interval": [_value(row.low), _value(row.high)],
                "Status": row.status, "Reason": _value(row.reason),
            }
            for row in part.itertuples()
        ]  # fmt: skip
        items.append({"Series": _value(series), "Item": str(item), "Origin": origin, "Results": results})
    return {"ProcessingApplied": {"Method": "mrsgap quantify", "Details": provenance}, "Items": items}


def _value(value):
    if value is None or (isinstance(value, float) and not math.isfinite(value)) or value is pd.NA:
        return None
    return value
