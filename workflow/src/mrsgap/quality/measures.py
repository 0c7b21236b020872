"""Quality of edited spectra: signal-to-noise ratio, linewidths, frequency offset, residual water, and what of it is poor.

Definitions. SNR: height of the phased line in the real part of the unapodised edit-off spectrum over the standard deviation of
the noise in that part (as Lin et al., NMR Biomed. 2021, 34, e4484), one value for NAA and one for Cr; the noise is taken from
the outer 6 % of the spectral width on either side. FWHM: width at half height of the phased line, zero-filled eightfold.
Offset: shift of the NAA and Cr pattern from 2.008 and 3.027 ppm. Residual water: largest magnitude within 0.35 ppm of 4.70 ppm
over the larger of the NAA and Cr magnitudes.
"""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import Acquisition, by_acquisition
from mrsgap.core.names import EDIT, FLAGGED, ITEM, OFF, OK
from mrsgap.core.noise import spectrum_noise_sd
from mrsgap.core.peaks import CR_PPM, NAA_PPM, absorption_factor, band, find_offset, fine_spectrum

FACTOR = 8  # zero-filling
SEEN = 5.0  # a line below this many noise standard deviations has no width
WIDEST_PPM = 0.2  # what is wider is not this line
NO_LINE = (float("nan"), float("nan"))
REACH_PPM = 0.05  # distance from its place, offset taken out, within which a line's top is sought
WATER_PPM, WATER_HALF_WIDTH_PPM = 4.70, 0.35


@dataclass(frozen=True)
class Quality:
    """Numbers of one spectrum; NaN where there is no such line."""

    snr_naa: float
    snr_cr: float
    fwhm_naa_hz: float
    fwhm_cr_hz: float
    offset_ppm: float
    offset_hz: float
    residual_water: float


NOTHING = Quality(*[float("nan")] * 7)
FIELDS = tuple(field.name for field in fields(Quality))
SHOWN = tuple(name for name in FIELDS if name != "offset_hz")  # the offset is shown in ppm alone
STORED = ("naa_on_off", "transients", "drift_hz")  # found while a set is read
COLUMNS = ("series", "item", "medium", "origin", "status", "reason", *FIELDS, *STORED, "path", "sha256")


def measure(fid: np.ndarray, acquisition: Acquisition) -> Quality:
    """Quality of an edit-off FID (time,)."""
    offset_ppm = find_offset(fid, acquisition)
    ppm, values = fine_spectrum(fid, acquisition, FACTOR)
    noise = float(spectrum_noise_sd(fid, acquisition))
    naa, cr = (_line(ppm, values, place + offset_ppm, noise, acquisition) for place in (NAA_PPM, CR_PPM))
    water = np.max(abs(values[band(ppm, WATER_PPM + offset_ppm, WATER_HALF_WIDTH_PPM)]))
    largest = np.fmax(naa[0], cr[0])
    return Quality(
        snr_naa=naa[0] / noise,
        snr_cr=cr[0] / noise,
        fwhm_naa_hz=naa[1],
        fwhm_cr_hz=cr[1],
        offset_ppm=offset_ppm,
        offset_hz=-offset_ppm * acquisition.larmor_mhz,
        residual_water=float(water / largest),
    )


def quality_table(dataset: xr.Dataset, listing: pd.DataFrame, limits: dict) -> pd.DataFrame:
    """Quality of every item of `dataset` joined to the `listing` of items read and failed (measured.gather), as `COLUMNS`.

    `limits` are `snr_min`, `fwhm_max_hz`, `offset_max_ppm`, `residual_water_max`, `naa_on_off_max`: an item beyond one is
    flagged and the reason says which; nothing is left out for it.
    """
    rows = {}
    for acquisition, part in by_acquisition(dataset):
        off = part["fid"].sel({EDIT: OFF}).values  # (item, time)
        for index, item in enumerate(part[ITEM].values):
            fid = off[index]
            numbers = measure(fid, acquisition) if np.isfinite(fid).all() else NOTHING
            entry = {name: getattr(numbers, name) for name in FIELDS}
            entry.update({name: part[name].values[index].item() for name in STORED})
            entry.update({name: str(part[name].values[index]) for name in ("medium", "origin")})
            rows[str(item)] = entry
    table = listing.copy()
    for name in COLUMNS:
        if name not in table:
            table[name] = [rows.get(item, {}).get(name, np.nan) for item in table["item"]]
    for index, row in table.iterrows():
        if row["status"] == OK:
            beyond = exceeded(row, limits)
            remarks = [text for text in (row["reason"], *beyond) if isinstance(text, str) and text]
            table.loc[index, "status"] = FLAGGED if beyond else OK
            table.loc[index, "reason"] = "; ".join(remarks)
    return table[list(COLUMNS)]


def exceeded(row, limits: dict) -> list[str]:
    """Which limits the numbers of `row` break, in words; a number that is NaN breaks none."""
    best = np.nanmax([row["snr_naa"], row["snr_cr"], -np.inf])
    remarks = []
    if best == -np.inf and np.isfinite(row["offset_ppm"]):  # measured, but nothing found
        remarks.append("neither NAA nor Cr stands out of the noise")
    elif np.isfinite(best) and best < limits["snr_min"]:
        remarks.append(f"SNR {best:.1f} below {limits['snr_min']:g}")
    widest = np.nanmin([row["fwhm_naa_hz"], row["fwhm_cr_hz"], np.inf])
    if np.isfinite(widest) and widest > limits["fwhm_max_hz"]:
        remarks.append(f"FWHM {widest:.1f} Hz above {limits['fwhm_max_hz']:g} Hz")
    if abs(row["offset_ppm"]) > limits["offset_max_ppm"]:
        remarks.append(f"offset {row['offset_ppm']:.3f} ppm beyond {limits['offset_max_ppm']:g} ppm")
    if row["residual_water"] > limits["residual_water_max"]:
        remarks.append(f"residual water {row['residual_water']:.1f} above {limits['residual_water_max']:g}")
    if row["naa_on_off"] > limits["naa_on_off_max"]:
        remarks.append(f"NAA on/off {row['naa_on_off']:.2f} above {limits['naa_on_off_max']:g}: poorly edited")
    return remarks


def _line(ppm, values, place_ppm: float, noise: float, acquisition: Acquisition) -> tuple[float, float]:
    """Height of the line at `place_ppm` and its full width at half height in Hz; both NaN where there is no line."""
    near = np.flatnonzero(band(ppm, place_ppm, REACH_PPM))
    top = near[np.argmax(abs(values[near]))]
    if abs(values[top]) < SEEN * noise:
        return NO_LINE
    phased = (values * absorption_factor(values, top)).real
    height = float(phased[top])
    below, above = (_half(phased, top, height / 2, step) for step in (-1, 1))
    width_hz = (above - below) * acquisition.spectral_width_hz / values.size
    # the tail of another line has no top here, so it falls to half its height far away or on one side only
    return (height, float(width_hz)) if width_hz < WIDEST_PPM * acquisition.larmor_mhz else NO_LINE


def _half(real, top: int, level: float, step: int) -> float:
    """Bin (fractional) at which `real` falls to `level`, going from `top` by `step`; NaN if it never does."""
    index = top
    for _ in range(int(0.3 * real.size)):
        here, ahead = real[index], real[(index + step) % real.size]
        if ahead <= level:
            return index + step * (here - level) / (here - ahead)
        index += step
    return float("nan")
