"""Remarks on spectra that lie outside what a method was trained on, joined to its answers."""

import pandas as pd

from mrsgap.core.names import FLAGGED, OK


def with_flags(table: pd.DataFrame, ranges: pd.DataFrame) -> pd.DataFrame:
    """`table` of ratios in which an item outside a method's training range is flagged, with the reason in words.

    `ranges` has a row per (method, training set, series, item) with `reason`, empty for an item inside. A failed answer stays failed.
    """
    remarks = ranges[ranges["reason"].astype(object).fillna("") != ""].astype({"series": str, "item": str})
    told = {
        (row.method, row.training_set, row.series, row.item): f"outside training range: {row.reason}"
        for row in remarks.itertuples()
    }
    keys = zip(table["method"], table["training_set"], table["series"].astype(str), table["item"].astype(str))
    remark = pd.Series([told.get(key, "") for key in keys], index=table.index)
    own = table["reason"].astype(object).fillna("")
    reason = ["; ".join(filter(None, pair)) for pair in zip(own, remark)]
    status = table["status"].where((remark == "") | (table["status"] != OK), FLAGGED)
    return table.assign(status=status, reason=reason)
