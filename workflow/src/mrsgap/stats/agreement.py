"""Estimate against truth: regression, Bland-Altman, concordance."""

import numpy as np
import pandas as pd
from scipy import stats

from mrsgap.stats.bootstrap import FEWEST, batches, draw_counts, studentised_p, symmetric_interval
from mrsgap.stats.errors import SUMMARY_KEYS

MANY = 3  # a line with an error of its slope, and limits with intervals, need three pairs
WIDTH = 1.96  # of the limits of agreement, in SD
VALUES = ("slope", "intercept", "bias", "lower", "upper")  # what batches of phantoms are drawn for
BOUNDS = tuple(f"{name}_{end}" for name in VALUES for end in ("low", "high"))
ERRORS = ("slope_se", "intercept_se")
MEANS = (*VALUES, *ERRORS, *BOUNDS, "r2", "concordance", "sd")


def agreement_table(judged: pd.DataFrame, level: float, draws: int, generator_for) -> pd.DataFrame:
    """Regression, Bland-Altman and concordance per method, data set and metabolite, with intervals at `level`.

    For a network each trained copy is judged by itself and the statistics are averaged over copies (`slope_copies_sd` is their
    spread), so that copies of one spectrum never pass for independent spectra. Where spectra come in series, standard errors,
    intervals and p are those of a studentised bootstrap of `draws` draws over batches of phantoms (`n_batches`), since spectra
    of one batch share phantoms and errors; with fewer than three they are NaN. The SD of the limits then includes the variance
    of the bias between batches, which few batches hide from it. At ten batches 95 % intervals of slope, intercept and bias
    cover 95 %, those of the limits 91 %. Simulated spectra are independent: there the textbook's formulas hold, and p is the
    largest of the copies'. `generator_for(dataset)` gives the random generator of a data set, so that all its methods see the
    same resamples. `r2_slope` is slope x R2, the concise score of Rizzo et al. (Magn Reson Med 2023;89:1707).
    """
    rows = []
    for keys, part in judged.groupby(SUMMARY_KEYS, sort=False):
        named = dict(zip(SUMMARY_KEYS, keys))
        copies = [_agreement(copy, level) for _, copy in part.groupby(["fold", "seed"], sort=False)]
        row = {name: float(np.mean([copy[name] for copy in copies])) for name in MEANS}
        row |= {"p": max(copy["p"] for copy in copies), "n_items": sum(copy["n"] for copy in copies) // len(copies)}
        notes = {note for copy in copies for note in copy["notes"]}
        row |= {"n_copies": len(copies), "n_batches": 0}
        row["slope_copies_sd"] = float(np.std([copy["slope"] for copy in copies], ddof=1)) if len(copies) > 1 else np.nan
        if (part["series"] != "").any():
            by_batch = _by_batch(part, level, draws, generator_for(named["dataset"]))
            row |= by_batch
            notes |= {f"{by_batch['n_batches']} batches, {FEWEST} needed"} if by_batch["n_batches"] < FEWEST else set()
        rows.append(named | row | {"note": "; ".join(sorted(notes)), "r2_slope": row["r2"] * row["slope"]})
    columns = [*SUMMARY_KEYS, *MEANS, "p", "n_items", "n_copies", "n_batches", "note", "slope_copies_sd", "r2_slope"]
    return pd.DataFrame(rows, columns=columns)


def _agreement(rows, level):
    truth, estimate = rows["truth"].to_numpy(), rows["estimate"].to_numpy()
    lines, limits = regression(truth, estimate, level), bland_altman(truth, estimate, level)
    lin = concordance(truth, estimate)
    return lines | limits | lin | {"notes": {lines["note"], limits["note"], lin["note"]} - {""}, "n": lines["n"]}


def _by_batch(part, level, draws, generator):
    """Limits, standard errors, intervals and p of one method's numbers, from batches of phantoms."""
    known = part[np.isfinite(part["truth"]) & np.isfinite(part["estimate"])]
    names, place = np.unique(batches(known["series"]), return_inverse=True)
    numbers = dict.fromkeys([*ERRORS, *BOUNDS, "p"], np.nan) | {"n_batches": len(names)}
    if len(names) < FEWEST:
        return numbers
    moments = np.stack([_moments(copy["truth"], copy["estimate"], place[known.index.get_indexer(copy.index)], len(names))
                        for _, copy in known.groupby(["fold", "seed"], sort=False)])  # fmt: skip
    value, error = (one[:, 0] for one in _values_and_errors(moments, np.ones((1, len(names)))))
    values, errors = _values_and_errors(moments, draw_counts(len(names), draws, generator))
    for name, *one in zip(VALUES, value, error, values, errors, strict=True):
        if np.isfinite(one[0]):
            numbers |= dict(zip((f"{name}_low", f"{name}_high"), symmetric_interval(*one, level), strict=True))
    bias, lower, upper = value[2:]
    numbers |= {"slope_se": error[0], "intercept_se": error[1], "lower": lower, "upper": upper, "sd": (upper - bias) / WIDTH}
    return numbers | {"p": studentised_p(value[0], error[0], values[0], errors[0])}


def _moments(truth, estimate, place, count):
    """Per batch the number of pairs and the sums of truth, estimate and their products, (batch, 6)."""
    x, y = np.asarray(truth, float), np.asarray(estimate, float)
    return np.stack([np.bincount(place, weights=w, minlength=count) for w in (np.ones_like(x), x, y, x * x, x * y, y * y)], -1)


def _values_and_errors(moments, counts):
    """`VALUES` and their standard errors between batches, (value, draw), of `moments` (copy, batch, 6) drawn `counts` times.

    The errors are those of the statistics' first-order changes with each batch, averaged over copies (the sandwich estimator of
    clustered data, Liang and Zeger, Biometrika 1986;73:13).
    """
    n, x, y, xx, xy, yy = np.moveaxis(counts @ moments, -1, 0)[..., None]  # (copy, draw, 1)
    own_n, own_x, own_y, own_xx, own_xy, own_yy = np.moveaxis(moments, -1, 0)[:, :, None, :]  # (copy, 1, batch)
    with np.errstate(divide="ignore", invalid="ignore"):
        scatter = xx - x**2 / n
        slope = np.where(scatter > 1e-9 * xx, (xy - x * y / n) / scatter, np.nan)
        intercept, bias = (y - slope * x) / n, (y - x) / n
        spread = np.sqrt(np.maximum(yy - 2 * xy + xx - n * bias**2, 0.0) / n)
        residual = own_y - intercept * own_n - slope * own_x
        of_slope = (own_xy - intercept * own_x - slope * own_xx - x / n * residual) / scatter
        of_bias = (own_y - own_x - own_n * bias) / n
        square = own_yy - 2 * own_xy + own_xx - 2 * bias * (own_y - own_x) + own_n * (bias**2 - spread**2)
        of_spread = np.where(spread > 0, WIDTH * square / n / (2 * spread), 0.0)
    changes = np.stack([of_slope, residual / n - x / n * of_slope, of_bias, of_bias - of_spread, of_bias + of_spread])
    drawn = counts.shape[1]
    errors = np.sqrt((counts * changes.mean(axis=1) ** 2).sum(axis=-1) * drawn / (drawn - 1))  # (value, draw)
    slope, intercept, bias, spread = (one[..., 0] for one in (slope, intercept, bias, spread))  # (copy, draw)
    reach = WIDTH * np.sqrt(spread**2 + errors[VALUES.index("bias")] ** 2)
    return np.stack([slope, intercept, bias, bias - reach, bias + reach]).mean(axis=1), errors


def regression(truth, estimate, level: float = 0.95) -> dict:
    """Least-squares line of estimate on truth, as `scipy.stats.linregress` computes it; pairs are independent.

    Returns slope and intercept with `_se` and, from Student's t with n - 2 degrees of freedom, `_low` and `_high`; r2, p
    (two-sided, slope = 0), n and `note`. With fewer than three pairs or a constant truth there is no line: NaN, and the note
    says why. A constant estimate has slope 0, and r2 of 0.
    """
    truth, estimate, n = _pairs(truth, estimate)
    names = ("slope", "slope_se", "slope_low", "slope_high", "intercept", "intercept_se", "intercept_low", "intercept_high",
             "r2", "p")  # fmt: skip
    note = _why_no_line(truth, n)
    if note:
        return {**dict.fromkeys(names, np.nan), "n": n, "note": note}
    if np.ptp(estimate) == 0:
        same = float(estimate[0])
        return {**dict(zip(names, (*[0.0] * 4, same, 0.0, same, same, 0.0, 1.0))), "n": n, "note": "constant estimate"}
    line, t = stats.linregress(truth, estimate), stats.t.ppf((1 + level) / 2, n - 2)
    values = (line.slope, line.stderr, line.slope - t * line.stderr, line.slope + t * line.stderr, line.intercept,
              line.intercept_stderr, line.intercept - t * line.intercept_stderr, line.intercept + t * line.intercept_stderr,
              line.rvalue**2, line.pvalue)  # fmt: skip
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
    bias_half, limit_half = t * sd / np.sqrt(n), t * sd * np.sqrt(1 / n + WIDTH**2 / (2 * (n - 1)))
    lower, upper = bias - WIDTH * sd, bias + WIDTH * sd
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
