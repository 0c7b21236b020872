"""What one row of a table of methods stands for: a fit, the copies of a network, or their ensemble."""

import pandas as pd

from mrsgap.stats.quantities import MEMBER_KEYS, METHOD_KEYS

FIT, COPY, ENSEMBLE = "fit", "copy", "ensemble"
LABEL_KEYS = [*METHOD_KEYS, "member"]


def add_labels(table: pd.DataFrame) -> pd.DataFrame:
    """Add `member` (fit, copy, ensemble) and `label`, the shortest name that tells the methods of this table apart.

    Rows without fold and seed are a fit, or the ensemble of a method that also has rows with a fold or a seed. The label is
    the method's name, and names its training set and its basis only where the same method occurs with several.
    """
    is_copy = (table[MEMBER_KEYS] != "").any(axis=1)
    has_copies = is_copy.groupby([table[key] for key in METHOD_KEYS]).transform("any") if len(table) else is_copy
    member = pd.Series(FIT, index=table.index).mask(has_copies, ENSEMBLE).mask(is_copy, COPY)
    label = table["method"].astype(str)
    for key in ("training_set", "basis"):
        several = table.groupby("method")[key].transform("nunique") > 1 if len(table) else is_copy
        label = label.where(~several | (table[key] == ""), label + " · " + table[key])
    label = label.where(member != ENSEMBLE, label + " (ensemble)")
    return table.assign(member=member, label=label)
