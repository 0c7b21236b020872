"""Method `lcm-calibrated`: a data set through the fit that calibrates its own basis along a family's directions.

Edit-off and edit-on together, or edit-off alone, say which scanner of the family they come from; a single difference spectrum
does not (calibrated-fit.md 1), and is refused.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.basis.family import Family
from mrsgap.core.acquisition import Acquisition, by_acquisition, field_difference, resample, unlike
from mrsgap.core.medium import IN_VIVO, medium_of, without_choline
from mrsgap.core.names import EDIT, EDIT_STATES, FAILED, ITEM, METABOLITE, TIME
from mrsgap.lcm.calibrate import calibrate
from mrsgap.lcm.channels import JOINT, RECORDED_DIFFERENCE, channel_basis, channel_fids, resample_basis, with_components
from mrsgap.lcm.directions import Directions, principal_directions
from mrsgap.lcm.fit import Fit
from mrsgap.lcm.parameters import FitSettings
from mrsgap.lcm.problem import fit_points, make_problem
from mrsgap.lcm.quantify import Fitted, Remarks, judge, noise_of, quality_of, rows_of
from mrsgap.quantities.table import RELATIVE, complete_rows, texts

log = logging.getLogger("mrsgap")
METHOD = "lcm-calibrated"
DIFFERENCE_ALONE = (
    "a difference spectrum alone cannot calibrate its basis (it leaves Gln and Glu uncertain by 6 to 9 %): edit-off is needed"
)
OTHER_MEDIUM = (
    "edit-off shows choline, as a brain does, and the family holds none: calibrated without it, the basis would take on what is"
    " missing (lcm-joint fits a brain as one)"
)
NOTHING = "the data hold NaN or are all zero, or edit-off is absent"
UNFIT = (DIFFERENCE_ALONE, NOTHING)


@dataclass(frozen=True)
class CalibrationSettings:
    """How a basis is calibrated (config: fit.calibrated).

    `directions` is the largest number of principal directions, `typical_mmol_per_l` weighs metabolites in them. An estimate's
    sd has a relative term `relative_sd`, which grows with the distance |phi|^2 / K above `inside` and with the residual above
    the noise; a distance above `outside` is flagged. `background_per_ppm` are the degrees of freedom of a background that may
    differ freely between the states, tried where the residual asks for it.
    """

    directions: int
    typical_mmol_per_l: Mapping[str, float]
    relative_sd: float
    inside: float
    outside: float
    background_per_ppm: float

    @classmethod
    def from_config(cls, section: Mapping) -> "CalibrationSettings":
        """The part of the section `fit.calibrated` that is not about the fit of one spectrum or the family."""
        return cls(**{key: value for key, value in section.items() if key not in ("family", "settings")})

    def relative(self, distance, excess):
        """Relative sd (item,) of amplitudes at `distance` |phi|^2 / K with the residual `excess` times the noise.

        The square root makes the sd grow as phi does. Constants from held-out members and foreign pulses of simulation
        (calibrated-fit.md 3).
        """
        return self.relative_sd * np.sqrt(np.maximum(1.0, distance / self.inside)) * np.maximum(1.0, excess)


@dataclass(frozen=True)
class Calibration:
    """What a data set said of its scanner: the fits, where each item's basis lies, and the basis of the set.

    `where` has a row per item: distance |phi|^2 / K of its own basis, `residual_fell` (residual with the family's mean basis
    over that with the calibrated one), `lineshape_free`, `background_free`, and coordinates phi_1, phi_2, ... `basis` is
    the set's, in the form of a basis store.
    """

    fitted: list[Fitted]
    unanswered: list[pd.DataFrame]
    where: pd.DataFrame
    basis: xr.Dataset

    @property
    def rows(self) -> pd.DataFrame:
        """Rows of the quantities table, those without an answer among them."""
        return pd.concat([*(part.rows for part in self.fitted), *self.unanswered], ignore_index=True)


def family_directions(family: Family, settings: CalibrationSettings) -> Directions:
    """Principal directions of the members of `family` that are not held out, at the family's own sampling and field."""
    training = family.training
    fids = [
        resample(fid.astype(np.complex128), training.acquisition_of(name), _within(training.acquisition, training, name))
        for name, fid in zip(training.members, training.fids)
    ]
    points = min(fid.shape[-1] for fid in fids)
    fids = np.stack([fid[..., :points] for fid in fids])
    times = training.acquisition.time_s[:points]
    return principal_directions(fids, times, training.metabolites, settings.typical_mmol_per_l, settings.directions)


def _within(target: Acquisition, family: Family, member: str) -> Acquisition:
    """`target` no longer than the member's own FID lasts on the axis of ppm."""
    points = int(target.points * min(1.0, family.acquisition_of(member).larmor_mhz / target.larmor_mhz))
    return Acquisition(target.larmor_mhz, target.carrier_ppm, target.spectral_width_hz, points)


def calibrate_dataset(
    spectra: xr.Dataset, family: Family, effort: FitSettings, settings: CalibrationSettings, components: Mapping
) -> Calibration:
    """Calibrate and fit every item of `spectra`, acquisition by acquisition.

    `components` are those of `with_components`. Raises `InputError` where the family and the data do not go together, as a fit
    with one of its bases would.
    """
    directions = family_directions(family, settings)
    nominal = _as_basis(family, directions, directions.mean, f"{family.name} (calibrated)")
    foreign = medium_of(spectra)[0] == IN_VIVO and without_choline(family.metabolites)
    fitted, unanswered, where, largest = [], [], [], (0, np.zeros(len(directions.steps)))
    for acquisition, part in by_acquisition(spectra):
        for kind, places in _what_can(part).items():
            chosen = part.isel({ITEM: places})
            if len(places) and (foreign or kind in UNFIT):
                unanswered.append(_without_answer(chosen, nominal, OTHER_MEDIUM if foreign else kind))
            elif len(places):
                members = with_components(nominal, components)
                one, place = _calibrate_part(chosen, kind, members, directions, acquisition, effort, settings)
                fitted.append(one)
                where.append(place)
                phi = place.filter(like="phi_").to_numpy().mean(axis=0)
                largest = max(largest, (len(places), phi), key=lambda pair: pair[0])
    basis = _as_basis(family, directions, directions.basis(largest[1]), nominal.attrs["basis"])
    table = pd.concat(where, ignore_index=True) if where else pd.DataFrame({"item": [], "distance": [], "residual_fell": []})
    return Calibration(fitted, unanswered, table, basis)


def _what_can(part: xr.Dataset) -> dict[str, np.ndarray]:
    """Places of the items with both states and with edit-off alone by kind of fit, and of those with neither by the reason."""
    fid = channel_fids(part, JOINT)
    whole = np.isfinite(fid).all(axis=-1) & (np.abs(np.nan_to_num(fid)).max(axis=-1) > 0)  # (item, state)
    both, off = whole.all(axis=1), whole[:, 0] & ~whole[:, 1]
    difference = np.zeros(len(fid), bool)
    if RECORDED_DIFFERENCE in part:
        difference = np.isfinite(part[RECORDED_DIFFERENCE].transpose(ITEM, TIME).values).all(axis=-1) & ~whole[:, 0]
    places = {JOINT: both, EDIT_STATES[0]: off, DIFFERENCE_ALONE: difference,
              NOTHING: ~(both | off | difference)}  # fmt: skip
    return {kind: np.flatnonzero(which) for kind, which in places.items()}


def _calibrate_part(part, kind, members, directions, acquisition, effort, settings) -> tuple[Fitted, pd.DataFrame]:
    fid, points = channel_fids(part, kind), fit_points(acquisition, effort)
    mean = channel_basis(resample_basis(members, acquisition, points), kind)
    extra = len(mean) - directions.mean.shape[0]  # components, which are no part of what is calibrated
    source = Acquisition.from_attributes(members.attrs)
    target = Acquisition(acquisition.larmor_mhz, acquisition.carrier_ppm, acquisition.spectral_width_hz, points)
    steps = np.stack([channel_basis(resample(step, source, target), kind) for step in directions.steps])
    steps = np.pad(steps, ((0, 0), (0, extra), (0, 0), (0, 0)))
    problem, noise = make_problem(mean, acquisition, effort), noise_of(fid)
    freer = make_problem(mean, acquisition, replace(effort, **_background(kind, settings.background_per_ppm)))
    result = calibrate(problem, freer, steps, fid, noise, effort)
    phi = result.coordinates.phi
    distance, excess = (phi**2).mean(axis=1), result.fit.noise_sd / np.where(noise > 0, noise, np.inf)
    fit = _with_relative_term(result.fit, settings.relative(distance, excess))
    log.info(
        "%d items (%s) at %g Hz: |phi|^2/K %.2g, tau^2 %g, residual fell by %.2f, %d lineshapes and %d backgrounds free",
        len(fid), kind, acquisition.spectral_width_hz, np.median(distance), result.coordinates.tau_squared,
        np.median(result.first.noise_sd / fit.noise_sd), result.kernel.sum(), result.background.sum(),
    )  # fmt: skip
    remarks = Remarks(field_difference(source, acquisition), unlike(part, members.attrs, "the family was simulated with"),
                      [_outside(one, settings) for one in distance])  # fmt: skip
    names, items = texts(members[METABOLITE]), texts(part[ITEM])
    verdicts = judge(fit, fid, noise, effort, remarks)
    columns = {name: column for column, name in enumerate(names)}
    rows = rows_of(fit, result.fit.sd, items, columns, names, verdicts, kind)
    table = complete_rows(rows, part, method=METHOD, basis=members.attrs["basis"], unit=RELATIVE)
    place = pd.DataFrame({"item": items, "states": kind, "distance": distance, "tau_squared": result.coordinates.tau_squared,
                          "residual_fell": result.first.noise_sd / fit.noise_sd, "lineshape_free": result.kernel,
                          "background_free": result.background})  # fmt: skip
    place = place.join(pd.DataFrame(phi, columns=[f"phi_{number + 1}" for number in range(phi.shape[1])]))
    quality = quality_of(items, problem, fit, noise, METHOD)
    moved = np.tensordot(phi, steps * problem.turn, 1)  # (item, metabolite, channel, time)
    return Fitted(table, quality, kind, tuple(names), problem, fit, fid, METHOD, moved), place


def _background(kind: str, per_ppm: float) -> dict[str, float]:
    """What frees the background: the part that differs between two states, or that of a single one."""
    return {"baseline_difference_per_ppm" if kind == JOINT else "baseline_per_ppm": per_ppm}


def _outside(distance: float, settings: CalibrationSettings) -> str:
    if distance <= settings.outside:
        return ""
    return f"this scanner is outside what was simulated: |phi|^2/K is {distance:.1f}, above {settings.outside:g}"


def _with_relative_term(fit: Fit, relative) -> Fit:
    """`fit` with an independent relative error of every amplitude added to its covariance.

    ASSUME: what no basis of the family has (relaxation, contaminants, weighing) acts on each metabolite by itself.
    """
    covariance = fit.covariance + np.einsum(
        "im,mn->imn", (relative[:, None] * fit.amplitude) ** 2, np.eye(fit.amplitude.shape[1])
    )
    return fit._replace(covariance=covariance, sd=np.sqrt(np.einsum("imm->im", covariance)))


def _without_answer(part, members, reason: str) -> pd.DataFrame:
    numbers = {"estimate": np.nan, "sd": np.nan, "crlb": np.nan, "correlations": ""}
    rows = [
        {"item": item, "metabolite": name, "status": FAILED, "reason": reason, **numbers}
        for name in texts(members[METABOLITE])
        for item in texts(part[ITEM])
    ]
    return complete_rows(rows, part, method=METHOD, basis=members.attrs["basis"], unit=RELATIVE)


def _as_basis(family: Family, directions: Directions, fid: np.ndarray, name: str) -> xr.Dataset:
    """`fid` (metabolite, edit, time) in the form of a basis store, with the family's middle protocol."""
    sampling = family.acquisition
    acquisition = Acquisition(sampling.larmor_mhz, sampling.carrier_ppm, sampling.spectral_width_hz, fid.shape[-1])
    protocol = {key: float(family.training.table[key].median()) for key in ("edit_off_ppm", "edit_on_ppm", "echo_time_s")}
    return xr.Dataset(
        {"fid": ((METABOLITE, EDIT, TIME), fid)},
        coords={METABOLITE: list(family.metabolites), EDIT: list(EDIT_STATES), TIME: (TIME, acquisition.time_s)},
        attrs={**acquisition.as_attributes(), **protocol, "basis": name, "family": family.name},
    )
