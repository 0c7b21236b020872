"""Which spectra lie outside what each trained network has learnt from."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.names import ITEM
from mrsgap.learn.model import Model, features
from mrsgap.spectra.examples import inputs_by_window
from mrsgap.trust.training_range import training_quality, unlike_training


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


def _features(model: Model, x: np.ndarray) -> np.ndarray:
    """Features (item, feature) of network input `x` (item, channel, bin); NaN for an item whose input is not whole."""
    whole = np.isfinite(x).all(axis=(1, 2))
    kind = (model.about["architecture"], model.about["hyper"], model.inputs, model.state)
    values = features(*kind, np.where(whole[:, None, None], x, 0.0))
    return np.where(whole[:, None], values, np.nan)
