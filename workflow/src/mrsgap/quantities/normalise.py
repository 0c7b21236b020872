"""Concentrations without their scale: what networks are trained towards and judged by. What is undefined is NaN.

Tables of quantities are judged max-normalised (primary) and as ratios to NAA (secondary).
"""

import numpy as np
import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.quantities.bounds import correlation_with, quotient_sd
from mrsgap.quantities.table import METHOD_KEYS, SPECTRUM_KEYS

MAX, RATIO = "max", "naa_ratio"  # the two normalisations; results of either carry its name
NORMALISATIONS = (MAX, RATIO)
REFERENCE = "NAA"


def normalise_concentrations(concentrations, how: str, xp=np):
    """Concentrations divided by their `sum` or `max` over metabolites; `none` returns them; (..., metabolite).

    A set whose sum or maximum is not above zero has no normalised form: all its values are NaN.
    """
    if how == "none":
        return concentrations
    if how not in ("sum", "max"):
        raise InputError(f"unknown normalisation {how!r}", where="config: normalisation", cure="Use sum, max or none")
    reduce = xp.sum if how == "sum" else xp.max
    total = reduce(concentrations, axis=-1, keepdims=True)
    return concentrations / xp.where(total > 0, total, np.nan)


def normalise_quantities(quantities: pd.DataFrame, norm: str) -> pd.DataFrame:
    """Every estimate and truth on one scale per spectrum, and the error between them.

    `max`: estimates are divided by the largest estimate of the spectrum and truths by the largest truth, both over the
    metabolites that the method quantifies (arXiv 2602.20289, section 4; NAA is not forced to 1). `naa_ratio`: both are divided
    by NAA. Returns the identity columns and `estimate`, `truth`, `error` (estimate minus truth), `abs_error`, `crlb` and `sd`
    (of the quotient, with the covariance of its two estimates: 0 for the divisor itself), and `excluded`, which says why an
    error is NaN. Metabolites that a method never quantifies in a data set have no rows. A spectrum is never judged in part:
    where one estimate failed, the largest is unknown, and every max-normalised error of that spectrum is NaN.
    """
    if norm not in NORMALISATIONS:
        raise ValueError(f"norm must be one of {NORMALISATIONS}, but is {norm!r}")
    finite = np.isfinite(quantities["estimate"])
    groups = [*METHOD_KEYS, "dataset", "metabolite"]
    quantified = finite.groupby([quantities[key] for key in groups], observed=True).transform("any")
    table = quantities[quantified].reset_index(drop=True)
    spectrum = table.groupby(SPECTRUM_KEYS, sort=False).ngroup().to_numpy()
    estimate, truth = table["estimate"].to_numpy(float), table["truth"].to_numpy(float)
    scale = _largest if norm == MAX else _reference
    is_reference = (table["metabolite"] == REFERENCE).to_numpy()
    estimate_scale, truth_scale = (scale(values, spectrum, is_reference) for values in (estimate, truth))
    excluded = _reasons(norm, estimate_scale, truth_scale)
    usable = excluded == ""
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = {
            "estimate": np.where(usable, estimate / estimate_scale, np.nan),
            "truth": np.where(truth_scale > 0, truth / truth_scale, np.nan),
        }
        for bound in ("sd", "crlb"):
            columns[bound] = _bounds(
                table, bound, columns["estimate"], spectrum, _place(norm, estimate, spectrum, is_reference)
            )
    columns["error"] = columns["estimate"] - columns["truth"]
    columns["abs_error"] = np.abs(columns["error"])
    excluded = np.where(usable & ~np.isfinite(columns["error"]), "no estimate or truth", excluded)
    kept = table[[*SPECTRUM_KEYS, "origin", "series", "metabolite", "status", "reason"]]
    return kept.assign(**columns, excluded=excluded)


def _largest(values, spectrum, _is_reference):
    """The largest value of each row's spectrum; NaN if one of them is NaN."""
    most = np.full(spectrum.max(initial=-1) + 1, -np.inf)
    with np.errstate(invalid="ignore"):  # NaN spreads, as it should
        np.maximum.at(most, spectrum, values)
    return most[spectrum]


def _reference(values, spectrum, is_reference):
    reference = np.full(spectrum.max(initial=-1) + 1, np.nan)
    reference[spectrum[is_reference]] = values[is_reference]
    return reference[spectrum]


def _place(norm, estimate, spectrum, is_reference):
    """Row of the metabolite by which each spectrum is divided (spectrum,): the largest, or the reference; -1 without one."""
    chosen = np.flatnonzero(is_reference if norm == RATIO else estimate == _largest(estimate, spectrum, None))
    place = np.full(spectrum.max(initial=-1) + 1, -1)
    place[spectrum[chosen[::-1]]] = chosen[::-1]  # the first of equals
    return place


def _bounds(table, column, ratio, spectrum, place):
    """Bound `column` of every normalised value (row,); 0 for the value that is 1 by definition."""
    below = place[spectrum]
    sd = np.where(np.isfinite(table[column]), table[column], np.nan)
    names, estimate = table["metabolite"].to_numpy(), table["estimate"].to_numpy(float)
    correlation = correlation_with(table["correlations"], names[below])
    bound = quotient_sd(ratio, sd, estimate[below], sd[below], correlation)
    bound = np.where(below == np.arange(len(table)), np.where(np.isfinite(ratio + sd), 0.0, np.nan), bound)
    return np.where((below >= 0) & np.isfinite(ratio), bound, np.nan)


def _reasons(norm, estimate_scale, truth_scale):
    what = "all estimates <= 0" if norm == MAX else "NAA estimate <= 0"
    absent = "an estimate failed" if norm == MAX else "no NAA estimate"
    zero = "all truths are zero" if norm == MAX else "true NAA is zero"
    conditions = [np.isnan(estimate_scale), ~(estimate_scale > 0), np.isnan(truth_scale), ~(truth_scale > 0)]
    return np.select(conditions, [absent, what, "truth unknown", zero], default="")
