"""Concentrations relative to a reference metabolite, with the uncertainty that a quantity table states."""

import numpy as np
import pandas as pd

from mrsgap.core.names import FAILED, REFUSED, STATUSES
from mrsgap.quantities.bounds import correlation_with, quotient_sd
from mrsgap.quantities.members import ANSWER_KEYS, answers_only

COLUMNS = (*ANSWER_KEYS, "metabolite", "reference", "ratio", "sd", "truth", "status", "reason")


def ratios(quantities: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Ratio of every metabolite to `reference`, as `COLUMNS`; NaN where one is missing or the reference not above zero.

    sd by first-order propagation with the correlation that the fit states (`bounds.quotient_sd`).
    """
    table = answers_only(quantities)
    below = table[table["metabolite"] == reference][[*ANSWER_KEYS, "estimate", "sd", "truth", "status", "reason"]]
    joined = table[table["metabolite"] != reference].merge(below, on=ANSWER_KEYS, how="left", suffixes=("", "_reference"))
    usable = joined["estimate_reference"] > 0
    denominator = joined["estimate_reference"].where(usable)
    ratio = joined["estimate"] / denominator
    correlation = correlation_with(joined["correlations"], [reference] * len(joined))
    sd = quotient_sd(ratio, joined["sd"], denominator, joined["sd_reference"], correlation)
    truth = joined["truth"] / joined["truth_reference"].where(joined["truth_reference"] > 0)
    status = _worse(joined["status"], joined["status_reference"])
    status = status.where(ratio.notna() | (status == REFUSED), FAILED)
    reason = [_join(row.reason, row.reason_reference, reference, ok) for row, ok in zip(joined.itertuples(), ratio.notna())]
    return joined[[*ANSWER_KEYS, "metabolite"]].assign(
        reference=reference, ratio=ratio, sd=sd, truth=truth, status=status, reason=reason
    )[list(COLUMNS)]


def _worse(first: pd.Series, second: pd.Series) -> pd.Series:
    ranks = {name: rank for rank, name in enumerate(STATUSES)}
    worse = np.maximum(first.map(ranks).fillna(ranks[FAILED]), second.map(ranks).fillna(ranks[FAILED]))
    return worse.map(dict(enumerate(STATUSES)))


def _join(of_metabolite, of_reference, reference: str, known: bool) -> str:
    parts = [text for text in (of_metabolite,) if isinstance(text, str) and text]
    if isinstance(of_reference, str) and of_reference:
        parts += [text for text in (f"{reference}: {of_reference}",) if of_reference not in parts]
    if not known and not parts:
        parts.append(f"{reference} is missing or not above zero")
    return "; ".join(parts)
