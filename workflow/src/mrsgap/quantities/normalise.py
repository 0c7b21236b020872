"""Concentrations without their scale: normalised, or relative to a reference, with the uncertainty of the quotient.

Networks are trained towards normalised concentrations; tables of quantities are judged max-normalised (primary) and as ratios
to NAA (secondary). Two estimates of one fit have errors that are anything but independent. What is undefined is NaN.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.core.names import FAILED, REFUSED, STATUSES
from mrsgap.quantities.table import ANSWER_KEYS, MEMBER_KEYS, METHOD_KEYS, SPECTRUM_KEYS, answers_only


def correlation_text(covariance: np.ndarray, names, place: int) -> str:
    """Correlations of the estimate at `place` with the others of its fit, as one word of the table: `Cr=0.83 NAA=0.9`.

    `covariance` is (metabolite, metabolite), in the order of `names`. What has no variance is left out.
    """
    sd = np.sqrt(np.diag(covariance))
    known = [other for other in range(len(names)) if other != place and sd[other] > 0 and sd[place] > 0]
    return " ".join(f"{names[other]}={covariance[place, other] / (sd[place] * sd[other]):.6g}" for other in known)


def correlation_with(texts, names) -> np.ndarray:
    """Correlation that each of `texts` (`correlation_text`) states with the metabolite in `names` beside it, or NaN."""
    stated = (dict(pair.split("=") for pair in text.split()) if text else {} for text in texts)
    return np.array([float(one.get(name, np.nan)) for one, name in zip(stated, names)], float)


def quotient_sd(ratio, sd, reference, reference_sd, correlation) -> np.ndarray:
    """Standard deviation of `ratio` = m / r of two estimates, to first order; all arguments broadcast.

    With absolute `sd` of m and r: sd^2(m/r) = (sd_m^2 + (m/r)^2 sd_r^2 - 2 (m/r) rho sd_m sd_r) / r^2, which is the textbook's
    (m/r)^2 (p_m^2 + p_r^2 - 2 C_mr/(m r)) for relative p, and defined where m = 0. NaN where an sd is unknown.

    >>> float(quotient_sd(0.5, 0.1, 2.0, 0.2, 1.0))  # an error that both share cancels
    0.0
    """
    # ASSUME: independent errors where a method states no correlation (LCModel but for its sums, and a network's copies).
    rho = np.where(np.isfinite(correlation), correlation, 0.0)
    variance = sd**2 + (ratio * reference_sd) ** 2 - 2 * ratio * rho * sd * reference_sd
    return np.sqrt(np.maximum(variance, 0.0)) / reference


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


RATIO_COLUMNS = (*ANSWER_KEYS, "metabolite", "reference", "ratio", "sd", "truth", "status", "reason")


def with_sums(quantities: pd.DataFrame, sums: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The answers in `quantities` and after them the sums that the config names, such as Glx = Glu + Gln, with their SDs.

    A sum is there where a method answers for every one of its members: signals that overlap too much to be told apart (creatine
    and phosphocreatine) have a certain sum where each alone is uncertain, which their negative correlation says. An SD is NaN
    where a member's is; where no correlation is stated, errors count as independent.

    >>> rows = pd.DataFrame({"metabolite": ["Cr", "PCr"], "estimate": [3.0, 2.0], "sd": [1.0, 1.0],
    ...                      "correlations": ["PCr=-0.98", "Cr=-0.98"], "method": "lcm-off", "item": "1"})
    >>> whole = with_sums(rows.reindex(columns=[*ANSWER_KEYS, *rows.columns.difference(ANSWER_KEYS)]), {"tCr": ["Cr", "PCr"]})
    >>> print(whole[["metabolite", "estimate", "sd"]].tail(1).round(2).to_numpy().tolist())
    [['tCr', 5.0, 0.2]]
    """
    table = quantities[(quantities[[name for name in MEMBER_KEYS if name in quantities]].fillna("") == "").all(axis=1)]
    added = []
    for _, rows in table.groupby(list(ANSWER_KEYS), dropna=False, sort=False):
        named = rows.drop_duplicates("metabolite").set_index("metabolite", drop=False)
        for name, members in sums.items():
            if name not in named.index and set(members) <= set(named.index):
                added.append(_sum(name, named.loc[list(members)], named))
    return pd.concat([quantities, pd.DataFrame(added)], ignore_index=True) if added else quantities


def able_to_refer(quantities: pd.DataFrame, reference: str, sums: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """`quantities` of the methods that have a row of `reference` where it is one of `sums`; all of them where it is none."""
    if reference not in sums:
        return quantities
    return quantities[quantities["method"].isin(set(quantities.loc[quantities["metabolite"] == reference, "method"]))]


def _sum(name: str, members: pd.DataFrame, all_rows: pd.DataFrame) -> dict:
    """The row of one sum, with its correlations to every metabolite of the fit."""
    sd = members["sd"].to_numpy(float)
    covariance = {}
    for other in all_rows.index:
        rho = correlation_with(members["correlations"].fillna(""), [other] * len(members))
        rho = np.where(members.index == other, 1.0, np.where(np.isfinite(rho), rho, 0.0))
        covariance[other] = float(rho @ sd) * float(all_rows.loc[other, "sd"])
    whole_sd = float(np.sqrt(max(0.0, sum(covariance[member] for member in members.index))))
    rest = {other: value / (whole_sd * float(all_rows.loc[other, "sd"])) for other, value in covariance.items()
            if whole_sd > 0 and all_rows.loc[other, "sd"] > 0}  # fmt: skip
    row = dict(members.iloc[0]) | {"metabolite": name, "estimate": float(members["estimate"].sum(skipna=False)), "sd": whole_sd}
    row["correlations"] = " ".join(
        f"{other}={np.clip(value, -1, 1):.6g}" for other, value in rest.items() if np.isfinite(value)
    )
    if "crlb" in members:
        row["crlb"] = np.nan
    if "truth" in members:
        row["truth"] = members["truth"].sum(skipna=False)
    if "status" in members:
        ranks = {status: rank for rank, status in enumerate(STATUSES)}
        row["status"] = max(members["status"], key=lambda status: ranks.get(status, ranks[FAILED]))
        row["reason"] = "; ".join(dict.fromkeys(text for text in members["reason"].fillna("") if text))
    return row


def ratios(quantities: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Ratio of every metabolite to `reference`, as `RATIO_COLUMNS`; NaN where one is missing or the reference not above zero.

    sd by first-order propagation with the correlation that the fit states (`quotient_sd`).
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
    )[list(RATIO_COLUMNS)]


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
