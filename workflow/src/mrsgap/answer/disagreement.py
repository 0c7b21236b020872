"""Where a network and the fit disagree beyond their intervals, the answer says so: one is wrong, and nobody knows which.

Their errors are correlated, but far from equal, so that agreement is some evidence and disagreement is a warning.
"""

import numpy as np
import pandas as pd

from mrsgap.core.names import FLAGGED, OK, UNANSWERED

WHERE = ["dataset", "item", "metabolite", "reference"]


def with_disagreements(table: pd.DataFrame, fit: str) -> pd.DataFrame:
    """`table` of ratios with intervals, in which rows of the method `fit` and of networks that exclude each other say so.

    Two answers disagree where their intervals have no point in common. Networks are the methods with a training set; one that
    is flagged already (outside its training range, for instance) is no witness against the fit. Where the method `fit` or the
    network is missing nothing changes.
    """
    table = table.reset_index(drop=True)
    answered = ~table["status"].isin(UNANSWERED) & np.isfinite(table["low"]) & np.isfinite(table["high"])
    learnt = _words(table["training_set"]) != ""
    fits, networks = table[answered & (table["method"] == fit)], table[answered & learnt & (table["status"] == OK)]
    pairs = fits.reset_index().merge(networks.reset_index(), on=WHERE, suffixes=("", "_network"))
    apart = pairs[(pairs["low"] > pairs["high_network"]) | (pairs["low_network"] > pairs["high"])]
    reasons, statuses = _words(table["reason"]), table["status"].copy()
    for row in apart.itertuples():
        words = f"{_said(row.method_network, row.low_network, row.high_network)}, beyond the interval of this answer"
        _add(reasons, row.index, words)
        _add(reasons, row.index_network, f"{_said(row.method, row.low, row.high)}, beyond the interval of this answer")
        statuses.loc[[row.index, row.index_network]] = FLAGGED
    return table.assign(status=statuses, reason=reasons)


def _words(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), "").astype(str).copy()


def _said(method: str, low: float, high: float) -> str:
    return f"{method} says {low:.3f} to {high:.3f}"


def _add(reasons: pd.Series, place: int, words: str) -> None:
    if words not in reasons[place]:
        reasons[place] = f"{reasons[place]}; {words}" if reasons[place] else words
