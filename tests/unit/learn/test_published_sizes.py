"""Architectures at the widths of the study can learn at all: each reproduces a handful of the study's spectra."""

import jax
import numpy as np
import pytest
from study_examples import study_examples, study_inputs

from mrsgap.learn.fit import train
from mrsgap.learn.members import Member
from mrsgap.learn.settings import Settings
from mrsgap.networks.registry import hyper_parameters

FOUR = ("off-imaginary", "off-real", "on-imaginary", "on-real")
# Learning rate and epochs. EncDec's mean over 2,048 bins and the 1,024 steps of QMRS want more of both.
BUDGET = {"cnn": (1e-4, 60), "fcnn": (3e-4, 60), "qmrs": (3e-3, 120), "encdec": (3e-3, 150)}
# As published QMRS starts blind to all but the ends of the band (test_qmrs.py) and stays at the constant for 120 epochs.
START = {"qmrs": {"memory_steps": 1024}}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cnn", "yae", "fcnn", "qnet", "qnet_basis", "qmrs", "encdec"])
def test_published_size_overfits_32_items(name):
    """Without dropout, which is noise in the very error that is judged."""
    channels = FOUR if name == "yae" else ("off-real", "on-real")
    data = study_examples(36, channels)
    run = Member("all", jax.random.key(0), np.arange(32), np.arange(32, 36))
    hyper = dict.fromkeys([key for key in hyper_parameters(name) if key.endswith("dropout")], 0.0) | START.get(name, {})
    rate, epochs = BUDGET.get(name, (1e-3, 60))
    choice = Settings(epochs=epochs, patience=epochs, plateau_patience=epochs, learning_rate=rate)
    trained = train(name, hyper, study_inputs(channels), data, [run], choice)
    truth = data.concentrations[:32]
    constant = np.abs(truth - truth.mean(axis=0)).mean()
    assert trained.history.mae.min() < constant / 2
