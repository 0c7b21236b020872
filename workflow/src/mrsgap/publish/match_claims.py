"""Claims about measured spectra against simulation at the same concentrations (paper.md 11)."""

import math

from mrsgap.publish.verdict import Finding

ALL = "all"  # the row of a similarity table that joins all series


def closest_match(row, run) -> Finding:
    """The simulated variant `method` differs less from the measured magnitude spectra than the variant `other`."""
    table = _residuals(run)
    means = table.groupby("variant")["rmse"].mean()
    mine, other = (float(means.get(name, math.nan)) for name in (row.method, row.other))
    if not (math.isfinite(mine) and math.isfinite(other)):
        return Finding(missing=f"the variants {row.method} and {row.other} were not both compared")
    return Finding(mine, holds=mine < other)


def hardest_match(row, run) -> Finding:
    """The series whose spectra are furthest from simulation, under the variant `method`, are those of `other`."""
    table = _residuals(run)
    ranks = table[table["variant"] == row.method].groupby("series")["rmse"].mean().sort_values(ascending=False)
    named = set(row.other.split(";"))
    if not named <= set(ranks.index):
        return Finding(missing="not the series of the study")
    return Finding(holds=set(ranks.index[: len(named)]) == named)


def feature_ratio_below(row, run) -> Finding:
    """Feature `field`, measured over simulated (median over the spectra), is below `published`."""
    mine = run.features[run.features["feature"] == row.field]
    ratio = float((mine["measured"] / mine["simulated"]).median()) if len(mine) else math.nan
    if not math.isfinite(ratio):
        return Finding(missing=f"no spectrum shows the feature {row.field}")
    return Finding(ratio, holds=ratio < row.published)


def _residuals(run):
    table = run.similarity
    return table[(table["kind"] == "magnitude") & (table["series"] != ALL)]
