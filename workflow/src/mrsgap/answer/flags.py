"""Remarks on spectra that lie outside what a method was trained on, joined to its answers."""

import pandas as pd

from mrsgap.core.names import FLAGGED, OK


def with_flags(table: pd.DataFrame, ranges: pd.DataFrame) -> pd.DataFrame:
    """`table` of ratios in which an item outside a method's training range is flagged, with the reason in words.

    `ranges` has a row per (method, training_set, series, item) with `reason`, empty for an item inside. A failed answer stays
    failed.
    """
    keys = ["method", "training_set", "series", "item"]
    remarks = ranges[ranges["reason"].astype(object).fillna("") != ""]
    told = dict(zip(_tuples(remarks[keys]), "outside training range: " + remarks["reason"].astype(str)))
    remark = pd.Series([told.get(key, "") for key in _tuples(table[keys])], index=table.index, dtype=object)
    own = table["reason"].astype(object).fillna("")
    reason = ["; ".join(filter(None, pair)) for pair in zip(own, remark)]
    status = table["status"].where((remark == "") | (table["status"] != OK), FLAGGED)
    return table.assign(status=status, reason=reason)


def _tuples(columns: pd.DataFrame) -> list[tuple]:
    return list(map(tuple, columns.astype(str).to_numpy()))
