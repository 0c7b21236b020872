"""Train the folds of one trial of a selection study: from settings as data to held-out errors."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass

import jax
import numpy as np
from flax import nnx

from mrsgap.learn.data import Examples, fold_runs
from mrsgap.learn.fit import Trained, train
from mrsgap.learn.predict import predict
from mrsgap.learn.settings import Settings
from mrsgap.networks.inputs import Inputs
from mrsgap.networks.traits import traits


@dataclass(frozen=True)
class Spectra:
    """A data set in memory: FIDs (item, edit, time), a function that makes their noise-free twins, truth (item, metabolite).

    `view(channels, guide)` turns FIDs into network input, `normalise(truth, how)` concentrations into targets; both come from
    `spectra`, which learning does not import.
    """

    noisy: np.ndarray
    clean: Callable[[], np.ndarray]
    truth: np.ndarray
    metabolites: tuple[str, ...]
    points: int
    step_hz: float
    view: Callable
    normalise: Callable


# Trials that learn sum- or max-normalised concentrations are compared on one scale, the study's in evaluation (paper.md 4).
# ASSUME: an item whose estimates are all without a positive one is judged as if it had been read as zeros.
JUDGED_BY = "max"


class TrialTrainer:
    """Calls `train(settings)` of a study: all folds of one trial, each held out once.

    `settings` are a trial's (architecture, data, network, training). Under `pretraining` they may hold those of an autoencoder,
    which is trained on each fold's own training items, so that nothing held out leaks in, and lends its frozen encoder.
    """

    def __init__(self, spectra: Spectra, fold_of_item: np.ndarray, key):
        self.spectra, self.fold_of_item, self.key = spectra, fold_of_item, key
        self.folds = sorted(np.unique(fold_of_item).tolist())
        self._encoders: dict[str, nnx.State] = {}

    def __call__(self, settings: dict) -> dict[int, float]:
        """Fold -> held-out mean absolute error of max-normalised concentrations (of an autoencoder, its held-out loss)."""
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
            return trained.scores.tolist()
        inputs = self._inputs(settings)
        seen = self._examples(inputs.channels, inputs.normalisation, traits(settings["architecture"]).reconstructs).inputs
        estimates = predict(
            settings["architecture"], settings["network"], inputs, trained.state, seen
        )  # (fold, item, metabolite)
        truth = self.spectra.normalise(self.spectra.truth, JUDGED_BY)
        errors = np.abs(np.nan_to_num(self.spectra.normalise(estimates, JUDGED_BY)) - truth).mean(axis=-1)  # (fold, item)
        return [float(error[self.fold_of_item == fold].mean()) for fold, error in zip(folds, errors)]

    def _encoder(self, settings: dict, fold: int) -> nnx.State:
        name = json.dumps([settings, fold], sort_keys=True)
        if name not in self._encoders:
            weights, others = jax.tree.map(lambda leaf: leaf[0], self._train(settings, [fold]).state)
            self._encoders[name] = nnx.merge_state(weights, others)["encoder"]
        return self._encoders[name]

    def _train(self, settings: dict, folds: list[int], encoder=None) -> Trained:
        inputs = self._inputs(settings)
        examples = self._examples(inputs.channels, inputs.normalisation, traits(settings["architecture"]).reconstructs)
        runs = fold_runs(self.fold_of_item, folds, self.key)
        fitting = Settings.of(settings["training"])
        return train(settings["architecture"], settings["network"], inputs, examples, runs, fitting, encoder=encoder)

    def _inputs(self, settings: dict) -> Inputs:
        data, spectra = settings["data"], self.spectra
        return Inputs(tuple(data["channels"]), spectra.points, spectra.metabolites, data["normalisation"], spectra.step_hz)

    @functools.lru_cache(maxsize=2)  # noqa: B019 - lives as long as the one trainer of a job
    def _examples(self, channels: tuple[str, ...], normalisation: str, reconstructs: bool) -> Examples:
        spectra = self.spectra
        targets = np.asarray(spectra.normalise(spectra.truth, normalisation), np.float32)
        seen = np.asarray(spectra.view(spectra.noisy, channels, None))
        if not reconstructs:
            return Examples(seen, targets)
        return Examples(seen, targets, np.asarray(spectra.view(spectra.clean(), channels, spectra.noisy)))
