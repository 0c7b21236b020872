"""What a table of ratios may claim: intervals that hold what they promise, and answers within the range of the training.

Split conformal calibration on simulated spectra with known truth: with scores |error| / sd of n calibration items, the
ceil((n + 1) c)-th smallest times sd covers a new, exchangeable item with probability at least c (Vovk, Gammerman, Shafer,
Algorithmic Learning in a Random World, 2005; Lei et al., J. Am. Stat. Assoc. 113 (2018) 1094). Measured spectra are
exchangeable with simulated ones only as far as the imperfections are, so the coverage on the held-out half, and on any data
with truth, is reported and not assumed. What of a spectrum lies outside the training range is said in words.
"""

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from mrsgap.core.names import FLAGGED, OK, REFUSED, UNANSWERED

KEYS = ["method", "training_set", "metabolite", "reference"]
FLOOR = 0.1  # of the median sd: an ensemble that agrees by chance is not certain


def conformal_factor(scores: np.ndarray, coverage: float) -> float:
    """Factor on sd that covers a new item with probability `coverage`; infinite where there are too few `scores` (item,)."""
    scores = np.sort(scores[np.isfinite(scores)])
    rank = int(np.ceil((len(scores) + 1) * coverage))
    return float(scores[rank - 1]) if len(scores) and rank <= len(scores) else float("inf")


def calibrate(held_out: pd.DataFrame, coverage: float) -> pd.DataFrame:
    """Calibration of every method and metabolite from `held_out` ratios (`normalise.ratios`) with truth.

    Items alternate between calibration and check, in the order of their names. Rows: `KEYS`, factor, sd_floor, n_calibration,
    n_check, covered (share of the check items inside), covered_low, covered_high (95 % Wilson interval), wanted.
    """
    rows = []
    for keys, part in held_out.groupby(KEYS, dropna=False, sort=False):
        part = part.assign(digits=part["item"].str.len()).sort_values(["digits", "item"])  # 9 before 10
        error, sd = (part["ratio"] - part["truth"]).abs().to_numpy(), part["sd"].to_numpy()
        known = np.isfinite(error) & np.isfinite(sd)
        floor = FLOOR * np.median(sd[known]) if known.any() else np.nan
        # A method without sd is calibrated on its bare errors: one half-width for all items.
        bare = not known.any()
        known, scale = (np.isfinite(error), np.ones_like(error)) if bare else (known, np.maximum(sd, floor))
        scores = (error / scale)[known]
        factor = conformal_factor(scores[::2], coverage)
        inside, n_check = int((scores[1::2] <= factor).sum()), len(scores[1::2])
        low, high = binomtest(inside, n_check).proportion_ci(method="wilson") if n_check else (np.nan, np.nan)
        rows.append(dict(zip(KEYS, keys)) | {
            "factor": factor, "sd_floor": np.nan if bare else floor, "n_calibration": len(scores[::2]), "n_check": n_check,
            "covered": inside / n_check if n_check else np.nan, "covered_low": low, "covered_high": high, "wanted": coverage,
        })  # fmt: skip
    names = ["factor", "sd_floor", "n_calibration", "n_check", "covered", "covered_low", "covered_high", "wanted"]
    return pd.DataFrame(rows, columns=[*KEYS, *names])


def with_intervals(table: pd.DataFrame, calibration: pd.DataFrame) -> pd.DataFrame:
    """`table` of ratios with `low` and `high`; NaN where the method was not calibrated or its interval has no end.

    The interval lies around the ratio, or around 0 where the ratio is negative. No truth is, so 0 is at least as near to every
    possible truth as the ratio: the interval keeps its coverage and is never empty.
    """
    joined = table.merge(calibration[[*KEYS, "factor", "sd_floor"]], on=KEYS, how="left")
    scale = np.maximum(joined["sd"], joined["sd_floor"]).where(joined["sd_floor"].notna(), 1.0)
    half = (joined["factor"] * scale).where(np.isfinite(joined["factor"]))
    centre = joined["ratio"].clip(lower=0.0)
    return table.assign(low=np.maximum(centre - half, 0.0).to_numpy(), high=(centre + half).to_numpy())


# measure: how to say it, its unit, decimals shown, whether a low value counts, whether a high one does
MEASURES = {
    "fwhm_hz": ("linewidth", " Hz", 1, True, True),
    "snr": ("SNR", "", 0, True, False),
    "offset_ppm": ("frequency offset", " ppm", 3, True, True),
    "residual_water": ("residual water", "", 1, False, True),
}
TAIL = 0.005  # share of the training spectra left out on each side of a range
OUTSIDE = "outside training range: "
RANGE_COLUMNS = ["method", "training_set", "series", "item", "reason"]
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
    keys = RANGE_COLUMNS[:-1]
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
