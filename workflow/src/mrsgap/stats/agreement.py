"""Estimate against truth: regression, Bland-Altman, concordance."""

import numpy as np
import pandas as pd
from scipy import stats

from mrsgap.stats.errors import SUMMARY_KEYS

MANY = 3  # a line with an error of its slope, and limits with intervals, need three pairs
MEANS = ("slope", "slope_se", "intercept", "intercept_se", "r2", "concordance", "bias", "bias_low", "bias_high", "lower",
         "lower_low", "lower_high", "upper", "upper_low", "upper_high", "sd")  # fmt: skip


def agreement_table(judged: pd.DataFrame, level: float) -> pd.DataFrame:
    """Regression, Bland-Altman and concordance per method, data set and metabolite.

    For a network each trained copy is judged by itself and the statistics are averaged over copies (`slope_copies_sd` is their
    spread, `p` the largest), so that copies of one spectrum never pass for independent spectra. `r2_slope` is slope x R2, the
    concise score of Rizzo et al. (Magn Reson Med 2023;89:1707).
    """
    rows = []
    for keys, part in judged.groupby(SUMMARY_KEYS, sort=False):
        copies = [_agreement(copy, level) for _, copy in part.groupby(["fold", "seed"], sort=False)]
        row = {name: float(np.mean([copy[name] for copy in copies])) for name in MEANS}
        row |= {"p": max(copy["p"] for copy in copies), "n_items": sum(copy["n"] for copy in copies) // len(copies)}
        row |= {"n_copies": len(copies), "note": "; ".join(sorted({note for copy in copies for note in copy["notes"]}))}
        row["slope_copies_sd"] = float(np.std([copy["slope"] for copy in copies], ddof=1)) if len(copies) > 1 else np.nan
        rows.append(dict(zip(SUMMARY_KEYS, keys)) | row | {"r2_slope": row["r2"] * row["slope"]})
    return pd.DataFrame(
        rows, columns=[*SUMMARY_KEYS, *MEANS, "p", "n_items", "n_copies", "note", "slope_copies_sd", "r2_slope"]
    )


def _agreement(rows, level):
    truth, estimate = rows["truth"].to_numpy(), rows["estimate"].to_numpy()
    lines, limits, lin = regression(truth, estimate), bland_altman(truth, estimate, level), concordance(truth, estimate)
    return lines | limits | lin | {"notes": {lines["note"], limits["note"], lin["note"]} - {""}, "n": lines["n"]}


def regression(truth, estimate) -> dict:
    """Least-squares line of estimate on truth, as `scipy.stats.linregress` computes it.

    Returns slope, slope_se, intercept, intercept_se, r2, p (two-sided, slope = 0), n and `note`. With fewer than three pairs
    or a constant truth there is no line: NaN, and the note says why. A constant estimate has slope 0, and r2 of 0.
    """
    truth, estimate, n = _pairs(truth, estimate)
    names = ("slope", "slope_se", "intercept", "intercept_se", "r2", "p")
    note = _why_no_line(truth, n)
    if note:
        return {**dict.fromkeys(names, np.nan), "n": n, "note": note}
    if np.ptp(estimate) == 0:
        return {**dict(zip(names, (0.0, 0.0, float(estimate[0]), 0.0, 0.0, 1.0))), "n": n, "note": "constant estimate"}
    line = stats.linregress(truth, estimate)
    values = (line.slope, line.stderr, line.intercept, line.intercept_stderr, line.rvalue**2, line.pvalue)
    return {**dict(zip(names, map(float, values))), "n": n, "note": ""}


def bland_altman(truth, estimate, level: float = 0.95) -> dict:
    """Bias of estimate minus truth, its limits of agreement, and intervals for all three.

    Bland and Altman, Lancet 1986: limits are bias +- 1.96 SD; the standard error of the bias is SD/sqrt(n), that of a limit
    SD sqrt(1/n + 1.96^2 / (2 (n - 1))); intervals from Student's t with n - 1 degrees of freedom.
    """
    truth, estimate, n = _pairs(truth, estimate)
    names = ("bias", "bias_low", "bias_high", "lower", "lower_low", "lower_high", "upper", "upper_low", "upper_high", "sd")
    if n < MANY:
        return {**dict.fromkeys(names, np.nan), "n": n, "note": f"{n} pairs, {MANY} needed"}
    difference = estimate - truth
    bias, sd = difference.mean(), difference.std(ddof=1)
    t = stats.t.ppf((1 + level) / 2, n - 1)
    z = 1.96
    bias_half, limit_half = t * sd / np.sqrt(n), t * sd * np.sqrt(1 / n + z**2 / (2 * (n - 1)))
    lower, upper = bias - z * sd, bias + z * sd
    values = (bias, bias - bias_half, bias + bias_half, lower, lower - limit_half, lower + limit_half,
              upper, upper - limit_half, upper + limit_half, sd)  # fmt: skip
    return {**dict(zip(names, map(float, values))), "n": n, "note": "" if sd > 0 else "all differences are equal"}


def concordance(truth, estimate) -> dict:
    """Lin's concordance correlation coefficient (Biometrics 1989; variances with n in the denominator)."""
    truth, estimate, n = _pairs(truth, estimate)
    note = f"{n} pairs, 2 needed" if n < 2 else ""
    spread = 0.0 if note else truth.var() + estimate.var() + (truth.mean() - estimate.mean()) ** 2
    if not note and spread == 0:
        note = "truth and estimate are one and the same constant"
    if note:
        return {"concordance": np.nan, "n": n, "note": note}
    covariance = np.mean((truth - truth.mean()) * (estimate - estimate.mean()))
    return {"concordance": float(2 * covariance / spread), "n": n, "note": ""}


def _pairs(truth, estimate):
    truth, estimate = np.asarray(truth, float), np.asarray(estimate, float)
    known = np.isfinite(truth) & np.isfinite(estimate)
    return truth[known], estimate[known], int(known.sum())


def _why_no_line(truth, n):
    if n < MANY:
        return f"{n} pairs, {MANY} needed"
    return "constant truth" if np.ptp(truth) == 0 else ""
