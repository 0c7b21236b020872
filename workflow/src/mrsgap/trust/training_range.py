"""The range of a network's training spectra: what of a spectrum lies outside it, in words, and what an answer becomes then."""

import numpy as np
import pandas as pd

from mrsgap.core.names import FLAGGED, OK, REFUSED, UNANSWERED

# measure: how to say it, its unit, decimals shown, whether a low value counts, whether a high one does
MEASURES = {
    "fwhm_hz": ("linewidth", " Hz", 1, True, True),
    "snr": ("SNR", "", 0, True, False),
    "offset_ppm": ("frequency offset", " ppm", 3, True, True),
    "residual_water": ("residual water", "", 1, False, True),
}
TAIL = 0.005  # share of the training spectra left out on each side of a range
OUTSIDE = "outside training range: "
NO_RANGE = "the network has no training range of its own to judge this spectrum by"


def headline(quality: pd.DataFrame) -> pd.DataFrame:
    """`quality` (fields of quality.measures) with one `fwhm_hz` (narrower line) and one `snr` (taller line) per item."""
    narrower, taller = quality[["fwhm_naa_hz", "fwhm_cr_hz"]].min(axis=1), quality[["snr_naa", "snr_cr"]].max(axis=1)
    return quality.assign(fwhm_hz=narrower, snr=taller)


def training_range(quality: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Range of every measure over training spectra, without the outer `TAIL` on each side."""
    table = headline(quality)
    return {name: tuple(float(edge) for edge in np.nanquantile(table[name], [TAIL, 1 - TAIL])) for name in MEASURES}


def outside(row, ranges: dict[str, tuple[float, float]]) -> list[str]:
    """What of one spectrum (a `headline` row) lies outside the training range, in words; what cannot be measured does."""
    reasons = []
    for name, (label, unit, decimals, low_counts, high_counts) in MEASURES.items():
        value, (low, high) = row[name], ranges[name]
        if not np.isfinite(value):
            reasons.append(f"{label} could not be measured")
        elif high_counts and value > high:
            reasons.append(f"{label} {_compared(value, '>', high, unit, decimals)}")
        elif low_counts and value < low:
            reasons.append(f"{label} {_compared(value, '<', low, unit, decimals)}")
    return reasons


def with_ranges(table: pd.DataFrame, ranges: pd.DataFrame) -> pd.DataFrame:
    """`table` of ratios in which a network answers only as far as its training range goes.

    `ranges` has a row per (method, training_set, series, item) with `reason`, empty for an item inside. An item outside is
    flagged with the reason in words. A network (it has a training set) without a row for the item is refused: nothing is known
    of what it learnt, so its ratio, sd, low and high are NaN. What had no answer before keeps its status.
    """
    keys = ["method", "training_set", "series", "item"]
    remarks = dict(zip(_tuples(ranges[keys]), ranges["reason"].astype(object).fillna("").astype(str)))
    of_rows = _tuples(table[keys])
    answered = ~table["status"].isin(UNANSWERED)
    remark = pd.Series([remarks.get(key, "") for key in of_rows], index=table.index, dtype=object)
    remark = remark.where(remark == "", OUTSIDE + remark)
    networks = table["training_set"].astype(object).fillna("") != ""
    refused = answered & networks & ~pd.Series([key in remarks for key in of_rows], index=table.index, dtype=bool)
    remark = remark.where(~refused, NO_RANGE)
    reasons = table["reason"].astype(object).fillna("")
    reason = ["; ".join(filter(None, pair)) for pair in zip(reasons, remark)]
    status = table["status"].where((remark == "") | (table["status"] != OK), FLAGGED).where(~refused, REFUSED)
    numbers = [name for name in ("ratio", "sd", "low", "high") if name in table]
    return table.assign(status=status, reason=reason, **{name: table[name].where(~refused) for name in numbers})


def _compared(value: float, sign: str, edge: float, unit: str, decimals: int) -> str:
    """Both numbers with as many decimals as it takes to see that they differ."""
    while decimals < 9 and f"{value:.{decimals}f}" == f"{edge:.{decimals}f}":
        decimals += 1
    return f"{value:.{decimals}f}{unit} {sign} {edge:.{decimals}f}{unit}"


def _tuples(columns: pd.DataFrame) -> list[tuple]:
    return list(map(tuple, columns.astype(str).to_numpy()))
