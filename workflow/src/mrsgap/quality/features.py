"""Spectral features that the study finds in simulation and not, or less, in its measurements (paper.md 11)."""

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.names import OFF, ON

# feature: (edit state, band in ppm) of what is measured, and of what it is divided by
FEATURES = {
    "naa_on_feature": ((ON, (2.4, 2.7)), (OFF, (1.9, 2.1))),
    "cr_39_over_30": ((OFF, (3.85, 3.97)), (OFF, (2.95, 3.10))),
}


def feature_table(spectra: xr.Dataset) -> pd.DataFrame:
    """Height of every feature per item in `measured` and `simulated` (item, state, ppm): item, series, feature, both ratios.

    Heights are the largest magnitude in a band, so noise raises a weak feature: absence is judged too strictly, never too
    mildly. NaN where a state is absent.
    """
    rows = []
    for feature, parts in FEATURES.items():
        ratios = {name: np.divide(*(_height(spectra, name, *part) for part in parts)) for name in ("measured", "simulated")}
        for item, (name, series) in enumerate(zip(spectra["item"].values, spectra["series"].values)):
            found = {origin: float(values[item]) for origin, values in ratios.items()}
            rows.append({"item": str(name), "series": str(series), "feature": feature, **found})
    return pd.DataFrame(rows, columns=["item", "series", "feature", "measured", "simulated"])


def _height(spectra: xr.Dataset, name: str, state: str, band: tuple[float, float]) -> np.ndarray:
    ppm = spectra["ppm"].values
    inside = (ppm >= band[0]) & (ppm <= band[1])
    return np.abs(spectra[name].sel(state=state).values[:, inside]).max(axis=1)
