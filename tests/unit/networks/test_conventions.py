"""Every architecture takes and gives the same, repeats itself with the same key, and says what is wrong with its settings."""

import functools

import jax
import numpy as np
import pytest
from flax import nnx
from unit.networks.narrow import NARROW, inputs, key, spectra

from mrsgap.core.errors import InputError
from mrsgap.networks.registry import ARCHITECTURES, build
from mrsgap.networks.traits import TRAITS


@functools.cache
def network(name, seed=0):
    return nnx.jit(lambda seed: build(name, NARROW[name], inputs(), key(seed)))(seed)


@nnx.jit
def call(model, x, seed=None):
    return model(x, None if seed is None else key(seed))


def weights(model):
    return jax.tree.leaves(nnx.state(model))


def test_every_architecture_has_a_narrow_configuration():
    assert set(NARROW) == set(ARCHITECTURES)


@pytest.mark.parametrize("name", NARROW)
def test_network_maps_channels_to_concentrations_and_reconstruction(name):
    x, *_ = spectra(3)
    output = call(network(name), x)
    has_reconstruction = TRAITS[name].reconstructs
    assert (output.concentrations is not None) == TRAITS[name].quantifies
    if output.concentrations is not None:
        assert output.concentrations.shape == (3, 5)
        assert output.concentrations.dtype == np.float32
        assert np.isfinite(output.concentrations).all()
    assert (output.reconstruction is not None) == has_reconstruction
    if has_reconstruction:
        assert output.reconstruction.shape == x.shape


@pytest.mark.parametrize("name", NARROW)
def test_same_key_gives_the_same_weights_and_another_key_others(name):
    make = nnx.jit(lambda seed: build(name, NARROW[name], inputs(), key(seed)))
    first, again, other = (make(seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(weights(first), weights(again)))
    assert not all(np.array_equal(a, b) for a, b in zip(weights(first), weights(other)))


@pytest.mark.parametrize(
    ("name", "rate"), [("cnn", "dense_dropout"), ("yae", "dropout"), ("fcnn", "dropout"), ("qmrs", "dropout")]
)
def test_dropout_acts_with_a_key_and_not_without(name, rate):
    x, *_ = spectra(3)
    model = build(name, NARROW[name] | {rate: 0.5}, inputs(), key())
    evaluated = [np.asarray(call(model, x).concentrations) for _ in range(2)]
    trained = [np.asarray(call(model, x, seed).concentrations) for seed in (1, 2)]
    assert np.array_equal(*evaluated)
    assert not np.array_equal(*trained)


def test_batch_statistics_change_in_training_only():
    x, *_ = spectra(8)
    model = network("cnn")
    before = jax.tree.map(np.asarray, nnx.state(model, nnx.BatchStat))
    call(model, x)
    same = jax.tree.map(np.array_equal, before, nnx.state(model, nnx.BatchStat))
    call(model, x, 1)
    after = jax.tree.map(np.array_equal, before, nnx.state(model, nnx.BatchStat))
    assert all(jax.tree.leaves(same))
    assert not any(jax.tree.leaves(after))


def test_frozen_encoder_has_no_trainable_weight():
    model = network("frozen_encoder_quantifier")
    assert not jax.tree.leaves(nnx.state(model.encoder, nnx.Param))
    assert jax.tree.leaves(nnx.state(model.quantifier, nnx.Param))


def test_encdec_attends_to_states_whatever_their_order():
    """The channels of one state stay together, so parts that change places between states are another input."""
    x, *_ = spectra(2)
    model = network("encdec")
    moved = np.array(x)
    moved[:, [0, 2]] = moved[:, [2, 0]]  # the imaginary parts change places between the states
    assert not np.allclose(call(model, x).concentrations, call(model, moved).concentrations)


@pytest.mark.parametrize(
    ("name", "hyper", "message"),
    [
        ("yea", {}, "unknown architecture `yea`"),
        ("yae", {"with": 2}, "no hyper-parameter `with`"),
        ("yae", {"encoder_layers": 12}, "cannot have 12 layers"),
        ("yae", {"activation": "tan"}, "unknown activation `tan`"),
        ("cnn", {"steps": (16, 16)}, "leave nothing"),
        ("cnn", {"reduction": "crop"}, "pool or stride"),
    ],
)
def test_unusable_settings_are_named(name, hyper, message):
    with pytest.raises(InputError, match=message):
        build(name, NARROW.get(name, {}) | hyper, inputs(), key())(np.zeros((1, 4, 384), np.float32))


def test_architectures_that_see_states_refuse_uneven_channels():
    uneven = inputs(("off-real", "on-imaginary"))
    with pytest.raises(InputError, match="same parts"):
        build("encdec", NARROW["encdec"], uneven, key())(np.zeros((1, 2, 384), np.float32))
