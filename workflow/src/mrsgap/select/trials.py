"""Trials: proposed as plain data, known by a hash, trained once whoever asks, and read back as one table of scores."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_json
from mrsgap.core.names import FAILED, OK

SCORE_COLUMNS = ("trial", "configuration", "strategy", "identity", "fold", "mae", "status", "reason", "seconds")
FAILURES = (InputError, FloatingPointError, MemoryError)


def propose_round(search, names: Callable[[int], dict], settings: Callable[[int], dict], first: int, count: int) -> list[dict]:
    """The next `count` trials of `search` (fewer where the space is used up), numbered from `first`, as plain data."""
    trials = []
    for number in range(first, first + count):
        proposal = search.ask()
        if proposal is None:
            break
        chosen = settings(proposal.configuration)
        if proposal.epochs is not None:
            chosen = chosen | {"training": {**chosen["training"], "epochs": proposal.epochs}}
        trials.append(
            {
                "trial": number,
                "configuration": proposal.configuration,
                "strategy": proposal.strategy,
                "options": names(proposal.configuration),
                "settings": chosen,
            }
        )
    return trials


def run_trials(
    trials: Sequence[Mapping],
    train: Callable[[Mapping], Mapping[int, float]],
    store,
    *,
    data: str,
    code: str,
    seed: int,
    failures: tuple = FAILURES,
    tell: Callable[..., None] = lambda *words: None,
) -> pd.DataFrame:
    """Scores of `trials`, columns `SCORE_COLUMNS`: one row per fold, or one row with a reason where a trial failed.

    `train(settings)` returns fold -> validation MAE. Results are kept in the folder `store` under the trial's identity, so that
    the same trial is trained once whoever asks. A failed trial is not kept there: another run tries it again. `failures` are
    the exceptions that fail a trial rather than the run; `tell(format, *values)` is told each outcome.
    """
    rows = []
    for trial in trials:
        identity = trial_identity(trial["settings"], data, code, seed)
        common = {key: trial[key] for key in ("trial", "configuration", "strategy")} | {"identity": identity}
        path = Path(store) / f"{identity}.json"
        record = _read_record(path)
        if record is None:
            start = time.perf_counter()
            try:
                mae = {int(fold): float(value) for fold, value in train(trial["settings"]).items()}
                _require_errors(mae)
            except failures as error:
                reason = " ".join(str(error).split()) or type(error).__name__
                tell("trial %d failed: %s", trial["trial"], reason)
                rows.append(common | {"mae": np.nan, "status": FAILED, "reason": reason, "seconds": np.nan})
                continue
            seconds = round(time.perf_counter() - start, 3)
            record = {
                "settings": trial["settings"],
                "mae": {str(fold): value for fold, value in mae.items()},
                "seconds": seconds,
            }
            write_json(path, record)
            tell("trial %d trained in %.1f s: MAE %.5f", trial["trial"], seconds, np.mean(list(mae.values())))
        else:
            tell("trial %d found finished as %s", trial["trial"], identity)
        seconds = record["seconds"]
        rows += [common | {"fold": int(fold), "mae": value, "status": OK, "reason": "", "seconds": seconds}
                 for fold, value in sorted(record["mae"].items(), key=lambda pair: int(pair[0]))]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(SCORE_COLUMNS))
    return table.astype({"fold": "Int64"})


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


def outcomes(scores: pd.DataFrame) -> list[tuple[int, float | None]]:
    """Configuration and mean MAE over its folds (None where it failed) of every trial, in order of their numbers."""
    by_trial = {int(trial): objectives(rows) for trial, rows in scores.groupby("trial", sort=True)}
    return [pair for one in by_trial.values() for pair in one.items()]


def last_trials(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of every configuration's last trial that ended well: of several by successive halving the longest."""
    good = finished(scores)
    return good[good["trial"] == good.groupby("configuration")["trial"].transform("max")]


def first_trials(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of every configuration's first trial that ended well: by successive halving all have equal epochs."""
    good = finished(scores)
    return good[good["trial"] == good.groupby("configuration")["trial"].transform("min")]


def trial_identity(settings: Mapping, data: str, code: str, seed: int) -> str:
    """Sixteen hexadecimal digits over a trial's settings (in any order), its data's checksum, the code's digest and the seed.

    Study, round and trial number are left out on purpose: whoever asks for the same training finds it finished.
    """
    whole = json.dumps({"settings": settings, "data": data, "code": code, "seed": seed}, sort_keys=True, allow_nan=False)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def _read_record(path: Path) -> dict | None:
    if not path.is_file():
        return None
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return {"mae": {fold: float(value) for fold, value in record["mae"].items()}, "seconds": float(record["seconds"])}
    except (ValueError, KeyError, AttributeError) as error:
        raise InputError(f"the stored trial `{path}` is damaged: {error}", cure="Delete it and run again") from error


def _require_errors(mae: Mapping[int, float]) -> None:
    if not mae:
        raise InputError("the training returned no fold")
    for fold, value in mae.items():
        if not (np.isfinite(value) and value > 0):
            raise InputError(f"the validation MAE of fold {fold} is {value!r}")
