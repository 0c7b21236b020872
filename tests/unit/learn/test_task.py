"""A trial of a selection study: every fold held out once; a frozen encoder comes from the fold's own training items."""

import jax
import numpy as np
import pytest
import xarray as xr
from reference_data import config
from spectra_signals import line

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.keys import named_key
from mrsgap.core.store import read_dataset
from mrsgap.learn.task import TrialTrainer
from mrsgap.quantities.normalise import normalise_concentrations
from mrsgap.spectra.imperfections import read_recipe
from mrsgap.spectra.mix import make_pool
from mrsgap.spectra.simulate import simulate_spectra

ACQUISITION = Acquisition(larmor_mhz=123.23, carrier_ppm=3.0, spectral_width_hz=2000, points=1024)
WINDOW = {**config("config.yaml")["window"], "points": 64}
NAMES = ("Cr", "GABA", "Gln", "Glu", "NAA")
FOLDS = 3


@pytest.fixture(scope="module")
def trainer(tmp_path_factory):
    """Five metabolites of one line each, 24 of their mixtures with noise, stored and read back."""
    shifts_ppm = np.array([[3.03, 3.03], [2.28, 3.01], [2.45, 3.75], [2.35, 3.70], [2.01, 2.67]])  # (metabolite, edit)
    fid = line(shifts_ppm, ACQUISITION, 0.0).astype(np.complex64)  # (metabolite, edit, time)
    basis = xr.Dataset(
        {"fid": (("metabolite", "edit", "time"), fid)},
        coords={"metabolite": list(NAMES), "edit": ["off", "on"]},
        attrs=ACQUISITION.as_attributes(),
    )
    truth = np.random.default_rng(0).dirichlet(np.ones(5), 24).astype(np.float32)
    recipe = read_recipe({"linewidth_hz": 2.0, "noise": {"kind": "gaussian", "sigma": 0.01}})
    path = tmp_path_factory.mktemp("trial") / "selection.zarr"
    simulate_spectra(path, truth, make_pool({"toy": basis}), recipe, named_key(1, "trial"), {})
    return TrialTrainer(
        read_dataset(path, "fid", "truth"), {"toy": basis}, WINDOW, np.arange(24) % FOLDS, 0.1, jax.random.key(1)
    )


YAE = {
    "architecture": "yae",
    "data": {"channels": ["off-real", "on-real"], "normalisation": "sum"},
    "hyper": {"width": 32, "encoder_layers": 2, "decoder_layers": 2, "units": 8},
    "training": {"epochs": 3, "batch_size": 8, "learning_rate": 1e-2},
}
AUTOENCODER = {
    "architecture": "autoencoder",
    "data": YAE["data"],
    "hyper": {"width": 32, "encoder_layers": 2, "decoder_layers": 2, "activation": "relu"},
    "training": YAE["training"],
}
QUANTIFIER = {**YAE, "architecture": "frozen_encoder_quantifier", "hyper": {"units": 8}, "pretraining": AUTOENCODER}


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


def test_trials_are_judged_on_one_scale_whatever_they_learn(trainer, monkeypatch):
    """Perfect estimates of either normalisation have no error; the error of others is that of max-normalised concentrations."""
    truth = trainer.spectra["truth"].values
    guess = np.roll(truth, 1, axis=0)
    errors = np.abs(normalise_concentrations(guess, "max") - normalise_concentrations(truth, "max")).mean(axis=1)
    for how in ("sum", "max"):
        settings = {**YAE, "data": {**YAE["data"], "normalisation": how}}
        for values, expected in ((truth, 0.0), (guess, [errors[fold::FOLDS].mean() for fold in range(FOLDS)])):
            estimates = np.stack([normalise_concentrations(values, how)] * FOLDS)
            monkeypatch.setattr("mrsgap.learn.task.predict", lambda *given, estimates=estimates: estimates)
            np.testing.assert_allclose(list(trainer(settings).values()), expected, atol=1e-6)


def test_an_autoencoder_is_judged_by_the_mean_absolute_error_of_what_it_denoises(trainer, monkeypatch):
    """A reconstruction that is off by 0.01 f in every bin of fold f + 1 scores just that, whatever its training loss."""
    clean = trainer._prepared(AUTOENCODER)[0].clean
    asked = iter(range(FOLDS))

    def off_by_fold(architecture, hyper, inputs, state, x):
        fold = next(asked)
        assert jax.tree.leaves(state)[0].shape[0] == 1
        return (clean[np.arange(24) % FOLDS == fold] + 0.01 * (fold + 1))[None]

    monkeypatch.setattr("mrsgap.learn.task.reconstruct", off_by_fold)
    scores = trainer({**AUTOENCODER, "training": {**AUTOENCODER["training"], "loss": "huber"}})
    np.testing.assert_allclose(list(scores.values()), [0.01, 0.02, 0.03], rtol=1e-4)
    monkeypatch.undo()
    assert 0 < trainer(AUTOENCODER)[0] < np.abs(clean).max()
