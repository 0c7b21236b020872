"""The quality table of a measured set: one row per item, those that could not be read included."""

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.groups import by_acquisition
from mrsgap.core.names import EDIT, FLAGGED, ITEM, OFF, OK
from mrsgap.quality.measures import NOTHING, measure

FIELDS = ("snr_naa", "snr_cr", "fwhm_naa_hz", "fwhm_cr_hz", "offset_ppm", "offset_hz", "residual_water")
STORED = ("naa_on_off", "transients", "drift_hz")
COLUMNS = ("series", "item", "medium", "origin", "status", "reason", *FIELDS, *STORED, "path", "sha256")


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
    told = []
    if best == -np.inf and np.isfinite(row["offset_ppm"]):  # measured, but nothing found
        told.append("neither NAA nor Cr stands out of the noise")
    elif np.isfinite(best) and best < limits["snr_min"]:
        told.append(f"SNR {best:.1f} below {limits['snr_min']:g}")
    widest = np.nanmin([row["fwhm_naa_hz"], row["fwhm_cr_hz"], np.inf])
    if np.isfinite(widest) and widest > limits["fwhm_max_hz"]:
        told.append(f"FWHM {widest:.1f} Hz above {limits['fwhm_max_hz']:g} Hz")
    if abs(row["offset_ppm"]) > limits["offset_max_ppm"]:
        told.append(f"offset {row['offset_ppm']:.3f} ppm beyond {limits['offset_max_ppm']:g} ppm")
    if row["residual_water"] > limits["residual_water_max"]:
        told.append(f"residual water {row['residual_water']:.1f} above {limits['residual_water_max']:g}")
    if row["naa_on_off"] > limits["naa_on_off_max"]:
        told.append(f"NAA on/off {row['naa_on_off']:.2f} above {limits['naa_on_off_max']:g}: poorly edited")
    return told
