"""A whole store of spectra through LCModel: rows of the quantities table and the curves of a few items."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.groups import by_acquisition
from mrsgap.core.names import DIFF, FAILED, ITEM, OFF, QUANTITY_COLUMNS
from mrsgap.lcm.channels import channel_fids
from mrsgap.lcm.lcmodel.coord import Coord
from mrsgap.lcm.lcmodel.quantify import LcmodelSettings, fit_items, quantity_rows
from mrsgap.lcm.lcmodel.verdict import Outcome
from mrsgap.lcm.rows import RELATIVE, complete_rows, texts

METHODS = ("lcmodel-off", "lcmodel-diff", "lcmodel-joint")
ABSENT = "LCModel is not installed, so lcmodel-off, lcmodel-diff and lcmodel-joint are missing from the tables"


def no_rows() -> pd.DataFrame:
    """The quantities table without a row, for a machine without LCModel: a method that did not run is not faked."""
    return pd.DataFrame(columns=QUANTITY_COLUMNS)


def no_curves() -> xr.Dataset:
    """Curves of no item."""
    empty = ((ITEM, "channel", "bin"), np.zeros((0, 0, 0)))
    return xr.Dataset(dict.fromkeys(("ppm", "data", "fit", "baseline"), empty))


def quantify_store(
    spectra: xr.Dataset, basis_paths: Mapping, basis: str, metabolites: Sequence[str], settings: LcmodelSettings
) -> tuple[pd.DataFrame, dict[str, dict[str, Outcome]]]:
    """Fit every item as far as it has edit-off and difference: the rows of all methods, and the outcomes by item and method.

    `metabolites` are reported for every method, with NaN and a reason where LCModel has none. An absent state gives rows that
    say so.
    """
    outcomes: dict[str, dict[str, Outcome]] = {}
    for acquisition, part in by_acquisition(spectra):
        states = {kind: channel_fids(part, kind)[:, 0] for kind in (OFF, DIFF)}
        items = texts(part[ITEM])
        # A state of which nothing was recorded is absent; one with some NaN is passed on, to be refused by name.
        fids = [
            {kind: fid[place] for kind, fid in states.items() if np.isfinite(fid[place]).any()} for place in range(len(items))
        ]
        outcomes |= dict(zip(items, fit_items(fids, acquisition, basis_paths, settings)))
    tables = []
    for method in METHODS:
        missing = Outcome(FAILED, "the item lacks an edit state that the method needs")
        rows = [
            {ITEM: item, **cell} for item in items for cell in quantity_rows(outcomes[item].get(method, missing), metabolites)
        ]
        tables.append(complete_rows(rows, spectra, method, basis, RELATIVE))
    return pd.concat(tables, ignore_index=True), outcomes


def curves(outcomes: Mapping[str, Mapping[str, Outcome]], items: Sequence[str]) -> xr.Dataset:
    """Curves of `items` for pictures: ppm, data, fit, baseline (item, channel, bin), metabolites; empty if no fit left any."""
    parts = []
    for item in items:
        found = {kind: outcomes[item][f"lcmodel-{kind}"].coord for kind in (OFF, DIFF) if f"lcmodel-{kind}" in outcomes[item]}
        found = {kind: coord for kind, coord in found.items() if coord is not None}
        parts += [_one(item, kind, coord) for kind, coord in found.items()]
    return xr.combine_by_coords(parts, join="outer", combine_attrs="override") if parts else no_curves()


def _one(item: str, channel: str, coord: Coord) -> xr.Dataset:
    plain = {name: ((ITEM, "channel", "bin"), getattr(coord, name)[None, None]) for name in ("ppm", "data", "fit", "baseline")}
    names = list(coord.metabolites)
    each = np.array([coord.metabolites[name] for name in names]).reshape(len(names), len(coord.ppm))
    return xr.Dataset(
        plain | {"metabolites": ((ITEM, "metabolite", "channel", "bin"), each[None, :, None])},
        coords={ITEM: [item], "channel": [channel], "metabolite": names, "bin": np.arange(len(coord.ppm))},
    )
