"""A trial of a selection study: every fold held out once; a frozen encoder comes from the fold's own training items."""

import jax
import numpy as np
import pytest

from mrsgap.learn.trial import Spectra, TrialTrainer

POINTS, FOLDS = 64, 3


@pytest.fixture
def trainer():
    generator = np.random.default_rng(0)
    truth = generator.dirichlet(np.ones(5), 24)
    signal = (truth @ generator.normal(size=(5, POINTS)))[:, None].repeat(2, axis=1)
    noisy = signal + 0.01 * generator.normal(size=signal.shape)
    view = lambda fid, channels, guide: fid[:, : len(channels)].astype(np.float32)  # noqa: E731
    normalise = lambda values, how: values / (values.sum(-1) if how == "sum" else values.max(-1))[..., None]  # noqa: E731
    names = ("Cr", "GABA", "Gln", "Glu", "NAA")
    spectra = Spectra(noisy, lambda: signal, truth, names, POINTS, 1.0, view, normalise)
    return TrialTrainer(spectra, np.arange(24) % FOLDS, jax.random.key(1))


YAE = {
    "architecture": "yae",
    "data": {"channels": ["off-real", "on-real"], "normalisation": "sum"},
    "network": {"width": 32, "encoder_layers": 2, "decoder_layers": 2, "units": 8},
    "training": {"epochs": 3, "batch_size": 8, "learning_rate": 1e-2},
}
AUTOENCODER = {
    "architecture": "autoencoder",
    "data": YAE["data"],
    "network": {"width": 32, "encoder_layers": 2, "decoder_layers": 2, "activation": "relu"},
    "training": YAE["training"],
}
QUANTIFIER = {**YAE, "architecture": "frozen_encoder_quantifier", "network": {"units": 8}, "pretraining": AUTOENCODER}


def test_trial_gives_an_error_for_every_fold_and_repeats_itself(trainer):
    scores = trainer(YAE)
    assert sorted(scores) == [0, 1, 2]
    assert all(0 < value < 1 for value in scores.values())
    assert trainer(YAE) == scores


def test_normalisation_and_channels_reach_the_training(trainer):
    base = trainer(YAE)
    assert trainer({**YAE, "data": {**YAE["data"], "normalisation": "max"}}) != base
    assert trainer({**YAE, "data": {**YAE["data"], "channels": ["off-real"]}}) != base


def test_frozen_encoder_is_the_autoencoders_own(trainer):
    scores = trainer(QUANTIFIER)
    assert sorted(scores) == [0, 1, 2]
    assert len(trainer._encoders) == FOLDS
    other = {**AUTOENCODER, "training": {**AUTOENCODER["training"], "epochs": 1}}
    assert trainer({**QUANTIFIER, "pretraining": other}) != scores


def test_trials_are_judged_on_one_scale_whatever_they_learn(trainer):
    learnt = {how: {**YAE, "data": {**YAE["data"], "normalisation": how}, "training": {**YAE["training"], "epochs": 40}}
              for how in ("sum", "max")}  # fmt: skip
    by_sum, by_max = (np.mean(list(trainer(settings).values())) for settings in learnt.values())
    constant = trainer.spectra.normalise(trainer.spectra.truth, "max")
    guess = np.abs(constant - constant.mean(axis=0)).mean()
    assert 0.5 < by_sum / by_max < 2
    assert max(by_sum, by_max) < 1.3 * guess
