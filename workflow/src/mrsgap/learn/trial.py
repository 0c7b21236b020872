"""Train the folds of one trial of a selection study: from settings as data to held-out errors."""

import functools
import json
import operator

import jax
import numpy as np
import xarray as xr
from flax import nnx

from mrsgap.learn.fit import Trained, train
from mrsgap.learn.members import fold_members
from mrsgap.learn.model import predict, reconstruct
from mrsgap.learn.settings import Settings
from mrsgap.learn.task import Prepared, prepare
from mrsgap.networks.traits import traits
from mrsgap.quantities.normalise import normalise_concentrations

# Trials that learn sum- or max-normalised concentrations are compared on one scale, the study's in evaluation (study.md 4).
# ASSUME: an item whose estimates are all without a positive one is judged as if it had been read as zeros.
JUDGED_BY = "max"


class TrialTrainer:
    """Calls `train(settings)` of a study: all folds of one trial, each held out once.

    `settings` are a trial's (architecture, data, network, training). Under `pretraining` they may hold those of an autoencoder,
    which is trained on each fold's own training items, so that nothing held out leaks in, and lends its frozen encoder.
    `spectra` is a simulated data set, `bases` those it was made from, `window` the config's.
    """

    def __init__(self, spectra: xr.Dataset, bases: dict[str, xr.Dataset], window: dict, fold_of_item: np.ndarray, key):
        self.spectra, self.bases, self.window = spectra, bases, window
        self.fold_of_item, self.key = fold_of_item, key
        self.folds = sorted(np.unique(fold_of_item).tolist())
        self._encoders: dict[str, nnx.State] = {}

    def __call__(self, settings: dict) -> dict[int, float]:
        """Fold -> held-out mean absolute error of max-normalised concentrations; of an autoencoder, that of its spectra."""
        pretraining = settings.get("pretraining")
        if pretraining is None:
            return dict(zip(self.folds, self._errors(settings, self.folds)))
        borrowed = traits(settings["architecture"]).hyper  # those it has in common with the autoencoder shape its encoder
        shared = {name: value for name, value in pretraining["network"].items() if name in borrowed}
        settings = {**settings, "network": {**shared, **settings["network"]}}
        autoencoder = {**pretraining, "data": settings["data"]}
        return {fold: self._errors(settings, [fold], self._encoder(autoencoder, fold))[0] for fold in self.folds}

    def _errors(self, settings: dict, folds: list[int], encoder=None) -> list[float]:
        trained = self._train(settings, folds, encoder)
        if not traits(settings["architecture"]).quantifies:
            return self._denoising_errors(settings, folds, trained.state)
        examples, inputs, _ = self._prepared(settings)
        estimates = predict(
            settings["architecture"], settings["network"], inputs, trained.state, examples.inputs
        )  # (fold, item, metabolite)
        truth = normalise_concentrations(self.spectra["truth"].values, JUDGED_BY)
        errors = np.abs(np.nan_to_num(normalise_concentrations(estimates, JUDGED_BY)) - truth).mean(axis=-1)  # (fold, item)
        return [float(error[self.fold_of_item == fold].mean()) for fold, error in zip(folds, errors)]

    def _denoising_errors(self, settings: dict, folds: list[int], state) -> list[float]:
        """Mean absolute difference of each fold's denoised and noise-free held-out inputs (Eq. 1, study.md 7.2)."""
        examples, inputs, _ = self._prepared(settings)
        errors = []
        for run, fold in enumerate(folds):
            items, single = self.fold_of_item == fold, jax.tree.map(operator.itemgetter(slice(run, run + 1)), state)
            denoised = reconstruct(settings["architecture"], settings["network"], inputs, single, examples.inputs[items])[0]
            errors.append(float(np.abs(denoised - examples.clean[items]).mean(dtype=np.float64)))  # (item, channel, bin)
        return errors

    def _encoder(self, settings: dict, fold: int) -> nnx.State:
        name = json.dumps([settings, fold], sort_keys=True)
        if name not in self._encoders:
            weights, others = jax.tree.map(lambda leaf: leaf[0], self._train(settings, [fold]).state)
            self._encoders[name] = nnx.merge_state(weights, others)["encoder"]
        return self._encoders[name]

    def _train(self, settings: dict, folds: list[int], encoder=None) -> Trained:
        examples, inputs, _ = self._prepared(settings)
        members = fold_members(self.fold_of_item, folds, self.key)
        fitting = Settings.of(settings["training"])
        return train(settings["architecture"], settings["network"], inputs, examples, members, fitting, encoder=encoder)

    def _prepared(self, settings: dict) -> Prepared:
        return self._prepare(settings["architecture"], tuple(settings["data"]["channels"]), settings["data"]["normalisation"])

    @functools.lru_cache(maxsize=2)  # noqa: B019 - lives as long as the one trainer of a job
    def _prepare(self, architecture: str, channels: tuple[str, ...], normalisation: str) -> Prepared:
        how = {"architecture": architecture, "window": self.window, "channels": channels, "normalisation": normalisation}
        return prepare(self.spectra, self.bases, how)
