"""Rows that say which spectra are unlike a network's training set, and in what."""

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.groups import by_acquisition
from mrsgap.core.names import EDIT, OFF
from mrsgap.quality.feature_space import FeatureSpace
from mrsgap.quality.measures import measure
from mrsgap.quality.training_range import headline, outside, training_range

FIELDS = ("snr_naa", "snr_cr", "fwhm_naa_hz", "fwhm_cr_hz", "offset_ppm", "residual_water")


def training_quality(training: xr.Dataset) -> pd.DataFrame:
    """Quality numbers of simulated spectra, one row per item: `fid` (item, edit, time)."""
    rows = []
    for acquisition, part in by_acquisition(training):
        rows += [measure(fid, acquisition) for fid in part["fid"].sel({EDIT: OFF}).values]
    return pd.DataFrame([{name: getattr(row, name) for name in FIELDS} for row in rows])


def unlike_training(quality: pd.DataFrame, trained: pd.DataFrame, features: np.ndarray, own: np.ndarray) -> pd.DataFrame:
    """Rows (series, item, distance, limit, reason) for every item of the `quality` table, empty reason where it is inside.

    `trained` is `training_quality`; `features` (item, feature) are the network's for training spectra, `own` for the items of
    the table, NaN where the network cannot judge one.
    """
    space, ranges = FeatureSpace(features), training_range(trained)
    known = np.isfinite(own).all(axis=1)
    distance = np.full(len(own), np.nan)
    if known.any():
        distance[known] = space.distance(own[known])
    rows = []
    for (_, row), away in zip(headline(quality).iterrows(), distance):
        reasons = outside(row, ranges) if np.isfinite(away) else []
        if away > space.limit:
            reasons.append(f"distance in feature space {away:.1f} > {space.limit:.1f}")
        rows.append((row["series"], row["item"], away, space.limit, "; ".join(reasons)))
    return pd.DataFrame(rows, columns=["series", "item", "distance", "limit", "reason"])
