"""A whole data set through the linear-combination fit: rows of the quantities table and numbers about each fit."""

import logging
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.basis.lcmodel_file import EDITED_SHARE
from mrsgap.core.acquisition import Acquisition, by_acquisition, field_difference, unlike
from mrsgap.core.constants import NOTED_FIELD_DIFFERENCE
from mrsgap.core.names import FAILED, FLAGGED, ITEM, METABOLITE, OK
from mrsgap.core.noise import fid_noise_sd
from mrsgap.lcm.channels import channel_basis, channel_fids, resample_basis
from mrsgap.lcm.fit import Fit, fit_spectra
from mrsgap.lcm.parameters import FREQUENCY, GAUSSIAN_SQUARED, LORENTZIAN, PHASE0, PHASE1, FitSettings
from mrsgap.lcm.problem import Problem, fit_points, make_problem
from mrsgap.quantities.normalise import correlation_text
from mrsgap.quantities.table import RELATIVE, complete_rows, texts

log = logging.getLogger("mrsgap")
UNEXPLAINED = 3.0  # residual over noise above which a fit is flagged


@dataclass(frozen=True)
class Fitted:
    """One method on the items of one acquisition: `rows` (item, metabolite) and `quality` (item), and what was fitted how.

    `metabolites` are those the method can see, in the order of the fit's amplitudes. `kind` names the channels. Where items
    have bases of their own, `moved` is each one's less that of `problem`, in its form: (item, metabolite, channel, time).
    """

    rows: pd.DataFrame
    quality: pd.DataFrame
    kind: str
    metabolites: tuple[str, ...]
    problem: Problem
    fit: Fit
    fid: np.ndarray  # (item, channel, time)
    method: str
    moved: np.ndarray | None = None

    def bases(self, places) -> np.ndarray:
        """Bases of the items at `places`, as `problem.basis`: (item, metabolite, channel, time)."""
        same = np.broadcast_to(self.problem.basis, (len(places), *self.problem.basis.shape))
        return same if self.moved is None else same + self.moved[places]


class Remarks(NamedTuple):
    """What besides the fit itself casts doubt: field of data against basis (relative), and words per item, empty for none."""

    field: float
    protocol: list[str]
    basis: list[str]


def fit_dataset(spectra: xr.Dataset, basis: xr.Dataset, kind: str, settings: FitSettings) -> list[Fitted]:
    """Fit every item of `spectra` by method `kind` (joint, off, diff); one result per acquisition in the store.

    Items that cannot be fitted have NaN and a reason. Raises `InputError` where basis and data do not go together.
    """
    return [
        _fit_part(part, channel_fids(part, kind), basis, acquisition, kind, settings)
        for acquisition, part in by_acquisition(spectra)
    ]


def _fit_part(spectra, fid, basis, acquisition, kind, settings) -> Fitted:
    points = fit_points(acquisition, settings)
    field = field_difference(Acquisition.from_attributes(basis.attrs), acquisition)
    whole = resample_basis(basis, acquisition, points)
    members = channel_basis(whole, kind)
    visible = np.linalg.norm(members, axis=(1, 2)) > EDITED_SHARE * np.linalg.norm(whole[:, 0], axis=1)
    names = texts(basis[METABOLITE])
    problem = make_problem(members[visible], acquisition, settings)
    fit = fit_spectra(problem, fid, settings)
    noise = noise_of(fid)
    log.info(
        "%s: %d items at %g Hz, %d points, %d bins; %d converged", kind, len(fid), acquisition.spectral_width_hz, points,
        len(problem.ppm), fit.converged.sum(),
    )  # fmt: skip
    remarks = Remarks(field, unlike(spectra, basis.attrs, "the basis was simulated with"), [""] * len(fid))
    verdicts = judge(fit, fid, noise, settings, remarks)
    items, method = texts(spectra[ITEM]), f"lcm-{kind}"
    columns = {name: int(visible[:place].sum()) for place, name in enumerate(names) if visible[place]}
    rows = rows_of(fit, fit.sd, items, columns, names, verdicts, kind)
    quality = quality_of(items, problem, fit, noise, method)
    table = complete_rows(rows, spectra, method=method, basis=basis.attrs.get("basis", ""), unit=RELATIVE)
    return Fitted(table, quality, kind, tuple(columns), problem, fit, fid, method)


def noise_of(fid: np.ndarray) -> np.ndarray:
    """SD of the noise per real component of a sample, (item,), from the signal-free end of `fid` (item, channel, time)."""
    return np.sqrt((fid_noise_sd(np.where(np.isfinite(fid), fid, 0.0)) ** 2).mean(axis=1))


def judge(fit: Fit, fid, noise, settings: FitSettings, remarks: Remarks) -> list[tuple[str, str]]:
    """Status and reason of every item of `fid` (item, channel, time) with `noise` (item,)."""
    verdicts = []
    for place in range(len(fit.amplitude)):
        if not np.isfinite(fit.amplitude[place]).all():
            whole = np.isfinite(fid[place]).all()
            words = "the data are all zero" if whole else "the data hold NaN, or an edit state the method needs is absent"
            verdicts.append((FAILED, words))
            continue
        theta, doubts = fit.theta[place], []
        if not fit.converged[place]:
            doubts.append("the fit has not converged")
        if theta[LORENTZIAN] >= settings.largest_linewidth_hz or theta[GAUSSIAN_SQUARED] >= settings.largest_linewidth_hz**2:
            doubts.append(f"the linewidth is at its bound of {settings.largest_linewidth_hz:g} Hz")
        if fit.noise_sd[place] > UNEXPLAINED * noise[place] > 0:
            doubts.append(f"the residual is {fit.noise_sd[place] / noise[place]:.1f} times the noise")
        if abs(remarks.field) > NOTED_FIELD_DIFFERENCE:
            doubts.append(f"the basis is {100 * abs(remarks.field):.1f} % off the data's field strength")
        doubts += [words[place] for words in (remarks.protocol, remarks.basis) if words[place]]
        verdicts.append((FLAGGED if doubts else OK, "; ".join(doubts)))
    return verdicts


def rows_of(fit: Fit, crlb, items, columns: dict[str, int], names, verdicts, kind: str) -> list[dict]:
    """Cells of every item and metabolite of `names`; `columns` places those that were fitted, `crlb` (item, metabolite)."""
    return [
        {"item": item, **_row(name, fit, crlb, place, columns.get(name), list(columns), verdict, kind)}
        for name in names
        for place, (item, verdict) in enumerate(zip(items, verdicts))
    ]


def _row(name, fit, crlb, item, column, names, verdict, kind) -> dict:
    """Cells of one item and metabolite, at `column` of the fitted `names` (or None). An estimate of zero has a bound."""
    row = {"metabolite": name, "status": verdict[0], "reason": verdict[1], "correlations": ""}
    estimate = sd = bound = np.nan
    if column is None:
        row |= {"status": FAILED, "reason": f"{name} has no signal in the {kind} spectrum"}
    elif verdict[0] != FAILED:
        estimate, sd, bound = fit.amplitude[item, column], fit.sd[item, column], crlb[item, column]
        row["correlations"] = correlation_text(fit.covariance[item], names, column)
    return row | {"estimate": estimate, "sd": sd, "crlb": bound}


def quality_of(items, problem: Problem, fit: Fit, noise, method: str) -> pd.DataFrame:
    """Numbers about each fit: shift, widths, phases, noise from the residual and from signal-free bins, convergence.

    Shift and Lorentzian width are common value plus the metabolites' own, weighed by amplitude: only the sum is determined.
    """
    theta, single = fit.theta, np.zeros((2, len(items)))
    if count := _single(problem):
        weight = fit.amplitude / np.maximum(fit.amplitude.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        single = np.einsum("ipm,im->pi", theta[:, -count:].reshape(len(items), 2, -1), weight)
    return pd.DataFrame(
        {
            "method": method,
            "item": items,
            "shift_ppm": -(theta[:, FREQUENCY] + single[0]) / problem.larmor_mhz,
            "lorentzian_hz": theta[:, LORENTZIAN] + single[1],
            "gaussian_hz": np.sqrt(theta[:, GAUSSIAN_SQUARED]),
            "phase0_deg": np.rad2deg(theta[:, PHASE0]),
            "phase1_deg_per_ppm": np.rad2deg(theta[:, PHASE1]),
            "residual_sd": fit.noise_sd,
            "noise_sd": noise,
            "residual_over_noise": fit.noise_sd / np.where(noise > 0, noise, np.nan),
            "converged": fit.converged,
        }
    )


def _single(problem: Problem) -> int:
    """Number of parameters that belong to single metabolites; they come last."""
    return len(problem.sd) - problem.shared
