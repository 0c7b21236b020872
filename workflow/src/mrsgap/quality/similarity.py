"""How alike simulated and measured spectra are: the study's metrics per edit state and kind of value."""

import numpy as np
import pandas as pd

KINDS = {"magnitude": np.abs, "phase": np.angle, "real": np.real, "imaginary": np.imag}
METRICS = ("mae", "rmse", "mean", "sd", "correlation", "cosine")


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
    """Metrics per series (and `all`), state and kind. `simulated`, `measured` (item, state, bin) complex; `series` (item,)."""
    series = np.asarray(series)
    rows = []
    for name in [*dict.fromkeys(series.tolist()), "all"]:
        chosen = slice(None) if name == "all" else series == name
        for place, state in enumerate(states):
            for kind, view in KINDS.items():
                found = metrics(view(simulated[chosen, place]), view(measured[chosen, place]))
                rows.append({"series": name, "state": state, "kind": kind} | found)
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Plain mean of every metric over states and kinds, per series, as the study summarises it."""
    return table.groupby("series", sort=False)[list(METRICS)].mean().reset_index()
