"""Which spectra lie outside what each trained network has learnt from.

By their quality numbers (ratios.py) and by their distance from the training set in the network's own feature space.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import by_acquisition
from mrsgap.core.names import EDIT, ITEM, OFF
from mrsgap.learn.checkpoint import read_arrays
from mrsgap.learn.model import Model, features, read_model
from mrsgap.quality.measures import SHOWN, measure
from mrsgap.quantities.table import texts
from mrsgap.spectra.examples import inputs_by_window
from mrsgap.trust.ratios import headline, outside, training_range

COMPONENTS = 63  # leading directions kept apart; what lies across them counts as one more


class FeatureSpace:
    """Mahalanobis distance to training features (Lee et al., Adv. Neural Inf. Process. Syst. 31 (2018) 7167).

    Built from training features (item, feature). Features are scaled by their spread and turned into leading principal
    components and the length of what those leave over; their correlations are shrunk towards zero as Schafer and Strimmer do
    (Stat. Appl. Genet. Mol. Biol. 4 (2005) 32). `limit` is a quantile of the distances of the half of the items that was not
    used to build the space.
    """

    def __init__(self, features: np.ndarray, quantile: float = 0.99):
        build, check = features[::2].astype(float), features[1::2].astype(float)
        self.mean, spread = build.mean(axis=0), build.std(axis=0)
        self.alive = spread > 1e-6 * max(spread.max(), 1e-12)  # a feature that never changes says nothing
        self.spread = spread[self.alive]
        scaled = self._scaled(build)
        self.components = np.linalg.svd(scaled, full_matrices=False)[2][: min(COMPONENTS, len(build) // 4)]
        scores = self._scores(scaled)
        self.centre, self.width = scores.mean(axis=0), np.maximum(scores.std(axis=0), 1e-9)
        standard = (scores - self.centre) / self.width
        correlation = standard.T @ standard / len(standard)
        self.shrinkage = _shrinkage(standard, correlation)
        shrunk = (1 - self.shrinkage) * correlation + self.shrinkage * np.eye(len(correlation))
        self.whitening = np.linalg.cholesky(np.linalg.inv(shrunk))
        self.limit = float(np.quantile(self.distance(check), quantile))

    def distance(self, features: np.ndarray) -> np.ndarray:
        """Distance of every item of `features` (item, feature), (item,), per root of the number of directions."""
        standard = (self._scores(self._scaled(features.astype(float))) - self.centre) / self.width
        return np.linalg.norm(standard @ self.whitening, axis=1) / np.sqrt(len(self.centre))

    def _scaled(self, features: np.ndarray) -> np.ndarray:
        return (features - self.mean)[:, self.alive] / self.spread

    def _scores(self, scaled: np.ndarray) -> np.ndarray:
        """Principal components and the length of the rest, (item, direction)."""
        along = scaled @ self.components.T
        rest = np.sqrt(np.maximum((scaled**2).sum(axis=1) - (along**2).sum(axis=1), 0.0))
        return np.concatenate([along, rest[:, None]], axis=1)


def _shrinkage(standard: np.ndarray, correlation: np.ndarray) -> float:
    """Summed variance of the off-diagonal correlations over their summed squares, between 0 and 1."""
    beside = ~np.eye(len(correlation), dtype=bool)
    variance = ((standard**2).T @ standard**2 / len(standard) - correlation**2) / max(len(standard) - 1, 1)
    squares = (correlation**2)[beside].sum()
    return float(np.clip(variance[beside].sum() / squares, 1e-3, 1.0)) if squares > 0 else 1.0


def training_quality(training: xr.Dataset) -> pd.DataFrame:
    """Quality numbers of simulated spectra, one row per item: `fid` (item, edit, time)."""
    rows = []
    for acquisition, part in by_acquisition(training):
        rows += [measure(fid, acquisition) for fid in part["fid"].sel({EDIT: OFF}).values]
    return pd.DataFrame([{name: getattr(row, name) for name in SHOWN} for row in rows])


def unlike_training(quality: pd.DataFrame, trained: pd.DataFrame, learnt: np.ndarray, features: np.ndarray) -> pd.DataFrame:
    """Rows (series, item, distance, limit, reason) for every item of the `quality` table, empty reason where it is inside.

    `trained` is `training_quality`; `learnt` (item, feature) are the network's features of training spectra, `features` those
    of the items of the table, NaN where the network cannot judge one.
    """
    space, ranges = FeatureSpace(learnt), training_range(trained)
    known = np.isfinite(features).all(axis=1)
    distance = np.full(len(features), np.nan)
    if known.any():
        distance[known] = space.distance(features[known])
    rows = []
    for (_, row), away in zip(headline(quality).iterrows(), distance):
        reasons = outside(row, ranges) if np.isfinite(away) else []
        if away > space.limit:
            reasons.append(too_far(away, space.limit))
        rows.append((row["series"], row["item"], away, space.limit, "; ".join(reasons)))
    return pd.DataFrame(rows, columns=["series", "item", "distance", "limit", "reason"])


def ranges_of_networks(
    models: list[tuple[Model, str]], training: Mapping[str, xr.Dataset], spectra: xr.Dataset, quality: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """For every model and the training set it learnt from, rows of `unlike_training` with `method` and `training_set`.

    `training` holds spectra of the training sets by name, `quality` the rows of the quality table of `spectra`, in any order.
    """
    items = [str(item) for item in spectra[ITEM].values]
    quality = quality.set_index("item").loc[items].reset_index()
    trained = {name: training_quality(learnt) for name, learnt in training.items()}
    for model, name in models:
        known, fresh = (inputs_by_window(part, model.about["window"], model.channels) for part in (training[name], spectra))
        rows = unlike_training(quality, trained[name], _features(model, known), _features(model, fresh))
        yield rows.assign(method=model.about["method"], training_set=name)


def range_of_shipped(folder, spectra: xr.Dataset) -> pd.DataFrame:
    """Rows as of `unlike_training` for a network that ships, by the distance in feature space alone.

    The features of its training spectra lie beside it in `folder` (`held_out.judge_on_held_out`).
    """
    model = read_model(folder)
    x = inputs_by_window(spectra, model.about["window"], model.channels)
    space, found = FeatureSpace(training_features(folder, model)), _features(model, x)
    whole = np.isfinite(found).all(axis=1)
    distance = np.full(len(found), np.nan)
    if whole.any():
        distance[whole] = space.distance(found[whole])
    series = texts(spectra["series"]) if "series" in spectra else [""] * len(found)
    return pd.DataFrame({
        "series": series, "item": texts(spectra[ITEM]), "distance": distance, "limit": space.limit,
        "reason": [too_far(away, space.limit) for away in distance],
        "method": model.about["method"], "training_set": model.about["training_set"],
    })  # fmt: skip


def training_features(folder, model: Model) -> np.ndarray:
    """Features (item, feature) of spectra that a network that ships has learnt, as they lie beside it."""
    sizes = model.about["kept"]
    like = {name: np.empty(shape, np.float16) for name, shape in sizes.items()}
    return read_arrays(Path(folder) / "range.msgpack", like)[0]["features"].astype(np.float32)


def too_far(distance: float, limit: float) -> str:
    """Why a spectrum is outside a training range by its distance in feature space, in words; empty where it is not."""
    return f"distance in feature space {distance:.1f} > {limit:.1f}" if distance > limit else ""


def _features(model: Model, x: np.ndarray) -> np.ndarray:
    """Features (item, feature) of network input `x` (item, channel, bin); NaN for an item whose input is not whole."""
    whole = np.isfinite(x).all(axis=(1, 2))
    kind = (model.about["architecture"], model.about["hyper"], model.inputs, model.state)
    values = features(*kind, np.where(whole[:, None, None], x, 0.0))
    return np.where(whole[:, None], values, np.nan)
