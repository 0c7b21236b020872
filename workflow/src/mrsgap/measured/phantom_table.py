"""The published phantom series (config/phantoms.csv): what was in each tube, as far as it is known."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mrsgap.core.errors import InputError

TRUTH = "_mmol_per_l"
NEEDED = ("series", "item", "medium", "spectral_width_hz", "concentrations")
KNOWN, CHOSEN = "known", "chosen"  # published, or made up because the publication does not say


@dataclass(frozen=True)
class Phantom:
    """One phantom spectrum to imitate; concentrations in mmol/l by metabolite."""

    series: str
    item: str
    medium: str
    spectral_width_hz: float
    truth: dict[str, float]
    concentrations: str


def read_phantoms(path, items_per_series: int | None = None) -> list[Phantom]:
    """Phantoms of the table `path`, in its order; at most `items_per_series` of each series, spread over its range."""
    path = Path(path)
    try:
        table = pd.read_csv(path, dtype={"series": str, "item": str}, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(f"the phantom table `{path}` cannot be read: {error}", cure="Correct `phantoms.table`") from error
    missing = [name for name in NEEDED if name not in table]
    metabolites = [name[: -len(TRUTH)] for name in table if name.endswith(TRUTH)]
    if missing or not metabolites:
        raise InputError(f"the phantom table `{path}` has no column `{(missing or ['<metabolite>' + TRUTH])[0]}`")
    if table["item"].duplicated().any():
        raise InputError(f"the phantom table `{path}` names `{table['item'][table['item'].duplicated()].iloc[0]}` twice")
    phantoms = []
    for _, rows in table.groupby("series", sort=False):
        count = len(rows) if items_per_series is None else min(items_per_series, len(rows))
        ends = (0, len(rows) - 1) if count > 1 else (len(rows) // 2, len(rows) // 2)  # the first of most series has no GABA
        for index in np.unique(np.linspace(*ends, count).round().astype(int)):
            row = rows.iloc[index]
            truth = {name: float(row[name + TRUTH]) for name in metabolites}
            phantoms.append(
                Phantom(
                    row["series"], row["item"], row["medium"], float(row["spectral_width_hz"]), truth, row["concentrations"]
                )
            )
    return phantoms
