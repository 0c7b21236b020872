"""How alike measured and simulated spectra are: the study's metrics, and features it finds in simulation alone."""

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.names import OFF, ON

KINDS = {"magnitude": np.abs, "phase": np.angle, "real": np.real, "imaginary": np.imag}
KEYS = ("series", "items", "state", "kind")  # what a row is about, and on how many items it rests
METRICS = ("mae", "rmse", "mean", "sd", "correlation", "cosine")

# What the study finds in simulation and not, or less, in its measurements (study.md 11).
# feature: (edit state, band in ppm) of what is measured, and of what it is divided by
FEATURES = {
    "naa_on_feature": ((ON, (2.4, 2.7)), (OFF, (1.9, 2.1))),
    "cr_39_over_30": ((OFF, (3.85, 3.97)), (OFF, (2.95, 3.10))),
}


def metrics(simulated, measured) -> dict[str, float]:
    """MAE, RMSE, mean and SD of simulated minus measured, Pearson correlation and cosine, over all bins."""
    simulated, measured = np.ravel(simulated), np.ravel(measured)
    error = simulated - measured
    lengths = np.linalg.norm(simulated) * np.linalg.norm(measured)
    spreads = simulated.std() * measured.std()
    covariance = np.mean((simulated - simulated.mean()) * (measured - measured.mean()))
    correlation = covariance / spreads if spreads > 0 else np.nan
    cosine = simulated @ measured / lengths if lengths > 0 else np.nan
    values = (np.abs(error).mean(), np.sqrt(np.mean(error**2)), error.mean(), error.std(), correlation, cosine)
    return dict(zip(METRICS, map(float, values)))


def similarity_table(simulated, measured, series, states) -> pd.DataFrame:
    """`METRICS` per series (and `all`), state and kind of value, with `KEYS`.

    `simulated`, `measured` (item, state, bin) complex; `series` (item,).
    """
    series = np.asarray(series)
    rows = []
    for name in [*dict.fromkeys(series.tolist()), "all"]:
        chosen = np.full(len(series), True) if name == "all" else series == name
        for place, state in enumerate(states):
            for kind, view in KINDS.items():
                numbers = metrics(view(simulated[chosen, place]), view(measured[chosen, place]))
                rows.append(dict(zip(KEYS, (name, int(chosen.sum()), state, kind))) | numbers)
    return pd.DataFrame(rows)


def feature_table(spectra: xr.Dataset) -> pd.DataFrame:
    """Height of every feature per item in `measured` and `simulated` (item, state, ppm): item, series, feature, both ratios.

    Heights are the largest magnitude in a band, so noise raises a weak feature: absence is judged too strictly, never too
    mildly. NaN where a state is absent.
    """
    rows = []
    for feature, parts in FEATURES.items():
        ratios = {name: np.divide(*(_height(spectra, name, *part) for part in parts)) for name in ("measured", "simulated")}
        for item, (name, series) in enumerate(zip(spectra["item"].values, spectra["series"].values)):
            both = {origin: float(values[item]) for origin, values in ratios.items()}
            rows.append({"item": str(name), "series": str(series), "feature": feature, **both})
    return pd.DataFrame(rows, columns=["item", "series", "feature", "measured", "simulated"])


def _height(spectra: xr.Dataset, name: str, state: str, band: tuple[float, float]) -> np.ndarray:
    ppm = spectra["ppm"].values
    inside = (ppm >= band[0]) & (ppm <= band[1])
    return np.abs(spectra[name].sel(state=state).values[:, inside]).max(axis=1)
