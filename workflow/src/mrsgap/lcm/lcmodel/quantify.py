"""A whole data set through LCModel: off, diff and joint rows of the quantities table."""

import functools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mrsgap.basis.lcmodel_file import read_basis_file
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, FAILED, FLAGGED, OFF
from mrsgap.lcm.lcmodel.control import control_parameters
from mrsgap.lcm.lcmodel.joint import check_reference, join
from mrsgap.lcm.lcmodel.raw import raw_scale, raw_text
from mrsgap.lcm.lcmodel.run import run_lcmodel
from mrsgap.lcm.lcmodel.table import Row
from mrsgap.lcm.lcmodel.verdict import Outcome

ABSENT = Row("", float("nan"), float("nan"), float("nan"), "")
PRIOR = {"+": "exceeds its ratio prior", "-": "falls below its ratio prior"}


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
    """Table cells (metabolite, estimate, sd, crlb_percent, status, reason) for `metabolites`; NaN where failed."""
    found = {row.metabolite: row for row in outcome.rows}
    cells = []
    for name in metabolites:
        row, status, reason = found.get(name, ABSENT), outcome.status, outcome.reason
        if status != FAILED and name not in found:
            status, reason = FAILED, f"LCModel reports no {name} (not in its basis)"
        elif status != FAILED and not np.isfinite(row.concentration):
            status, reason = FAILED, "LCModel's number does not fit its column (****)"
        elif row.prior_flag in PRIOR:
            status, reason = FLAGGED, "; ".join(filter(None, [reason, PRIOR[row.prior_flag]]))
        cells.append(
            {
                "metabolite": name,
                "estimate": row.concentration,
                "sd": row.concentration * row.percent_sd / 100 if row.concentration > 0 else float("nan"),
                "crlb_percent": row.percent_sd,
                "status": status,
                "reason": reason,
            }
        )
    return cells
