"""The verdict on one published statement: fixed rules, written before any run."""

import math
from dataclasses import dataclass

EXACT, ROUNDING, TOLERANCE, INTERVAL = "exact", "within rounding", "within tolerance", "within interval"
HOLDS, DIFFERS, NOT_COMPARABLE, INCONSISTENT = "holds", "differs", "not comparable", "paper inconsistent"
VERDICTS = (EXACT, ROUNDING, TOLERANCE, INTERVAL, HOLDS, DIFFERS, NOT_COMPARABLE, INCONSISTENT)


@dataclass(frozen=True)
class Finding:
    """What this run says about a statement: a number with its interval, or whether a claim holds, or why neither."""

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    holds: bool | None = None
    missing: str = ""


def verdict(
    published: float, decimals: float, tolerance: float, inconsistent: str, obstacle: str, found: Finding
) -> tuple[str, str]:
    """Verdict and reason. The paper's own contradictions come first, then what forbids a comparison, then the comparison.

    A number is `exact` if equal, `within rounding` if it rounds to the printed decimals, `within tolerance` of the absolute
    tolerance fixed in published.csv, `within interval` if the published number lies in this run's interval, else `differs`.
    A claim `holds` or `differs`.
    """
    if inconsistent:
        return INCONSISTENT, inconsistent
    if obstacle:
        return NOT_COMPARABLE, obstacle
    if found.missing:
        return NOT_COMPARABLE, found.missing
    if found.holds is not None:
        return (HOLDS, "") if found.holds else (DIFFERS, "the claim does not hold in this run")
    if not math.isfinite(found.value):
        return NOT_COMPARABLE, "no number in this run"
    difference = abs(found.value - published)
    if difference == 0:
        return EXACT, ""
    if math.isfinite(decimals) and difference <= 0.5 * 10**-decimals * (1 + 1e-9):
        return ROUNDING, f"equal at {decimals:.0f} decimals"
    if math.isfinite(tolerance) and difference <= tolerance * (1 + 1e-9):
        return TOLERANCE, f"differs by {difference:.3g}, tolerance {tolerance:g}"
    if found.low <= published <= found.high:
        return INTERVAL, f"this run's interval is {found.low:.3g} to {found.high:.3g}"
    return DIFFERS, f"differs by {difference:.3g}"


def obstacle(scope: str, origins: set[str], training_items: int | None, study_items: int) -> str:
    """Why statements of a `scope` cannot be compared at all in this run; empty if they can.

    `design`: what the config sets; always comparable. `size`: numbers of spectra; only at the study's scale. `simulation`:
    networks judged on simulated spectra; they must have seen as many as the study's. `phantoms`: that, and measured phantoms.
    """
    small = training_items is None or training_items < study_items
    seen = "no training set" if training_items is None else f"{training_items:,} training spectra"
    if scope == "phantoms" and origins != {"measured"}:
        return "synthetic stand-ins, not the study's phantoms" if origins else "no phantom spectra were quantified"
    if scope in ("phantoms", "simulation", "size") and small:
        return f"{seen} in this run, {study_items:,} in the study"
    return ""
