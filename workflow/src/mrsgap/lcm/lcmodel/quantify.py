"""A whole store of spectra through LCModel: off, diff and joint rows of the quantities table, and the curves of a few items."""

import dataclasses
import functools
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.basis.lcmodel_file import read_basis_file
from mrsgap.core.acquisition import Acquisition, by_acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, FAILED, FLAGGED, ITEM, METABOLITE, OFF, QUANTITY_COLUMNS
from mrsgap.lcm.channels import channel_fids
from mrsgap.lcm.lcmodel.inputs import control_parameters, raw_scale, raw_text
from mrsgap.lcm.lcmodel.outputs import Row, has_bound, stated_correlations
from mrsgap.lcm.lcmodel.run import Outcome, run_lcmodel
from mrsgap.quantities.table import RELATIVE, complete_rows, texts

METHODS = ("lcmodel-off", "lcmodel-diff", "lcmodel-joint")
NOT_INSTALLED = "LCModel is not installed, so lcmodel-off, lcmodel-diff and lcmodel-joint are missing from the tables"
NO_ROW = Row("", float("nan"), float("nan"), float("nan"), "")
PRIOR = {"+": "exceeds its ratio prior", "-": "falls below its ratio prior"}
LARGEST_SHIFT_DIFFERENCE_PPM = 0.05
LARGEST_PHASE_DEG = 60.0
REFERENCE = "NAA"
FROM_OFF = ("Cr",)  # its DIFF estimate means nothing: creatine is not edited


@dataclass(frozen=True)
class LcmodelSettings:
    """How to run LCModel: `preset` phantom or in-vivo; `diff_metabolites` are fitted in DIFF; overrides per spectrum."""

    executable: Path
    preset: str
    echo_time_ms: float
    timeout_s: float
    diff_metabolites: Sequence[str]
    overrides: Mapping[str, Mapping] = field(default_factory=dict)
    workers: int = 1


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
    fits: dict[str, dict[str, Outcome]] = {}
    for acquisition, part in by_acquisition(spectra):
        states = {kind: channel_fids(part, kind)[:, 0] for kind in (OFF, DIFF)}
        # A state of which nothing was recorded is absent; one with some NaN is passed on, to be refused by name.
        fids = [
            {kind: fid[place] for kind, fid in states.items() if np.isfinite(fid[place]).any()}
            for place in range(part.sizes[ITEM])
        ]
        fits |= dict(zip(texts(part[ITEM]), fit_items(fids, acquisition, basis_paths, settings)))
    outcomes = {item: fits[item] for item in texts(spectra[ITEM])}  # as in the store, whatever the acquisitions
    tables = []
    for method in METHODS:
        missing = Outcome(FAILED, "the item lacks an edit state that the method needs")
        rows = [
            {ITEM: item, **cell}
            for item, fitted in outcomes.items()
            for cell in quantity_rows(fitted.get(method, missing), metabolites)
        ]
        tables.append(complete_rows(rows, spectra, method=method, basis=basis, unit=RELATIVE))
    return pd.concat(tables, ignore_index=True), outcomes


def fit_items(
    spectra: Sequence[Mapping[str, np.ndarray]], acquisition: Acquisition, basis_paths: Mapping, settings
) -> list[dict]:
    """Outcomes per item: {'lcmodel-off': ..., 'lcmodel-diff': ..., 'lcmodel-joint': ...}, as far as the data allow.

    `spectra` holds per item the FIDs (time,) it has, keyed off and diff; `basis_paths` the .BASIS file of each. Runs
    `settings.workers` programs at once. A fit that fails is an outcome with a reason, never an exception.
    """
    bases = {kind: read_basis_file(path) for kind, path in basis_paths.items()}
    one = functools.partial(_fit_item, acquisition=acquisition, basis_paths=basis_paths, bases=bases, settings=settings)
    with ThreadPoolExecutor(max(1, settings.workers)) as pool:
        return list(pool.map(one, spectra))


def _fit_item(spectra, *, acquisition, basis_paths, bases, settings) -> dict:
    outcomes, scale = {}, None
    for kind in (OFF, DIFF):
        if kind not in spectra:
            continue
        omit = [name for name in bases[kind].metabolites if kind == DIFF and name not in settings.diff_metabolites]
        try:
            scale = scale or raw_scale(spectra[kind], bases[kind].fid)
            raw = raw_text(spectra[kind], acquisition, kind, scale)
        except InputError as error:
            outcomes[kind] = Outcome(FAILED, f"not given to LCModel: {error}")
            continue
        parameters = control_parameters(
            settings.preset, kind, acquisition,
            echo_time_ms=settings.echo_time_ms, title=kind, omit=omit, overrides=settings.overrides.get(kind),
        )  # fmt: skip
        outcomes[kind] = run_lcmodel(settings.executable, parameters, raw, basis_paths[kind], timeout_s=settings.timeout_s)
    if DIFF in outcomes:
        outcomes[DIFF] = check_reference(outcomes[DIFF], outcomes.get(OFF))
    if {OFF, DIFF} <= set(outcomes):
        outcomes["joint"] = join(outcomes[OFF], outcomes[DIFF])
    return {f"lcmodel-{kind}": outcome for kind, outcome in outcomes.items()}


def quantity_rows(outcome: Outcome, metabolites: Sequence[str]) -> list[dict]:
    """Table cells (metabolite, estimate, sd, crlb, correlations, status, reason) for `metabolites`; NaN where failed."""
    estimates, pairs = {row.metabolite: row for row in outcome.rows}, stated_correlations(outcome.rows)
    cells = []
    for name in metabolites:
        row, status, reason = estimates.get(name, NO_ROW), outcome.status, outcome.reason
        if status != FAILED and name not in estimates:
            status, reason = FAILED, f"LCModel reports no {name} (not in its basis)"
        elif status != FAILED and not np.isfinite(row.concentration):
            status, reason = FAILED, "LCModel's number does not fit its column (****)"
        elif row.prior_flag in PRIOR:
            status, reason = FLAGGED, "; ".join(filter(None, [reason, PRIOR[row.prior_flag]]))
        bound = row.concentration * row.percent_sd / 100 if has_bound(row) else math.nan
        cells.append(
            {
                "metabolite": name,
                "estimate": row.concentration,
                "sd": bound,
                "crlb": bound,
                "correlations": " ".join(f"{other}={value:.6g}" for (one, other), value in pairs.items() if one == name),
                "status": status,
                "reason": reason,
            }
        )
    return cells


def check_reference(diff: Outcome, off: Outcome | None) -> Outcome:
    """`diff`, flagged as misreferenced if its shift disagrees with that of `off` or its phase is implausible.

    Where NAA is small LCModel can lock the difference spectrum to another peak, 0.2 to 1.1 ppm away, without a word
    (docs/lcmodel.md 6).
    """
    if diff.status == FAILED:
        return diff
    faults = []
    if off is not None and off.status != FAILED:
        difference = diff.table.shift_ppm - off.table.shift_ppm
        if not abs(difference) <= LARGEST_SHIFT_DIFFERENCE_PPM:
            faults.append(f"its shift differs from the OFF fit's by {difference:+.3f} ppm")
    if not abs(diff.table.phase_deg) <= LARGEST_PHASE_DEG:
        faults.append(f"its phase is {diff.table.phase_deg:.0f} degrees")
    if not faults:
        return diff
    reasons = [f"misreferenced: {' and '.join(faults)}", *filter(None, [diff.reason])]
    return dataclasses.replace(diff, status=FLAGGED, reason="; ".join(reasons))


def join(off: Outcome, diff: Outcome) -> Outcome:
    """Cr from OFF, all else from DIFF, both on the scale of DIFF's NAA; failed where either has no NAA.

    `percent_sd` of a metabolite taken from OFF includes the uncertainty of the two NAA estimates (added in squares);
    it is 0, unknown, where one of the three was rounded to 0.
    """
    failed = next((one for one in (diff, off) if one.status == FAILED), None)
    if failed is not None:
        return Outcome(FAILED, failed.reason)
    off_rows, diff_rows = ({row.metabolite: row for row in one.rows} for one in (off, diff))
    naa = [rows.get(REFERENCE) for rows in (off_rows, diff_rows)]
    if not all(row is not None and row.concentration > 0 for row in naa):
        return Outcome(FAILED, f"{REFERENCE} is absent or zero in the OFF or the DIFF fit: the two cannot be joined")
    factor = naa[1].concentration / naa[0].concentration
    rows = [row for row in diff.rows if row.metabolite not in FROM_OFF]
    for name in FROM_OFF:
        if name in off_rows:
            row = off_rows[name]
            percents = (row.percent_sd, naa[0].percent_sd, naa[1].percent_sd)
            percent = math.hypot(*percents) if min(percents) > 0 else 0.0
            rows.append(Row(name, row.concentration * factor, percent, row.ratio, row.prior_flag))
    flagged = [f"{name}: {one.reason}" for name, one in (("OFF", off), ("DIFF", diff)) if one.status == FLAGGED]
    return Outcome(FLAGGED if flagged else diff.status, "; ".join(flagged), tuple(rows), diff.table)


def curves(outcomes: Mapping[str, Mapping[str, Outcome]], items: Sequence[str]) -> xr.Dataset:
    """Curves of `items` for pictures: ppm, data, fit, baseline (item, channel, bin), metabolites (item, metabolite, ...).

    Every fit has a grid and a list of metabolites of its own: what one lacks of another's is NaN. Items and channels without
    any fit are left out; nothing is left if no item has one.
    """
    coords = {
        (item, kind): outcomes[item][f"lcmodel-{kind}"].coord
        for item in items
        for kind in (OFF, DIFF)
        if f"lcmodel-{kind}" in outcomes[item] and outcomes[item][f"lcmodel-{kind}"].coord is not None
    }
    if not coords:
        return no_curves()
    items = [item for item in items if any(item == one for one, _ in coords)]
    channels = [kind for kind in (OFF, DIFF) if any(kind == one for _, one in coords)]
    names = list(dict.fromkeys(name for coord in coords.values() for name in coord.metabolites))
    longest = max(len(coord.ppm) for coord in coords.values())
    whole = {name: np.full((len(items), len(channels), longest), np.nan) for name in ("ppm", "data", "fit", "baseline")}
    each = np.full((len(items), len(names), len(channels), longest), np.nan)
    for (item, kind), coord in coords.items():
        row, column = items.index(item), channels.index(kind)
        for name, values in whole.items():
            values[row, column, : len(coord.ppm)] = getattr(coord, name)
        for name, curve in coord.metabolites.items():
            each[row, names.index(name), column, : len(curve)] = curve
    return xr.Dataset(
        {name: ((ITEM, "channel", "bin"), values) for name, values in whole.items()}
        | {"metabolites": ((ITEM, METABOLITE, "channel", "bin"), each)},
        coords={ITEM: items, "channel": channels, METABOLITE: names},
    )
