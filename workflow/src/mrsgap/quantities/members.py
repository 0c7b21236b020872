"""What one row of a table of methods stands for: a fit, the copies of a network, or their ensemble."""

import numpy as np
import pandas as pd

from mrsgap.core.names import MEASURED
from mrsgap.quantities.table import MEMBER_KEYS, METHOD_KEYS

FIT, COPY, ENSEMBLE = "fit", "copy", "ensemble"
ANSWER_KEYS = [*METHOD_KEYS, "dataset", "origin", "series", "item"]  # what a method says of a spectrum, copies aside
LABEL_KEYS = [*METHOD_KEYS, "member"]
ORACLE = " (oracle basis)"  # a fit with the very basis that made the data: what no method on measured data can have


def add_labels(table: pd.DataFrame, generating: dict[str, str] | None = None) -> pd.DataFrame:
    """Add `member` (fit, copy, ensemble) and `label`, the shortest name that tells the methods of this table apart.

    Rows without fold and seed are a fit, or the ensemble of a method that also has rows with a fold or a seed. The label is
    the method's name, and names its training set and its basis only where the same method occurs with several. `generating`
    maps a simulated or synthetic data set to the basis that made it: a fit with that basis is marked as an oracle.
    """
    is_copy = (table[MEMBER_KEYS] != "").any(axis=1)
    has_copies = is_copy.groupby([table[key] for key in METHOD_KEYS]).transform("any") if len(table) else is_copy
    member = pd.Series(FIT, index=table.index).mask(has_copies, ENSEMBLE).mask(is_copy, COPY)
    label = table["method"].astype(str)
    for key in ("training_set", "basis"):
        several = table.groupby("method")[key].transform("nunique") > 1 if len(table) else is_copy
        label = label.where(~several | (table[key] == ""), label + " · " + table[key])
    label = label.where(member != ENSEMBLE, label + " (ensemble)")
    own_basis = table["basis"] == table["dataset"].map(generating or {})
    oracle = own_basis & (table["basis"] != "") & (member == FIT) & (table["origin"] != MEASURED)
    return table.assign(member=member, label=label.where(~oracle, label + ORACLE), oracle=oracle)


def pick(table: pd.DataFrame, method: str, training_set: str, basis: str) -> pd.DataFrame:
    """Rows of one method as single answers (a fit, or a network's copies), never of an ensemble.

    A fit has no training set, so `training_set` binds networks only; `basis` decides between fits with several bases.
    """
    mine = table[(table["method"] == method) & (table["member"] != ENSEMBLE) & table["training_set"].isin(["", training_set])]
    return mine[mine["basis"] == basis] if mine.loc[mine["member"] == FIT, "basis"].nunique() > 1 else mine


def answers_only(quantities: pd.DataFrame) -> pd.DataFrame:
    """One row per method, item and metabolite: a network's ensemble rows where it has them, never its single copies.

    A network that was trained once has no ensemble; its one copy answers, without `sd`. Raises `ValueError` for several copies
    without an ensemble, which whoever applies a network writes beside them (`learn.quantities.quantify`).
    """
    copies = (quantities[MEMBER_KEYS] != "").any(axis=1)
    keys = [*ANSWER_KEYS, "metabolite"]
    whole = quantities[~copies]
    known = set(map(tuple, whole[["method", "training_set", "dataset"]].drop_duplicates().to_numpy()))
    single = quantities[copies]
    named = list(map(tuple, single[["method", "training_set", "dataset"]].to_numpy()))
    single = single[[name not in known for name in named]]
    if single.duplicated(keys).any():
        raise ValueError(f"{single['method'].iloc[0]} has several copies but no ensemble")
    return pd.concat([whole, single.assign(sd=np.nan, fold="", seed="")], ignore_index=True)
