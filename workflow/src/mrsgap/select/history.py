"""Finished trials: one row per trial and fold, gathered over the rounds of a study."""

from collections.abc import Sequence

import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.core.names import FAILED, OK

SCORE_COLUMNS = ("trial", "configuration", "strategy", "identity", "fold", "mae", "status", "reason", "seconds")


def read_scores(paths: Sequence) -> pd.DataFrame:
    """The rows of all `paths` (round by round), columns `SCORE_COLUMNS`; no path gives no row."""
    tables = []
    for path in paths:
        table = pd.read_csv(path, dtype={"identity": str, "reason": str}, keep_default_na=True)
        missing = [column for column in SCORE_COLUMNS if column not in table]
        if missing:
            raise InputError(f"column `{missing[0]}` is missing", where=str(path), cure="Delete the file and run again")
        tables.append(table)
    tables = [table for table in tables if len(table)]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(SCORE_COLUMNS))


def finished(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of trials that ended well."""
    return scores[scores["status"] == OK]


def objectives(scores: pd.DataFrame) -> dict[int, float | None]:
    """Configuration -> mean MAE over its folds, None where the trial failed; in the order of the trials."""
    means: dict[int, float | None] = {}
    for configuration, rows in scores.groupby("configuration", sort=False):
        failed = (rows["status"] == FAILED).any()
        means[int(configuration)] = None if failed else float(rows["mae"].mean())
    return means
