"""Read the tables of statistics back: words stay words, absent numbers are NaN."""

import pandas as pd

WORDS = (
    "label", "method", "basis", "training_set", "member", "dataset", "origin", "series", "item", "metabolite", "norm", "note",
    "better", "worse", "reference", "other", "covariate", "fold", "seed", "unit", "status", "reason",
)  # fmt: skip


def read_statistics(path) -> pd.DataFrame:
    """A table of statistics as it was written; an absent word is an empty string."""
    words = dict.fromkeys(WORDS, str)
    table = pd.read_csv(path, dtype=words, keep_default_na=True, na_values=[""])
    known = [name for name in WORDS if name in table]
    table = table.assign(**{name: table[name].fillna("").astype(str) for name in known})
    return table.assign(oracle=table["oracle"].astype(bool)) if "oracle" in table else table
