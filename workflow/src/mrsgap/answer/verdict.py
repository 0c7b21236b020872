"""Whether a number may be used: one verdict per ratio with its reasons, and the method whose number stands first.

The method to go by is the first of a stated order that answers for this spectrum and ratio; where it is not the first of the
order, the page says why. Verdicts are words of this module; what led to them is said in `because`.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mrsgap.core.names import FLAGGED, UNANSWERED

USE, CARE, DO_NOT = "use", "use with care", "do not use"
VERDICTS = (USE, CARE, DO_NOT)  # the better first
UNCALIBRATED = "no calibrated interval: how far it can be off is not known"
SHOWN_AS_ZERO = 0.0005  # with three decimals
PLACE = ["series", "item", "metabolite", "reference"]
# What is looked for first stands first; whatever else a method gives follows in its own order.
FIRST = ("GABA", "GABA+", "Glx", "tNAA", "NAA", "tCr", "Cr", "tCho", "Glu", "Gln")


def with_verdicts(table: pd.DataFrame, quality: pd.DataFrame, order: Sequence[str], useless_beyond: float) -> pd.DataFrame:
    """`table` of ratios with intervals and `verdict`, `because` and `recommended` (one row of each spectrum and ratio).

    `quality` has series, item and `poor` (what of the spectrum breaks a published limit, in words; empty where nothing does):
    such a spectrum is used with care at best. `order` names methods, the one to go by first. An interval that begins at 0 and
    ends at more than `useless_beyond` times the value tells nothing: the answer is no.
    """
    table = table.reset_index(drop=True)
    poor = {(str(row.series), str(row.item)): row.poor for row in quality.itertuples()}
    judged = [_judged(row, poor.get((str(row.series), str(row.item)), ""), useless_beyond) for row in table.itertuples()]
    table["verdict"] = [verdict for verdict, _ in judged]
    table["because"] = [because for _, because in judged]
    table["recommended"] = _recommended(table, order)
    return table


def answered(table: pd.DataFrame) -> pd.Series:
    """Which rows hold a number."""
    return ~table["status"].isin(UNANSWERED) & np.isfinite(table["ratio"].astype(float))


def stand_ins(table: pd.DataFrame, order: Sequence[str]) -> dict[tuple, str]:
    """Why another method than the first of `order` stands first, by (series, item, metabolite, reference)."""
    reasons = {}
    first = table[table["method"] == order[0]].drop_duplicates(PLACE).set_index(PLACE)
    for row in table[table["recommended"] & (table["method"] != order[0])].itertuples():
        place = (row.series, row.item, row.metabolite, row.reference)
        why = first.loc[place, "because"] if place in first.index else "it does not give this ratio"
        reasons[place] = f"by {row.method}, since {order[0]} has no answer: {why}"
    return reasons


def in_reading_order(metabolites) -> list[str]:
    """`metabolites`, each once: those of `FIRST` in its order, then the others as they come."""
    present = list(dict.fromkeys(metabolites))
    return [name for name in FIRST if name in present] + [name for name in present if name not in FIRST]


def _judged(row, poor: str, useless_beyond: float) -> tuple[str, str]:
    reason = row.reason if isinstance(row.reason, str) else ""
    if row.status in UNANSWERED or not np.isfinite(row.ratio):
        return DO_NOT, reason or "no estimate"
    if np.isfinite(row.high) and row.low <= 0 and row.high > useless_beyond * max(row.ratio, 0.0):
        if row.ratio < SHOWN_AS_ZERO:
            return DO_NOT, _joined(f"not detected; at most {row.high:.3f}", reason)
        return DO_NOT, _joined(f"an interval of 0 to {row.high:.3f} tells nothing about {row.ratio:.3f}", reason)
    calibrated = np.isfinite(row.low) and np.isfinite(row.high)
    reservation = _joined(reason if row.status == FLAGGED else "", "" if calibrated else UNCALIBRATED, poor)
    return (CARE, reservation) if reservation or row.status == FLAGGED else (USE, "")


def _joined(*parts: str) -> str:
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _recommended(table: pd.DataFrame, order: Sequence[str]) -> np.ndarray:
    """The first of `order` that answers; where none does, the first of `order` that has a row at all, to say why not."""
    ranks = {method: rank for rank, method in enumerate(order)}
    rank = table["method"].map(ranks)
    candidates = table[rank.notna()].assign(silent=~answered(table), rank=rank)
    candidates = candidates.sort_values(["silent", "rank"], kind="stable").drop_duplicates(PLACE)
    return table.index.isin(candidates.index)
