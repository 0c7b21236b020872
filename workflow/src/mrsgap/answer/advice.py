"""What a user can do where networks refuse."""

import pandas as pd

from mrsgap.core.names import FAILED, UNLIKE_TRAINING


def advice(table: pd.DataFrame, command: str) -> list[str]:
    """Sentences that go with `table` (answer.ratios): the command that trains networks for spectra that networks refused.

    Empty where no network refused for its training; an absent edit state cannot be helped by training.
    """
    refused = table[(table["status"] == FAILED) & table["reason"].astype(str).str.contains(UNLIKE_TRAINING, regex=False)]
    if refused.empty:
        return []
    reasons = " / ".join(dict.fromkeys(refused["reason"].astype(str)))
    return [f"Networks refuse some of these spectra ({reasons}). To train networks that match field and editing: {command}"]
