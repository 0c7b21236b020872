"""Where the statistics of a run hold the counterpart of a published statement."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.quantities.table import pick
from mrsgap.stats.differences import difference_between

ALPHA = 0.05
ALL = "all"  # the row of a similarity table that joins all series


@dataclass(frozen=True)
class Finding:
    """What this run says about a statement: a number with its interval, or whether a claim holds, or why neither."""

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    holds: bool | None = None
    missing: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Run:
    """What a run offers: its statistics, plain numbers from the config (`facts`), and what the paper's names mean here.

    `rankings` has the configurations of each selection study that ran, best first; `matched` the linewidth and noise of each
    measured spectrum, as found when it was compared with simulation; `overfitting` the errors of each network on what it learnt
    and on what it was stopped by; `differences` those between methods on the same phantoms (`stats.differences`).
    """

    errors: pd.DataFrame
    series: pd.DataFrame
    agreement: pd.DataFrame
    tests: pd.DataFrame
    distances: pd.DataFrame
    similarity: pd.DataFrame
    features: pd.DataFrame
    facts: dict[str, float]
    settings: dict
    rankings: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    matched: pd.DataFrame = field(default_factory=pd.DataFrame)
    overfitting: pd.DataFrame = field(default_factory=pd.DataFrame)
    differences: pd.DataFrame = field(default_factory=pd.DataFrame)

    def method(self, name: str) -> str:
        """Our name of a method of the paper."""
        return self.settings["study_methods"].get(name, name)

    def training_set(self, role: str) -> str:
        """Our data set in the role `fixed`, `augmented`, ...; the role itself where the config has none."""
        return self.settings["training_sets"].get(role, role)


def find(row, run: Run) -> Finding:
    """The finding for one row of published.csv (named columns); a claim without all its numbers is missing, never false."""
    if row.kind not in FINDERS:
        raise InputError(
            f"unknown kind `{row.kind}` for `{row.id}`", where="config/published.csv", cure=f"Known: {', '.join(FINDERS)}"
        )
    return FINDERS[row.kind](row, run)


def _value(row, run):
    if row.source == "facts":
        value = run.facts.get(row.field)
        return Finding(missing=f"this run has no {row.field}") if value is None else Finding(float(value))
    if row.source == "distances":
        return _distance(row, run)
    return _statistic(row, run, row.method)


def _statistic(row, run, method, training=None, data=None):
    """One number of one method from errors or agreement, with its interval where there is one."""
    table = run.agreement if row.source == "agreement" else run.errors
    dataset = run.settings[data or row.data]
    here = table[(table["dataset"] == dataset) & (table["norm"] == "max") & (table["metabolite"] == row.metabolite)]
    rows = pick(here, run.method(method), run.training_set(training or row.training), run.settings["basis"])
    if rows.empty or not math.isfinite(rows[row.field].iloc[0]):
        return Finding(missing=f"no result of {method} on {row.data}")
    one = rows.iloc[0]
    low, high = (one.get(f"cluster_{end}", math.nan) if row.field == "mae" else math.nan for end in ("low", "high"))
    return Finding(float(one[row.field]), float(low), float(high))


def _others(row, run):
    findings = {name: _statistic(row, run, name) for name in row.other.split(";")}
    absent = [finding.missing for finding in findings.values() if finding.missing]
    return findings, "; ".join(dict.fromkeys(absent))


def _less(row, run):
    """`method` has a smaller number than every one of `other`."""
    mine = _statistic(row, run, row.method)
    others, absent = _others(row, run)
    if mine.missing or absent:
        return Finding(missing=mine.missing or absent)
    holds = all(mine.value < other.value for other in others.values())
    return Finding(mine.value, holds=holds, remark=_not_apart(row, run, others) if holds else "")


def _not_apart(row, run, others):
    """The methods among `others` whose paired difference from `row.method` on the same phantoms may be 0."""
    close = [name for name in others if _may_be_equal(row, run, _label(row, run, name))]
    return f"not told apart on the same spectra: {', '.join(close)}" if close else ""


def _may_be_equal(row, run, other):
    """Whether the paired difference of `row.method` from the method labelled `other` is known and may be 0."""
    if row.data != "phantoms" or run.differences.empty:
        return False
    pair = difference_between(run.differences, row.metabolite, _label(row, run, row.method), other)
    return pair is not None and not pair["high"] < 0


def _label(row, run, name, training=None):
    here = run.errors[run.errors["dataset"] == run.settings[row.data]]
    mine = pick(here, run.method(name), run.training_set(training or row.training), run.settings["basis"])
    return mine["label"].iloc[0]


def _lowers(row, run):
    """`method`, trained on the set in the role `training`, has a smaller number than itself in the role `other`."""
    mine, other = _statistic(row, run, row.method), _statistic(row, run, row.method, training=row.other)
    if mine.missing or other.missing:
        return Finding(missing=f"{row.method} was not judged after both training sets: {mine.missing or other.missing}")
    holds = mine.value < other.value
    close = holds and _may_be_equal(row, run, _label(row, run, row.method, training=row.other))
    return Finding(mine.value - other.value, holds=holds, remark="not told apart on the same spectra" if close else "")


def _overfits(row, run):
    """How many times larger the error of `method` on held-out items is than on those it learnt from, and the claim of that."""
    excess = {name: _excess(run, name, row.training) for name in (row.method, *filter(None, row.other.split(";")))}
    absent = [name for name, value in excess.items() if not math.isfinite(value)]
    if absent:
        return Finding(missing=f"no network {' or '.join(absent)} with its errors of training")
    mine, *others = excess.values()
    claims = {
        "overfits": mine > 1,
        "overfits_more": mine > max(others, default=mine),
        "overfits_less": mine < min(others, default=mine),
    }
    return Finding(mine, holds=claims[row.kind])


def _excess(run, name, training):
    table = run.overfitting
    if table.empty:
        return math.nan
    mine = table[(table["method"] == run.method(name)) & (table["training_set"] == run.training_set(training))]
    return float(mine["held_out_mae"].mean() / mine["training_mae"].mean()) if len(mine) else math.nan


def _no_consistent_gain(row, run):
    """Errors of `method` move both ways, over series and metabolites, from training set `training` to `other`."""
    table, pair = run.distances, (run.training_set(row.training), run.training_set(row.other))
    mine = table[(table["method"] == run.method(row.method)) & (table["reference"] == pair[0]) & (table["other"] == pair[1])]
    mine = mine[mine["metabolite"].isin(run.settings["overall"])]
    if mine.empty:
        return Finding(missing=f"no network trained on both {pair[0]} and {pair[1]}")
    return Finding(float(mine["mae_change"].mean()), holds=bool((mine["mae_change"] >= 0).any()))


def _chosen(row, run):
    """The study `method` ranks a configuration first whose option `field` is `other`."""
    ranking = run.rankings.get(row.method)
    if ranking is None or row.field not in ranking or ranking.empty:
        return Finding(missing=f"the study {row.method} was not carried out, or does not search {row.field}")
    return Finding(holds=_same_option(ranking[row.field].head(1), row.other).item())


def _option_less(row, run):
    """In the study `method`, the best configuration with the first value of `other` beats the best with any of the rest."""
    ranking = run.rankings.get(row.method)
    if ranking is None or row.field not in ranking:
        return Finding(missing=f"the study {row.method} was not carried out, or does not search {row.field}")
    first, *rest = (ranking.loc[_same_option(ranking[row.field], value), "mae_mean"].min() for value in row.other.split(";"))
    if not all(math.isfinite(value) for value in (first, *rest)):
        return Finding(missing=f"the study {row.method} has not tried every one of {row.other}")
    return Finding(first, holds=first < min(rest))


def _same_option(column, value):
    """Where a column of a ranking has an option's value; numbers compare as numbers."""
    return column.map(_as_number) == _as_number(value)


def _as_number(value):
    try:
        return float(value)
    except ValueError:
        return value


def _same_best(row, run):
    """The study `method` finds the configuration that the study `other`, over the same space, ranks first."""
    mine, other = (run.rankings.get(name) for name in (row.method, row.other))
    if mine is None or other is None or mine.empty or other.empty:
        return Finding(missing=f"{row.method} and {row.other} were not both carried out")
    return Finding(holds=mine["configuration"].iloc[0] == other["configuration"].iloc[0])


def _penalty(row, run):
    """Whether every method of `method` errs more in the series `series` than in `other`, or every one less."""
    table = run.series
    here = table[
        (table["dataset"] == run.settings[row.data]) & (table["norm"] == "max") & (table["metabolite"] == row.metabolite)
    ]
    signs, groups = set(), (row.series.split(";"), row.other.split(";"))
    for name in row.method.split(";"):
        mine = pick(here, run.method(name), run.training_set(row.training), run.settings["basis"]).set_index("series")["mae"]
        if not {*groups[0], *groups[1]} <= set(mine.index):
            return Finding(missing=f"no result of {name} in all of {row.series};{row.other}")
        signs.add(bool(mine[groups[0]].mean() > mine[groups[1]].mean()))
    return Finding(holds={"penalty": signs == {True}, "no_penalty": False in signs, "no_difference": len(signs) == 2}[row.kind])


def _between_sets(row, run):
    """`other` names the role of the training set that must do at least `published` times worse."""
    mine, other = _statistic(row, run, row.method), _statistic(row, run, row.method, data=row.other)
    if mine.missing or other.missing:
        return Finding(missing=mine.missing or other.missing)
    return (
        Finding(other.value / mine.value, holds=other.value >= row.published * mine.value)
        if mine.value
        else Finding(missing="no error")
    )


def _test(row, run):
    tests = run.tests
    mine = tests[(tests["better"] == run.method(row.method)) & (tests["worse"] == run.method(row.other))]
    mine = mine[(mine["metabolite"] == row.metabolite) & mine["training_set"].isin(["", run.training_set(row.training)])]
    if mine.empty or not math.isfinite(mine["p"].iloc[0]):
        return Finding(missing=f"no test of {row.method} against {row.other}")
    p = float(mine["p"].iloc[0])
    return Finding(p, holds=(p < ALPHA) == (row.kind == "significant"))


def _hardest(row, run):
    """The series with the largest errors, averaged over methods and metabolites, are among those named."""
    table = run.series
    mine = table[(table["dataset"] == run.settings[row.data]) & (table["norm"] == "max") & (table["metabolite"] == "Overall")]
    mine = mine[mine["member"] != "ensemble"]
    mine = mine[~mine["method"].str.startswith("constant")]
    named = set(row.other.split(";"))
    ranks = mine.groupby("series")["mae"].mean().sort_values(ascending=False)
    if len(ranks) < len(named) or not named & set(ranks.index):
        return Finding(missing="not the series of the study")
    return Finding(holds=set(ranks.index[: len(named)]) == named)


def _distance(row, run):
    table = run.distances
    pair = (run.training_set(row.training), run.training_set(row.other))
    mine = table[(table["method"] == run.method(row.method)) & (table["reference"] == pair[0]) & (table["other"] == pair[1])]
    if mine.empty:
        return Finding(missing=f"no network trained on both {pair[0]} and {pair[1]}")
    mine = mine[(mine["series"] == row.series) & (mine["metabolite"] == row.metabolite)]
    if mine.empty:
        return Finding(missing=f"series {row.series} was not quantified after both {pair[0]} and {pair[1]}")
    return Finding(float(mine[row.field].iloc[0]))


def _statement(row, run):
    return Finding(missing=row.note or "nothing to compute")


def _closest_match(row, run):
    """The simulated variant `method` differs less from the measured magnitude spectra than the variant `other`."""
    table = _residuals(run)
    means = table.groupby("variant")["rmse"].mean()
    mine, other = (float(means.get(name, math.nan)) for name in (row.method, row.other))
    if not (math.isfinite(mine) and math.isfinite(other)):
        return Finding(missing=f"the variants {row.method} and {row.other} were not both compared")
    return Finding(mine, holds=mine < other)


def _hardest_match(row, run):
    """The series whose spectra are furthest from simulation, under the variant `method`, are those of `other`."""
    table = _residuals(run)
    ranks = table[table["variant"] == row.method].groupby("series")["rmse"].mean().sort_values(ascending=False)
    named = set(row.other.split(";"))
    if not named <= set(ranks.index):
        return Finding(missing="not the series of the study")
    return Finding(holds=set(ranks.index[: len(named)]) == named)


def _feature_ratio_below(row, run):
    """Feature `field`, measured over simulated (median over the spectra), is below `published`."""
    mine = run.features[run.features["feature"] == row.field]
    ratio = float((mine["measured"] / mine["simulated"]).median()) if len(mine) else math.nan
    if not math.isfinite(ratio):
        return Finding(missing=f"no spectrum shows the feature {row.field}")
    return Finding(ratio, holds=ratio < row.published)


def _exceeds(row, run):
    """The series with any spectrum whose `field` is above `published` are those of `other`; E4a to E4d count as E4."""
    if row.field not in run.matched or run.matched[row.field].isna().all():
        return Finding(missing=f"no measured spectrum has a {row.field}")
    named, series = set(row.other.split(";")), run.matched["series"].str.rstrip("abcd")
    if not named <= set(series):
        return Finding(missing="not the series of the study")
    return Finding(holds=set(series[run.matched[row.field] > row.published]) == named)


def _residuals(run):
    table = run.similarity
    return table[(table["kind"] == "magnitude") & (table["series"] != ALL)]


FINDERS = {"value": _value, "less": _less, "lowest": _less, "significant": _test, "not_significant": _test,
           "ratio_at_least": _between_sets, "hardest": _hardest, "closest_match": _closest_match,
           "hardest_match": _hardest_match, "feature_ratio_below": _feature_ratio_below, "exceeds": _exceeds, "lowers": _lowers,
           "chosen": _chosen, "option_less": _option_less, "same_best": _same_best, "penalty": _penalty, "no_penalty": _penalty,
           "no_difference": _penalty, "statement": _statement, "overfits": _overfits, "overfits_more": _overfits,
           "overfits_less": _overfits, "no_consistent_gain": _no_consistent_gain}  # fmt: skip
