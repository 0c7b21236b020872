"""Rows of the quantities table from what a fit found and what its data set knows."""

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.names import ITEM, METABOLITE, QUANTITY_COLUMNS

RELATIVE = "relative"  # amplitudes in units of the basis: only ratios within an item mean anything


def complete_rows(rows: list[dict], spectra: xr.Dataset, method: str, basis: str, unit: str) -> pd.DataFrame:
    """`rows` (item, metabolite and what was found) with series, origin and truth of `spectra`, in the table's columns."""
    items = texts(spectra[ITEM])
    per_item = pd.DataFrame({ITEM: items})
    for name in ("series", "origin"):
        per_item[name] = texts(spectra[name]) if name in spectra.variables else spectra.attrs.get(name, "")
    table = pd.DataFrame(rows, columns=None if rows else [ITEM, METABOLITE]).merge(per_item, on=ITEM, validate="many_to_one")
    if "truth" in spectra:
        truth, names = spectra["truth"].transpose(ITEM, METABOLITE).values, texts(spectra[METABOLITE])
        known = {(item, name): truth[i, j] for i, item in enumerate(items) for j, name in enumerate(names)}
        table["truth"] = [known.get(pair, np.nan) for pair in zip(table[ITEM], table[METABOLITE])]
    table["method"], table["basis"], table["unit"] = method, basis, unit
    return table.reindex(columns=QUANTITY_COLUMNS)


def texts(variable) -> list[str]:
    """Values of a coordinate as plain strings, whatever type the store gave them."""
    return [str(value) for value in variable.values]
