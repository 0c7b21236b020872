"""Every published statement beside what this run found, with a verdict by fixed rules, written before any run."""

import math

import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.publish.lookup import Finding, Run, find
from mrsgap.show.printed import Table, rounded

EXACT, ROUNDING, TOLERANCE, INTERVAL = "exact", "within rounding", "within tolerance", "within interval"
HOLDS, DIFFERS, NOT_COMPARABLE = "holds", "differs", "not comparable"
SETTING = "settings as published"  # what the config was typed from: it agrees, and reproduces nothing
INCONSISTENT, CODE_DIFFERS = "paper inconsistent", "paper and its code differ"
VERDICTS = (EXACT, ROUNDING, TOLERANCE, INTERVAL, HOLDS, DIFFERS, SETTING, NOT_COMPARABLE, INCONSISTENT, CODE_DIFFERS)
WORDS = [
    "id", "where", "claim", "kind", "source", "field", "method", "other", "metabolite", "series", "training", "data", "scope",
    "inconsistent", "code_differs", "note",
]  # fmt: skip
NUMBERS = ["published", "decimals", "tolerance"]
SCOPES = ("design", "size", "simulation", "phantoms")
STATEMENT = "statement"
AGREE = (EXACT, ROUNDING, TOLERANCE, INTERVAL, HOLDS, SETTING)
NEEDS = {"design": "settings", "size": "settings of the study's size", "simulation": "networks trained at the study's size",
         "phantoms": "these, and the study's phantoms", STATEMENT: "about the paper itself"}  # fmt: skip
OF_SETTINGS = ("design", "size")  # statements that only the config answers


def read_published(path) -> pd.DataFrame:
    """Read published.csv; `InputError` for a missing column, a twice-used id or an unknown scope."""
    table = pd.read_csv(
        path, dtype=dict.fromkeys(WORDS, str), keep_default_na=False, na_values={name: [""] for name in NUMBERS}
    )
    missing = [name for name in [*WORDS, *NUMBERS] if name not in table]
    if missing:
        raise InputError(f"column `{missing[0]}` is missing", where=str(path))
    if table["id"].duplicated().any():
        raise InputError(f"id `{table.loc[table['id'].duplicated(), 'id'].iloc[0]}` stands twice", where=str(path))
    wrong = ~table["scope"].isin(SCOPES)
    if wrong.any():
        raise InputError(
            f"unknown scope `{table.loc[wrong, 'scope'].iloc[0]}`", where=str(path), cure=f"Known: {', '.join(SCOPES)}"
        )
    return table


def compare_published(published: pd.DataFrame, run: Run, origins: set[str], training_items: int | None, study_items: int):
    """One row per statement: id, where, claim, needs (a key of `NEEDS`), published, reproduced, difference, verdict, reason."""
    rows = []
    for row in published.itertuples(index=False):
        finding = find(row, run)
        forbids = obstacle(row.scope, origins, training_items, study_items)
        word, reason = verdict(row.published, row.decimals, row.tolerance, row.inconsistent, forbids, finding)
        if row.code_differs:
            word, reason = CODE_DIFFERS, row.code_differs
        elif row.scope in OF_SETTINGS and word in (EXACT, ROUNDING, TOLERANCE):
            word = SETTING
        named = {"id": row.id, "where": row.where, "claim": row.claim}
        named |= {"needs": row.kind if row.kind == STATEMENT else row.scope, "published": row.published}
        rows.append(
            named
            | {"reproduced": finding.value, "difference": finding.value - row.published, "verdict": word, "reason": reason}
        )
    columns = ["id", "where", "claim", "needs", "published", "reproduced", "difference", "verdict", "reason"]
    return pd.DataFrame(rows, columns=columns)


def verdict(
    published: float, decimals: float, tolerance: float, inconsistent: str, obstacle: str, finding: Finding
) -> tuple[str, str]:
    """Verdict and reason. The paper contradicting itself comes first, then what forbids a comparison, then the comparison.

    A number is `exact` if equal, `within rounding` if it rounds to the printed decimals, `within tolerance` of the absolute
    tolerance fixed in published.csv, `within interval` if the published number lies in this run's interval, else `differs`.
    A claim `holds` or `differs`.
    """
    if inconsistent:
        return INCONSISTENT, inconsistent
    if obstacle:
        return NOT_COMPARABLE, obstacle
    if finding.missing:
        return NOT_COMPARABLE, finding.missing
    if finding.holds is not None:
        return (HOLDS, "") if finding.holds else (DIFFERS, "the claim does not hold in this run")
    if not math.isfinite(finding.value):
        return NOT_COMPARABLE, "no number in this run"
    difference = abs(finding.value - published)
    if difference == 0:
        return EXACT, ""
    if math.isfinite(decimals) and difference <= 0.5 * 10**-decimals * (1 + 1e-9):
        return ROUNDING, f"equal at {decimals:.0f} decimals"
    if math.isfinite(tolerance) and difference <= tolerance * (1 + 1e-9):
        return TOLERANCE, f"differs by {difference:.3g}, tolerance {tolerance:g}"
    if finding.low <= published <= finding.high:
        return INTERVAL, f"this run's interval is {finding.low:.3g} to {finding.high:.3g}"
    return DIFFERS, f"differs by {difference:.3g}"


def obstacle(scope: str, origins: set[str], training_items: int | None, study_items: int) -> str:
    """Why statements of a `scope` cannot be compared at all in this run; empty if they can.

    `design`: what the config sets; always comparable. `size`: numbers of spectra; only at the study's scale. `simulation`:
    networks judged on simulated spectra; they must have seen as many as the study's. `phantoms`: that, and measured phantoms.
    """
    small = training_items is None or training_items < study_items
    size = "no training set" if training_items is None else f"{training_items:,} training spectra"
    if scope == "phantoms" and origins != {"measured"}:
        return "synthetic stand-ins, not the study's phantoms" if origins else "no phantom spectra were quantified"
    if scope in ("phantoms", "simulation", "size") and small:
        return f"{size} in this run, {study_items:,} in the study"
    return ""


def agreements(verdicts: pd.DataFrame) -> list[dict]:
    """How many statements of every kind (`NEEDS`) agree, differ or cannot be compared, with their sums last."""
    groups = {AGREE: "agree", (DIFFERS,): "differ", (NOT_COMPARABLE,): "missing", (INCONSISTENT, CODE_DIFFERS): "paper"}
    rows = [(words, verdicts[verdicts["needs"] == need]) for need, words in NEEDS.items()] + [("all statements", verdicts)]
    counts = [
        {"needs": words, "statements": len(part)}
        | {name: int(part["verdict"].isin(group).sum()) for group, name in groups.items()}
        for words, part in rows
    ]
    return [row for row in counts if row["statements"]]


def reproduction_table(verdicts: pd.DataFrame, published: pd.DataFrame) -> Table:
    """The verdicts as a table; a number is shown with the decimals the paper prints."""
    decimals = published.set_index("id")["decimals"]
    text = pd.DataFrame({
        "where": verdicts["where"], "claim": verdicts["claim"],
        "published": [_shown(value, decimals[key]) for key, value in zip(verdicts["id"], verdicts["published"])],
        "this run": [_shown(value, decimals[key]) for key, value in zip(verdicts["id"], verdicts["reproduced"])],
        "verdict": verdicts["verdict"], "reason": verdicts["reason"],
    })  # fmt: skip
    counts = verdicts["verdict"].value_counts()
    total = ", ".join(f"{counts[name]} {name}" for name in VERDICTS if name in counts)
    notes = [f"{len(verdicts)} statements: {total}.",
             f"“{SETTING}”: the config was typed from the paper; such rows agree and reproduce nothing.",
             "Numbers under “not comparable” are shown for orientation only; they say nothing about the paper."]  # fmt: skip
    return Table("Published numbers and claims beside this run", verdicts, text, notes)


def _shown(value, decimals):
    if pd.isna(value):
        return "–"
    if pd.notna(decimals):
        return f"{value:,.{max(int(decimals), 0)}f}"
    return rounded(value, abs(value) / 3)
