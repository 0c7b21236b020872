"""Every published statement beside what this run found, with a verdict."""

import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.publish.lookup import Run, find
from mrsgap.publish.verdict import VERDICTS, obstacle, verdict
from mrsgap.show.printed import Table, rounded

WORDS = [
    "id", "where", "claim", "kind", "source", "field", "method", "other", "metabolite", "series", "training", "data", "scope",
    "inconsistent", "note",
]  # fmt: skip
NUMBERS = ["published", "decimals", "tolerance"]
SCOPES = ("design", "size", "simulation", "phantoms")


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
    """One row per statement: id, where, claim, published, reproduced, difference, verdict, reason."""
    rows = []
    for row in published.itertuples(index=False):
        found = find(row, run)
        forbids = obstacle(row.scope, origins, training_items, study_items)
        word, reason = verdict(row.published, row.decimals, row.tolerance, row.inconsistent, forbids, found)
        named = {"id": row.id, "where": row.where, "claim": row.claim, "published": row.published}
        rows.append(
            named | {"reproduced": found.value, "difference": found.value - row.published, "verdict": word, "reason": reason}
        )
    columns = ["id", "where", "claim", "published", "reproduced", "difference", "verdict", "reason"]
    return pd.DataFrame(rows, columns=columns)


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
             "Numbers under “not comparable” are shown for orientation only; they say nothing about the paper."]  # fmt: skip
    return Table("Published numbers and claims beside this run", verdicts, text, notes)


def _shown(value, decimals):
    if pd.isna(value):
        return "–"
    if pd.notna(decimals):
        return f"{value:,.{max(int(decimals), 0)}f}"
    return rounded(value, abs(value) / 3)
