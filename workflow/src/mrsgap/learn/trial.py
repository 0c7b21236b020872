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
from mrsgap.learn.settings import Settings
from mrsgap.networks.inputs import Inputs


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


RECONSTRUCTING = ("autoencoder", "yae")  # learn the noise-free twin too
ENCODER_SETTINGS = ("width", "encoder_layers", "activation")  # what an autoencoder and a quantifier on its encoder share


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
        """Fold -> held-out mean absolute error of the best epoch (of an autoencoder, its held-out loss)."""
        pretraining = settings.get("pretraining")
        if pretraining is None:
            return dict(zip(self.folds, self._train(settings, self.folds).scores.tolist()))
        shared = {name: pretraining["network"][name] for name in ENCODER_SETTINGS if name in pretraining["network"]}
        settings = {**settings, "network": {**shared, **settings["network"]}}
        autoencoder = {**pretraining, "data": settings["data"]}
        scores = [self._train(settings, [fold], self._encoder(autoencoder, fold)).scores[0] for fold in self.folds]
        return dict(zip(self.folds, map(float, scores)))

    def _encoder(self, settings: dict, fold: int) -> nnx.State:
        name = json.dumps([settings, fold], sort_keys=True)
        if name not in self._encoders:
            weights, others = jax.tree.map(lambda leaf: leaf[0], self._train(settings, [fold]).state)
            self._encoders[name] = nnx.merge_state(weights, others)["encoder"]
        return self._encoders[name]

    def _train(self, settings: dict, folds: list[int], encoder=None) -> Trained:
        data = settings["data"]
        inputs = Inputs(
            channels=tuple(data["channels"]),
            points=self.spectra.points,
            metabolites=self.spectra.metabolites,
            normalisation=data["normalisation"],
            bin_hz=self.spectra.step_hz,
        )
        examples = self._examples(inputs.channels, inputs.normalisation, settings["architecture"] in RECONSTRUCTING)
        runs = fold_runs(self.fold_of_item, folds, self.key)
        fitting = Settings.of(settings["training"])
        return train(settings["architecture"], settings["network"], inputs, examples, runs, fitting, encoder=encoder)

    @functools.lru_cache(maxsize=2)  # noqa: B019 - lives as long as the one trainer of a job
    def _examples(self, channels: tuple[str, ...], normalisation: str, reconstructs: bool) -> Examples:
        spectra = self.spectra
        targets = np.asarray(spectra.normalise(spectra.truth, normalisation), np.float32)
        seen = np.asarray(spectra.view(spectra.noisy, channels, None))
        if not reconstructs:
            return Examples(seen, targets)
        return Examples(seen, targets, np.asarray(spectra.view(spectra.clean(), channels, spectra.noisy)))
