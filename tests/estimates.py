"""A small simulator of estimates: quantities tables with known errors, as the parts of the workflow write them."""

import numpy as np
import pandas as pd

from mrsgap.core.names import QUANTITY_COLUMNS, SYNTHETIC

METABOLITES = ("Cr", "GABA", "Gln", "Glu", "NAA")
SERIES = {"E1": 4, "E2": 5, "E3": 3, "E4a": 3, "E4b": 3, "E6": 4}


def compositions(series=None, seed=0):
    """Truth table: series, item and mmol/l of each metabolite; the first item of a series has no GABA."""
    generator = np.random.default_rng(seed)
    rows = []
    for name, count in (series or SERIES).items():
        for index in range(count):
            gaba = 0.0 if index == 0 else generator.uniform(0.5, 12)
            level = generator.uniform(0.5, 1.5)
            rows.append((name, f"{name}_{index:02d}", 8.0 * level, gaba, 3.0 * level, 14.0 - 4.0 * level, 15.0))
    return pd.DataFrame(rows, columns=["series", "item", *METABOLITES])


def estimates(
    method,
    truths,
    *,
    sd=0.3,
    bias=0.0,
    scale=1.0,
    seed=1,
    member=("", ""),
    metabolites=METABOLITES,
    relative_bound=np.nan,
    **columns,
):
    """Rows of a quantities table: truth plus bias plus Gaussian error of `sd` (mmol/l), times an arbitrary scale."""
    generator = np.random.default_rng(seed)
    rows = truths.melt(["series", "item"], list(metabolites), var_name="metabolite", value_name="truth")
    noise = generator.normal(0, sd, len(rows)) if sd else 0.0
    words = dict.fromkeys(("basis", "training_set", "reason"), "") | {"dataset": "phantoms", "origin": SYNTHETIC}
    numbers = {"sd": np.nan, "crlb": np.nan, "correlations": "", "unit": "relative", "status": "ok"}
    rows = rows.assign(method=method, fold=member[0], seed=member[1], **(words | numbers | columns))
    rows["estimate"] = scale * (rows["truth"] + bias + noise)
    rows["crlb"] = relative_bound * rows["estimate"]
    return rows[list(QUANTITY_COLUMNS)]


def study(items_per_series=None, methods=3, seeds=2):
    """A whole table: one fit with bounds, `methods` networks with `seeds` copies and their ensembles."""
    truths = compositions(items_per_series)
    parts = [estimates("lcm-joint", truths, sd=0.5, basis="study", relative_bound=0.05, scale=3.0)]
    for index in range(methods):
        name = ("cnn", "yae", "fcnn")[index] if index < 3 else f"net-{index}"
        for seed in range(seeds):
            look = {"sd": 0.4 + 0.3 * index, "seed": 10 * index + seed, "training_set": "train", "basis": "study"}
            parts.append(estimates(name, truths, member=("", str(seed)), **look))
        parts.append(estimates(name, truths, **(look | {"seed": 99 + index})))
    return pd.concat(parts, ignore_index=True)


BLANK = {
    "method": "fit", "basis": "study", "training_set": "", "fold": "", "seed": "", "dataset": "d", "origin": "measured",
    "series": "s", "item": "1", "crlb": np.nan, "correlations": "", "truth": np.nan, "unit": "relative", "status": "ok",
    "reason": "",
}  # fmt: skip


def quantities(rows):
    """A quantities table of `rows`, each of which names only what matters."""
    return pd.DataFrame([BLANK | row for row in rows], columns=list(QUANTITY_COLUMNS))
