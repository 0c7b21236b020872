"""Intervals that hold what they promise: split conformal calibration on simulated spectra with known truth.

With scores |error| / sd of n calibration items, the ceil((n + 1) c)-th smallest times sd covers a new, exchangeable item
with probability at least c (Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World, 2005; Lei et al., J. Am. Stat.
Assoc. 113 (2018) 1094). Measured spectra are exchangeable with simulated ones only as far as the imperfections are, so the
coverage on the held-out half, and on any data with truth, is reported and not assumed.
"""

import numpy as np
import pandas as pd
from scipy.stats import binomtest

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
